package trapline.kernel.source;

import java.util.Arrays;

/// Finds the function definitions of C source. It looks at bytes, expands nothing and allocates
/// nothing for a token, so that whole kernel trees can be scanned in seconds.
///
/// At the outermost level it follows declarations. A `{` begins a function's body when a name
/// with parentheses came before it in the declaration and no `=` did. Of several names with
/// parentheses one is the function's: not an annotation's (`annotations.txt`), and rather one with
/// a type before it and parameters behind it. When the parentheses begin with a lone identifier,
/// the name is that of a macro and an argument names the function ([FunctionHeads]). A K&R
/// definition is none.
///
/// Both branches of an `#if` are read, except those of `#if 0` and behind `#if 1`. Where branches
/// do not agree about braces ([BranchDepths]), or a statement turns up at the outermost level, the
/// body ends with the next `}` in a line's first column, as kernel code is formatted.
///
/// A scanner is used by one thread, for any number of files.
final class FunctionScanner {
  private static final int OTHER = 0;
  private static final int BLANK = 1;
  private static final int LETTER = 2;
  private static final int SLASH = 3;
  private static final int QUOTE = 4;
  private static final int HASH = 5;
  private static final int OPEN = 6;
  private static final int CLOSE = 7;
  private static final int BRACE_OPEN = 8;
  private static final int BRACE_CLOSE = 9;
  private static final int SEMICOLON = 10;
  private static final int EQUALS = 11;

  private static final byte[] KIND = new byte[256];

  /// What matters between braces, and between parentheses.
  private static final boolean[] IN_BODY = CText.set("/\"'#{}");

  private static final boolean[] IN_PARENTHESES = CText.set("/\"'#()");

  static {
    for (int c = 0; c < 256; c++) {
      KIND[c] = (byte) (CText.isNamePart(c) ? LETTER : CText.isBlank(c) ? BLANK : OTHER);
    }
    String special = "/\"'#(){};=";
    int[] kinds = {
      SLASH, QUOTE, QUOTE, HASH, OPEN, CLOSE, BRACE_OPEN, BRACE_CLOSE, SEMICOLON, EQUALS
    };
    for (int i = 0; i < kinds.length; i++) {
      KIND[special.charAt(i)] = (byte) kinds[i];
    }
  }

  /// How often a scan starts again behind a parenthesis that is never closed.
  private static final int MAX_RESTARTS = 16;

  private final FoundFunction found = new FoundFunction();
  private final BranchDepths braceBranches = new BranchDepths();
  private final BranchDepths parenthesisBranches = new BranchDepths();
  private final boolean[] elseIsDead = new boolean[BranchDepths.MAX_LEVELS];

  /// The declaration before each condition that is open.
  private final DeclarationHead[] heads = new DeclarationHead[BranchDepths.MAX_LEVELS];

  /// Whether that declaration ended in the condition's first branch.
  private final boolean[] endedInFirst = new boolean[BranchDepths.MAX_LEVELS];

  private final DeclarationHead head = new DeclarationHead();
  private final HeadAlternatives alternatives = new HeadAlternatives();

  private FoundFunction.Sink sink = (bytes, function) -> {};
  private byte[] text = new byte[0];
  private int limit;
  private int at;
  private int braces;
  private int parentheses;
  private int parenthesesStart;

  /// The last name, when nothing but blanks has come since; -1 otherwise.
  private int lastName;

  private int lastNameEnd;

  /// Whether the last name is that behind `struct`, `union` or `enum`.
  private boolean tag;

  private boolean tagNext;

  /// Where the parentheses of the present candidate ended, when nothing has come since; or -1.
  private int justClosed;

  /// Whether the body ends with a `}` in the first column.
  private boolean formatted;

  /// Whether the declaration goes on behind the braces being read.
  private boolean declarationGoesOn;

  private int counted;
  private int line;

  FunctionScanner() {
    Arrays.setAll(heads, i -> new DeclarationHead());
  }

  /// Hands every definition in the first `length` bytes of `text` to `sink`, in their order.
  void scan(byte[] text, int length, FoundFunction.Sink sink) {
    if (CText.indexOf('{', text, 0, length) == length) {
      return; // a header full of constants: there are 500 MB of them in Linux 6.12
    }
    this.text = text;
    this.limit = length;
    this.sink = sink;
    at = 0;
    counted = 0;
    line = 1;
    restart();
    int restarts = 0;
    while (true) {
      run();
      if (parentheses == 0 || restarts == MAX_RESTARTS) {
        return;
      }
      // A parenthesis without an end has swallowed the rest: its line is passed over.
      restarts++;
      at = CText.endOfLine(text, Math.max(parenthesesStart, 0), limit);
      restart();
    }
  }

  private void restart() {
    braces = 0;
    parentheses = 0;
    formatted = false;
    braceBranches.clear();
    parenthesisBranches.clear();
    reset();
  }

