package trapline.kernel.source;

import java.nio.charset.StandardCharsets;

/// A declaration at the outermost level of C source, as far as it has been read: which of its names
/// with parentheses may be a function's. All places are offsets into the text.
final class DeclarationHead {
  private static final int LONGEST_ANNOTATION = 24;

  /// The first name of the declaration; -1 at its beginning.
  int start;

  /// The name that may be the function's, and what its parentheses hold; -1 without one.
  int nameStart;

  int nameEnd;
  int inside;
  int insideEnd;

  /// Whether more parentheses follow directly: `FNAME(walk)(struct walker *w)`.
  boolean pasted;

  /// Whether the name is that of a function that returns a pointer to one.
  boolean returnsPointer;

  boolean isStatic;

  /// Whether a `=` has come.
  boolean assigned;

  /// Where `struct`, `union` or `enum` was seen last; -1 without.
  int structure;

  void clear() {
    start = -1;
    nameStart = -1;
    pasted = false;
    returnsPointer = false;
    isStatic = false;
    assigned = false;
    structure = -1;
  }

  void set(DeclarationHead other) {
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

  /// Whether a brace now begins a function's body.
  boolean isFunction() {
    return !assigned && nameStart >= 0 && structure < nameStart;
  }

  /// A name with parentheses has come, which hold what stands from `inside` to `insideEnd`.
  ///
  /// @return whether it is now the one that may be the function's
  boolean offer(byte[] text, int name, int end, int inside, int insideEnd) {
    if (CText.isNamePart(text[name]) && !CText.isNameStart(text[name])) {
      return false;
    }
    if (isAnnotation(text, name, end) || (nameStart >= 0 && !replaces(text, name))) {
      return false;
    }
    take(name, end, inside, insideEnd);
    return true;
  }

  private void take(int name, int end, int inside, int insideEnd) {
    this.nameStart = name;
    this.nameEnd = end;
    this.inside = inside;
    this.insideEnd = insideEnd;
    pasted = false;
    returnsPointer = false;
  }

  private static boolean isAnnotation(byte[] text, int start, int end) {
    int c = text[start];
    return (c == '_' || c == 'a' || c == 't' || c == 's')
        && end - start <= LONGEST_ANNOTATION
        && FunctionHeads.isAnnotation(string(text, start, end));
  }

  /// Whether a further name with parentheses is rather the function's than the candidate.
  private boolean replaces(byte[] text, int name) {
    if (hasType(text, insideEnd + 1, name)) {
      return true;
    }
    boolean typed = hasType(text, start, nameStart);
    return !typed || (!pasted && MacroArguments.loneIdentifier(text, inside, insideEnd) >= 0);
  }

  /// Whether something but storage classes and annotations stands there.
  private static boolean hasType(byte[] text, int from, int to) {
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
            CText.startsWith(text, i, end, "__") || FunctionHeads.isStorage(string(text, i, end));
        if (!annotation) {
          return true;
        }
        i = end;
      }
    }
  }

  /// Parentheses that begin with a star have come: `int (*name(int a))(int b) {` defines a
  /// function; `int (*name)(int b)` does not.
  ///
  /// @param star the star's place
  /// @param end where the parentheses end
  /// @return whether they hold a function's name
  boolean offerPointer(byte[] text, int star, int end) {
    int i = star;
    while (i < end) {
      if (text[i] == '*') {
        i++;
      } else if (CText.isNamePart(text[i])) {
        int nameEnd = CText.endOfName(text, i, end);
        int open = CText.skipBlanks(text, nameEnd, end);
        if (open < end && text[open] == '(') {
          take(i, nameEnd, open + 1, end);
          returnsPointer = true;
          return true;
        }
        i = nameEnd;
      } else {
        return false;
      }
      i = CText.skipBlanks(text, i, end);
    }
    return false;
  }

  /// `extern "C"`, before a brace.
  boolean isLinkage(byte[] text, int brace) {
    if (start < 0 || text[start] != 'e' || brace - start > 20 || nameStart >= 0) {
      return false;
    }
    int end = CText.endOfName(text, start, brace);
    int next = CText.skipBlanks(text, end, brace);
    return CText.equals(text, start, end, "extern") && next < brace && text[next] == '"';
  }

  private static String string(byte[] text, int from, int to) {
    return new String(text, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
