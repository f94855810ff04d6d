package trapline.kernel.source;

import java.nio.charset.StandardCharsets;

/// Names the function that a declaration's head defines: by itself, or, when the name is that of a
/// macro, by the macro's arguments and what [FunctionHeads] knows of it.
final class MacroArguments {
  private MacroArguments() {}

  /// Fills in the name and what belongs to it.
  ///
  /// @return whether the head defines a function that can be named
  static boolean name(byte[] text, DeclarationHead head, FoundFunction found) {
    found.prefix = "";
    found.suffix = "";
    found.secondStart = 0;
    found.secondEnd = 0;
    found.macroStart = 0;
    found.macroEnd = 0;
    found.nameStart = head.nameStart;
    found.nameEnd = head.nameEnd;
    found.isStatic = head.isStatic;
    int end = head.returnsPointer ? -1 : loneIdentifier(text, head.inside, head.insideEnd);
    if ((end >= 0 || head.pasted) && !byMacro(text, head, end, found)) {
      return false;
    }
    return found.nameEnd - found.nameStart <= FunctionCollector.MAX_NAME;
  }

  /// @param first the end of the identifier that is the first argument, or -1
  /// @return whether the macro heads a function that can be named
  private static boolean byMacro(
      byte[] text, DeclarationHead head, int first, FoundFunction found) {
    String macro =
        new String(
            text, head.nameStart, head.nameEnd - head.nameStart, StandardCharsets.ISO_8859_1);
    FunctionHeads.Rule rule = FunctionHeads.ofMacro(macro);
    int from = head.inside;
    int end = first >= 0 ? first : loneIdentifier(text, from, head.insideEnd);
    while (end < 0) {
      from = nextArgument(text, from, head.insideEnd);
      if (from < 0) {
        return head.pasted || !rule.none();
      }
      end = loneIdentifier(text, from, head.insideEnd);
    }
    if (rule.none()) {
      return false;
    }
    found.macroStart = head.nameStart;
    found.macroEnd = head.nameEnd;
    found.nameStart = CText.skipBlanks(text, from, head.insideEnd);
    found.nameEnd = end;
    found.prefix = rule.prefix();
    found.suffix = rule.suffix();
    int second = rule.twoArguments() ? nextArgument(text, end, head.insideEnd) : -1;
    if (second >= 0) {
      second = CText.skipBlanks(text, second, head.insideEnd);
      found.secondStart = second;
      found.secondEnd = CText.endOfName(text, second, head.insideEnd);
    }
    return true;
  }

  /// The end of the identifier that is the first argument; -1 when that is anything else. As
  /// macros paste it behind something, it may begin with a digit: `SYSCALL_DEFINE4(32_pread, …`.
  static int loneIdentifier(byte[] text, int from, int to) {
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
    return alone && !CText.equals(text, start, end, "void") ? end : -1;
  }

  /// Behind the next comma outside of parentheses, or -1.
  private static int nextArgument(byte[] text, int from, int to) {
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
}