  private void run() {
    while (at < limit) {
      if (braces > 0) {
        body();
      } else if (parentheses > 0) {
        inParentheses();
      } else {
        outermost();
      }
    }
  }

  private void reset() {
    head.clear();
    alternatives.clear();
    otherToken();
    tagNext = false;
  }

  private void otherToken() {
    lastName = -1;
    tag = false;
    justClosed = -1;
  }

  private void outermost() {
    while (at < limit) {
      switch (KIND[text[at] & 0xff]) {
        case BLANK -> at++;
        case LETTER -> {
          if (name()) {
            return;
          }
        }
        case SLASH -> at = CText.afterSlash(text, at, limit);
        case QUOTE -> {
          at = CText.endOfLiteral(text, at, limit);
          otherToken();
        }
        case HASH -> {
          directive();
          if (braces > 0 || parentheses > 0) {
            return;
          }
        }
        case OPEN -> {
          parentheses = 1;
          parenthesesStart = at;
          at++;
          return;
        }
        case BRACE_OPEN -> {
          if (openBrace()) {
            return;
          }
        }
        case BRACE_CLOSE, SEMICOLON -> {
          at++;
          reset();
        }
        case EQUALS -> {
          at++;
          head.assigned = true;
          otherToken();
        }
        default -> {
          at++;
          otherToken();
        }
      }
    }
  }

  /// @return whether a statement shows that this is no outermost level
  private boolean name() {
    int start = at;
    int end = CText.endOfName(text, at, limit);
    at = end;
    tag = tagNext;
    tagNext = false;
    justClosed = -1;
    switch (end - start) {
      case 2 -> {
        if (is(start, end, "if") || is(start, end, "do")) {
          return statement();
        }
      }
      case 3 -> {
        if (is(start, end, "for")) {
          return statement();
        }
      }
      case 4 -> {
        if (is(start, end, "enum")) {
          structure(start);
        } else if (is(start, end, "else") || is(start, end, "goto") || is(start, end, "case")) {
          return statement();
        }
      }
      case 5 -> {
        if (is(start, end, "union")) {
          structure(start);
        } else if (is(start, end, "while")) {
          return statement();
        }
      }
      case 6 -> {
        if (is(start, end, "static")) {
          head.isStatic = true;
        } else if (is(start, end, "struct")) {
          structure(start);
        } else if (is(start, end, "return") || is(start, end, "switch")) {
          return statement();
        }
      }
      default -> {}
    }
    if (head.start < 0) {
      head.start = start;
    }
    lastName = start;
    lastNameEnd = end;
    return false;
  }

  private boolean is(int start, int end, String word) {
    return text[start] == word.charAt(0) && CText.equals(text, start, end, word);
  }

  private void structure(int start) {
    head.structure = start;
    tagNext = true;
  }

  /// The scan has lost its way out of a body; the body's end is recognised by its formatting.
  private boolean statement() {
    if (head.assigned) {
      return false;
    }
    braces = 1;
    formatted = true;
    declarationGoesOn = false;
    reset();
    return true;
  }

  private void inParentheses() {
    byte[] text = this.text;
    int limit = this.limit;
    int at = this.at;
    while (true) {
      at = CText.find(IN_PARENTHESES, text, at, limit);
      if (at >= limit) {
        this.at = at;
        return;
      }
      switch (text[at]) {
        case '(' -> {
          parentheses++;
          at++;
        }
        case ')' -> {
          parentheses--;
          at++;
          if (parentheses == 0) {
            this.at = at;
            endParentheses(at - 1);
            return;
          }
        }
        case '/' -> at = CText.afterSlash(text, at, limit);
        case '#' -> {
          this.at = at;
          directive();
          at = this.at;
          if (parentheses == 0 || braces > 0) {
            return;
          }
        }
        default -> at = CText.endOfLiteral(text, at, limit);
      }
    }
  }

  /// Decides whether the name before the parentheses is the function's.
  private void endParentheses(int end) {
    int inside = parenthesesStart + 1;
    int name = lastName;
    int nameEnd = lastNameEnd;
    boolean named = name >= 0 && !tag;
    boolean adjacent = justClosed >= 0;
    otherToken();
    if (head.assigned || end < inside) {
      return;
    }
    int first = CText.skipBlanks(text, inside, end);
    if (first < end && text[first] == '*' && !adjacent) {
      if (head.offerPointer(text, first, end)) {
        justClosed = end;
      }
    } else if (!named) {
      if (adjacent && head.nameStart >= 0 && !head.returnsPointer) {
        head.pasted = true;
      }
    } else if (head.offer(text, name, nameEnd, inside, end)) {
      justClosed = end;
    }
  }

