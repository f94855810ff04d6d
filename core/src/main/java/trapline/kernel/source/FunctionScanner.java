package trapline.kernel.source;

import java.nio.charset.StandardCharsets;
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
  private static final boolean[] IN_BODY = new boolean[256];

  private static final boolean[] IN_PARENTHESES = new boolean[256];

  static {
    for (int c = 0; c < 256; c++) {
      KIND[c] = (byte) (CText.isNamePart(c) ? LETTER : CText.isBlank(c) ? BLANK : OTHER);
    }
    String special = "/\"'#(){};=";
    int[] kinds = {
      SLASH, QUOTE, QUOTE, HASH, OPEN, CLOSE, BRACE_OPEN, BRACE_CLOSE, SEMICOLON, EQUALS
    };
    for (int i = 0; i < kinds.length; i++) {
      int c = special.charAt(i);
      KIND[c] = (byte) kinds[i];
      IN_BODY[c] = "/\"'#{}".indexOf(c) >= 0;
      IN_PARENTHESES[c] = "/\"'#()".indexOf(c) >= 0;
    }
  }

  /// A declaration at the outermost level, as far as it has been read.
  private static final class Head {
    /// The first name of the declaration; -1 at its beginning.
    private int start;

    /// The name that may be the function's, and what its parentheses hold; -1 without one.
    private int nameStart;

    private int nameEnd;
    private int inside;
    private int insideEnd;

    /// Whether more parentheses follow directly: `FNAME(walk)(struct walker *w)`.
    private boolean pasted;

    /// Whether the name is that of a function that returns a pointer to one.
    private boolean returnsPointer;

    private boolean isStatic;
    private boolean assigned;

    /// Where `struct`, `union` or `enum` was seen last; -1 without.
    private int structure;

    void clear() {
      start = -1;
      nameStart = -1;
      pasted = false;
      returnsPointer = false;
      isStatic = false;
      assigned = false;
      structure = -1;
    }

    void set(Head other) {
      start = other.start;
      nameStart = other.nameStart;
      nameEnd = other.nameEnd;
      inside = other.inside;
      insideEnd = other.insideEnd;
      pasted = other.pasted;
      returnsPointer = other.returnsPointer;
      isStatic = other.isStatic;
      assigned = other.assigned;
      structure = other.structure;
    }
  }

  /// Heads that branches of one `#if` choose from; the last one is still being read.
  private static final int MAX_ALTERNATIVES = 8;

  /// How often a scan starts again behind a parenthesis that is never closed.
  private static final int MAX_RESTARTS = 16;

  private final FoundFunction found = new FoundFunction();
  private final BranchDepths braceBranches = new BranchDepths();
  private final BranchDepths parenthesisBranches = new BranchDepths();
  private final boolean[] elseIsDead = new boolean[BranchDepths.MAX_LEVELS];
  private final Head[] heads = new Head[BranchDepths.MAX_LEVELS];

  /// Whether the declaration before the condition ended in its first branch.
  private final boolean[] endedInFirst = new boolean[BranchDepths.MAX_LEVELS];
  private final Head head = new Head();
  private final Head[] alternatives = new Head[MAX_ALTERNATIVES];
  private int alternativeCount;
  private int alternativeLevel;

  /// Behind the `#endif` of that condition.
  private int alternativesEnd;

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
    Arrays.setAll(heads, i -> new Head());
    Arrays.setAll(alternatives, i -> new Head());
  }

  /// Hands every definition in the first `length` bytes of `text` to `sink`, in their order.
  void scan(byte[] text, int length, FoundFunction.Sink sink) {
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
    alternativeCount = 0;
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
    while (at < limit) {
      int c = text[at];
      if (!IN_PARENTHESES[c & 0xff]) {
        at++;
        continue;
      }
      switch (c) {
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
    this.at = at;
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
      functionPointer(first, end);
      return;
    }
    if (!named) {
      if (adjacent && head.nameStart >= 0 && !head.returnsPointer) {
        head.pasted = true;
      }
      return;
    }
    if (CText.isNamePart(text[name]) && !CText.isNameStart(text[name])) {
      return;
    }
    if (nameEnd - name <= 24 && annotation(name, nameEnd)) {
      return;
    }
    if (head.nameStart >= 0 && !replaces(name)) {
      return;
    }
    head.nameStart = name;
    head.nameEnd = nameEnd;
    head.inside = inside;
    head.insideEnd = end;
    head.pasted = false;
    head.returnsPointer = false;
    justClosed = end;
  }

  private boolean annotation(int start, int end) {
    int c = text[start];
    return (c == '_' || c == 'a' || c == 't' || c == 's')
        && FunctionHeads.isAnnotation(string(start, end));
  }

  /// Whether a further name with parentheses is rather the function's than the candidate.
  private boolean replaces(int name) {
    if (hasType(head.insideEnd + 1, name)) {
      return true;
    }
    boolean typed = hasType(head.start, head.nameStart);
    return !typed || (!head.pasted && loneIdentifier(head.inside, head.insideEnd) >= 0);
  }

  /// Whether something but storage classes and annotations stands there.
  private boolean hasType(int from, int to) {
    int i = from;
    while (true) {
      i = CText.skipBlanks(text, i, to);
      if (i >= to) {
        return false;
      }
      if (text[i] == '*') {
        return true;
      }
      if (text[i] == '#') {
        i = CText.endOfDirective(text, i, to);
      } else if (!CText.isNamePart(text[i])) {
        i++;
      } else {
        int end = CText.endOfName(text, i, to);
        boolean annotation =
            CText.startsWith(text, i, end, "__") || FunctionHeads.isStorage(string(i, end));
        if (!annotation) {
          return true;
        }
        i = end;
      }
    }
  }

  /// `int (*name(int a))(int b) {` defines a function; `int (*name)(int b)` does not.
  private void functionPointer(int star, int end) {
    int i = star;
    while (i < end) {
      if (text[i] == '*') {
        i++;
      } else if (CText.isNamePart(text[i])) {
        int nameEnd = CText.endOfName(text, i, end);
        int open = CText.skipBlanks(text, nameEnd, end);
        if (open < end && text[open] == '(') {
          head.nameStart = i;
          head.nameEnd = nameEnd;
          head.inside = open + 1;
          head.insideEnd = end;
          head.pasted = false;
          head.returnsPointer = true;
          justClosed = end;
          return;
        }
        i = nameEnd;
      } else {
        return;
      }
      i = CText.skipBlanks(text, i, end);
    }
  }

  /// The end of the identifier that is the first argument; -1 when that is anything else. As
  /// macros paste it behind something, it may begin with a digit: `SYSCALL_DEFINE4(32_pread, …`.
  private int loneIdentifier(int from, int to) {
    int start = CText.skipBlanks(text, from, to);
    int end = CText.endOfName(text, start, to);
    int letter = start;
    while (letter < end && !CText.isNameStart(text[letter])) {
      letter++;
    }
    if (letter == end || (letter > start && text[letter] == 'x')) {
      return -1;
    }
    int next = CText.skipBlanks(text, end, to);
    boolean alone = next >= to || text[next] == ',';
    return alone && !is(start, end, "void") ? end : -1;
  }

  /// @return whether a body begins
  private boolean openBrace() {
    int brace = at;
    at++;
    if (head.start >= 0 && lastName < 0 && isLinkage(brace)) {
      reset();
      return false;
    }
    boolean function = !head.assigned && head.nameStart >= 0 && head.structure < head.nameStart;
    if (function) {
      if (braceBranches.levels() >= alternativeLevel || head.nameStart > alternativesEnd) {
        alternativeCount = 0; // these are heads of other bodies
      }
      for (int i = 0; i < alternativeCount; i++) {
        report(alternatives[i]);
      }
      report(head);
    }
    declarationGoesOn = !function;
    formatted = false;
    braces = 1;
    alternativeCount = 0;
    if (function) {
      reset();
    } else {
      otherToken();
    }
    return true;
  }

  /// `extern "C" {`
  private boolean isLinkage(int brace) {
    if (text[head.start] != 'e' || brace - head.start > 20 || head.nameStart >= 0) {
      return false;
    }
    int end = CText.endOfName(text, head.start, limit);
    int next = CText.skipBlanks(text, end, limit);
    return is(head.start, end, "extern") && next < brace && text[next] == '"';
  }

  private void report(Head of) {
    found.prefix = "";
    found.suffix = "";
    found.secondStart = 0;
    found.secondEnd = 0;
    found.macroStart = 0;
    found.macroEnd = 0;
    found.nameStart = of.nameStart;
    found.nameEnd = of.nameEnd;
    found.isStatic = of.isStatic;
    int end = of.returnsPointer ? -1 : loneIdentifier(of.inside, of.insideEnd);
    if ((end >= 0 || of.pasted) && !macro(of)) {
      return;
    }
    if (found.nameEnd - found.nameStart > FunctionCollector.MAX_NAME) {
      return;
    }
    if (of.nameStart >= counted) {
      line += CText.newlines(text, counted, of.nameStart);
      counted = of.nameStart;
    }
    found.line = line;
    sink.function(text, found);
  }

  /// @return whether the macro heads a function that can be named
  private boolean macro(Head of) {
    FunctionHeads.Rule rule = FunctionHeads.ofMacro(string(of.nameStart, of.nameEnd));
    int from = of.inside;
    int end = loneIdentifier(from, of.insideEnd);
    while (end < 0) {
      from = nextArgument(from, of.insideEnd);
      if (from < 0) {
        return of.pasted || !rule.none();
      }
      end = loneIdentifier(from, of.insideEnd);
    }
    if (rule.none()) {
      return false;
    }
    found.macroStart = of.nameStart;
    found.macroEnd = of.nameEnd;
    found.nameStart = CText.skipBlanks(text, from, of.insideEnd);
    found.nameEnd = end;
    found.prefix = rule.prefix();
    found.suffix = rule.suffix();
    int second = rule.twoArguments() ? nextArgument(end, of.insideEnd) : -1;
    if (second >= 0) {
      second = CText.skipBlanks(text, second, of.insideEnd);
      found.secondStart = second;
      found.secondEnd = CText.endOfName(text, second, of.insideEnd);
    }
    return true;
  }

  /// Behind the next comma outside of parentheses, or -1.
  private int nextArgument(int from, int to) {
    int depth = 0;
    int i = from;
    while (i < to) {
      int c = text[i];
      if (c == '/') {
        i = CText.afterSlash(text, i, to);
      } else if (c == '"' || c == '\'') {
        i = CText.endOfLiteral(text, i, to);
      } else {
        if (c == ',' && depth == 0) {
          return i + 1;
        }
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        i++;
      }
    }
    return -1;
  }

  private void body() {
    byte[] text = this.text;
    int limit = this.limit;
    int at = this.at;
    int depth = braces;
    while (at < limit) {
      int c = text[at];
      if (!IN_BODY[c & 0xff]) {
        at++;
        continue;
      }
      switch (c) {
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
    this.at = at;
    braces = depth;
  }

  private void directive() {
    int word = at + 1;
    while (word < limit && (text[word] == ' ' || text[word] == '\t')) {
      word++;
    }
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
    int condition = end;
    while (condition < limit && (text[condition] == ' ' || text[condition] == '\t')) {
      condition++;
    }
    int constant = 2;
    if (end - word == 2
        && condition < limit
        && (text[condition] == '0' || text[condition] == '1')) {
      int after = condition + 1;
      boolean alone = after == limit || CText.isBlank(text[after]) || text[after] == '/';
      int rest = alone ? CText.skipBlanks(text, after, CText.endOfLine(text, after, limit)) : after;
      if (alone && (rest >= limit || text[rest] == '\n')) {
        constant = text[condition] - '0';
      }
    }
    at = CText.endOfDirective(text, condition, limit);
    if (constant == 0 && skipDeadBranch(true)) {
      return; // it has no other branch
    }
    if (braceBranches.open(braces)) {
      parenthesisBranches.open(parentheses);
      elseIsDead[braceBranches.levels() - 1] = constant == 1;
      heads[braceBranches.levels() - 1].set(head);
      endedInFirst[braceBranches.levels() - 1] = false;
    } else {
      parenthesisBranches.open(parentheses);
    }
  }

  /// Passes over a branch that is never compiled, up to the directive that ends it.
  ///
  /// @param orElse whether an `#else` or `#elif` ends it, too
  /// @return whether an `#endif` ended it, or the text
  private boolean skipDeadBranch(boolean orElse) {
    int nested = 0;
    while (at < limit) {
      int c = text[at];
      if (c == '/') {
        at = CText.afterSlash(text, at, limit);
      } else if (c == '#') {
        int word = at + 1;
        while (word < limit && (text[word] == ' ' || text[word] == '\t')) {
          word++;
        }
        int end = CText.endOfName(text, word, limit);
        at = CText.endOfDirective(text, end, limit);
        boolean directive = end > word;
        if (directive && end - word >= 2 && text[word] == 'i' && text[word + 1] == 'f') {
          nested++;
        } else if (directive && is(word, end, "endif")) {
          if (nested == 0) {
            return true;
          }
          nested--;
        } else if (directive
            && orElse
            && nested == 0
            && (is(word, end, "else") || CText.startsWith(text, word, end, "elif"))) {
          return false;
        }
      } else if (c == '\n' || CText.isBlank(c)) {
        at++;
      } else {
        at = toEndOfDeadLine(at);
      }
    }
    return true;
  }

  /// The newline, or the comment that may hide it.
  private int toEndOfDeadLine(int from) {
    int i = from;
    while (i < limit && text[i] != '\n') {
      if (text[i] == '/' && i + 1 < limit && (text[i + 1] == '*' || text[i + 1] == '/')) {
        return i;
      }
      i++;
    }
    return i;
  }

  private void branch() {
    int levels = braceBranches.levels();
    if (levels == 0 || braceBranches.isBeyond()) {
      return;
    }
    if (elseIsDead[levels - 1]) {
      skipDeadBranch(false);
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
      Head before = heads[levels - 1];
      if (!inBody && head.nameStart >= 0 && head.nameStart != before.nameStart && !head.assigned) {
        if (alternativeCount < MAX_ALTERNATIVES) {
          alternatives[alternativeCount++].set(head);
          alternativeLevel = levels;
        }
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
    if (levels == alternativeLevel) {
      alternativesEnd = at;
    }
    if (levels > 0 && !braceBranches.isBeyond() && braces == 0 && parentheses == 0) {
      if (endedInFirst[levels - 1] && head.start == heads[levels - 1].start) {
        reset(); // as in `x =`, `#if A`, `1;`, `#else`, `#error`, `#endif`
      }
    }
    braces = braceBranches.close(braces);
    parentheses = parenthesisBranches.close(parentheses);
  }

  private String string(int from, int to) {
    return new String(text, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
