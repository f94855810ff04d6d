package trapline.kernel.source;

import java.nio.charset.StandardCharsets;

/// Finds the functions of assembly source: the lines that begin with one of the macros of
/// `assembly-heads.txt` and a name in parentheses. Labels without such a macro are none.
final class AssemblyFunctions {
  private static final int MAX_MACRO = 40;

  private final FoundFunction found = new FoundFunction();

  /// Hands every function in the first `length` bytes of `text` to `sink`, in their order.
  void scan(byte[] text, int length, FoundFunction.Sink sink) {
    int line = 1;
    int at = 0;
    while (at < length) {
      int start = at;
      while (start < length && (text[start] == ' ' || text[start] == '\t')) {
        start++;
      }
      int end = CText.endOfName(text, start, length);
      boolean comment = start + 1 < length && text[start] == '/' && text[start + 1] == '*';
      if (end > start && end - start <= MAX_MACRO && end < length && text[end] == '(') {
        report(text, start, end, length, line, sink);
      }
      int next =
          comment
              ? CText.endOfComment(text, start + 2, length)
              : start < length && text[start] == '#'
                  ? CText.endOfDirective(text, start, length)
                  : CText.endOfLine(text, end, length);
      if (next < length && text[next] == '\n') {
        next++;
      }
      line += CText.newlines(text, at, next);
      at = Math.max(next, at + 1);
    }
  }

  private void report(
      byte[] text, int start, int end, int length, int line, FoundFunction.Sink sink) {
    FunctionHeads.Rule rule =
        FunctionHeads.ofAssembly(new String(text, start, end - start, StandardCharsets.ISO_8859_1));
    if (rule == null) {
      return;
    }
    int name = end + 1;
    while (name < length && (text[name] == ' ' || text[name] == '\t')) {
      name++;
    }
    int nameEnd = CText.endOfName(text, name, length);
    if (nameEnd == name || nameEnd - name > FunctionCollector.MAX_NAME) {
      return;
    }
    found.nameStart = name;
    found.nameEnd = nameEnd;
    found.macroStart = start;
    found.macroEnd = end;
    found.line = line;
    found.isStatic = rule.local();
    sink.function(text, found);
  }
}