  /// @return whether a body begins
  private boolean openBrace() {
    int brace = at;
    at++;
    if (lastName < 0 && head.isLinkage(text, brace)) {
      reset();
      return false;
    }
    boolean function = head.isFunction();
    if (function) {
      alternatives.keepFor(head, braceBranches.levels());
      for (int i = 0; i < alternatives.count(); i++) {
        report(alternatives.get(i));
      }
      report(head);
    }
    declarationGoesOn = !function;
    formatted = false;
    braces = 1;
    alternatives.clear();
    if (function) {
      reset();
    } else {
      otherToken();
    }
    return true;
  }

  private void report(DeclarationHead of) {
    if (MacroArguments.name(text, of, found)) {
      if (of.nameStart >= counted) {
        line += CText.newlines(text, counted, of.nameStart);
        counted = of.nameStart;
      }
      found.line = line;
      sink.function(text, found);
    }
  }

  private void body() {
    byte[] text = this.text;
    int limit = this.limit;
    int at = this.at;
    int depth = braces;
    while (true) {
      at = CText.find(IN_BODY, text, at, limit);
      if (at >= limit) {
        this.at = at;
        braces = depth;
        return;
      }
      switch (text[at]) {
        case '{' -> {
          depth++;
          at++;
        }
        case '}' -> {
          if (!formatted) {
            depth--;
          } else if (at == 0 || text[at - 1] == '\n') {
            depth = 0;
          } else if (depth > 1) {
            depth--;
          }
          at++;
          if (depth == 0) {
            this.at = at;
            braces = 0;
            formatted = false;
            if (!declarationGoesOn) {
              reset();
            }
            return;
          }
        }
        case '/' -> at = CText.afterSlash(text, at, limit);
        case '#' -> {
          this.at = at;
          braces = depth;
          directive();
          at = this.at;
          depth = braces;
          if (depth == 0) {
            return;
          }
        }
        default -> at = CText.endOfLiteral(text, at, limit);
      }
    }
  }

  private void directive() {
    int word = CText.skipSpaces(text, at + 1, limit);
    int c = word + 1 < limit ? text[word] : 0;
    if (c == 'i' && text[word + 1] == 'f') {
      openIf(word);
    } else if (c == 'e' && (text[word + 1] == 'l' || text[word + 1] == 'n')) {
      int end = CText.endOfName(text, word, limit);
      at = CText.endOfDirective(text, end, limit);
      if (is(word, end, "endif")) {
        closeIf();
      } else if (text[word + 1] == 'l') {
        branch();
      }
    } else {
      at = CText.endOfDirective(text, word, limit);
    }
  }

  private void openIf(int word) {
    int end = CText.endOfName(text, word, limit);
    int condition = CText.skipSpaces(text, end, limit);
    int constant =
        end - word == 2 ? DeadBranch.constant(text, condition, limit) : DeadBranch.UNKNOWN;
    at = CText.endOfDirective(text, condition, limit);
    if (constant == 0) {
      int behind = DeadBranch.skip(text, at, limit, true);
      at = behind < 0 ? ~behind : behind;
      if (behind >= 0) {
        return; // it has no other branch
      }
    }
    if (braceBranches.open(braces)) {
      int level = braceBranches.levels() - 1;
      elseIsDead[level] = constant == 1;
      heads[level].set(head);
      endedInFirst[level] = false;
    }
    parenthesisBranches.open(parentheses);
  }

  private void branch() {
    int levels = braceBranches.levels();
    if (levels == 0 || braceBranches.isBeyond()) {
      return;
    }
    if (elseIsDead[levels - 1]) {
      at = DeadBranch.skip(text, at, limit, false);
      closeIf();
      return;
    }
    boolean inBody = braces > 0;
    boolean inParentheses = parentheses > 0;
    if (inBody && braceBranches.disagreesWithFirst(braces)) {
      formatted = true;
    }
    braces = braceBranches.branch(braces);
    int open = parenthesisBranches.branch(parentheses);
    if (inParentheses && open == 0) {
      endParentheses(at);
    }
    parentheses = open;
    if (braces == 0 && open == 0) {
      DeclarationHead before = heads[levels - 1];
      if (!inBody && head.nameStart >= 0 && head.nameStart != before.nameStart && !head.assigned) {
        alternatives.add(head, levels);
      }
      endedInFirst[levels - 1] |= !inBody && head.start < 0;
      head.set(before);
      otherToken();
    }
  }

  private void closeIf() {
    if (braces > 0 && braceBranches.disagree(braces)) {
      formatted = true;
    }
    int levels = braceBranches.levels();
    alternatives.endif(levels, at);
    if (levels > 0 && !braceBranches.isBeyond() && braces == 0 && parentheses == 0) {
      if (endedInFirst[levels - 1] && head.start == heads[levels - 1].start) {
        reset(); // as in `x =`, `#if A`, `1;`, `#else`, `#error`, `#endif`
      }
    }
    braces = braceBranches.close(braces);
    parentheses = parenthesisBranches.close(parentheses);
  }
}
