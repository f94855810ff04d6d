package trapline.abi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Asks the C compiler for the values of expressions, with the installed headers.
final class Compiler {
  private static final Pattern UNDECLARED =
      Pattern.compile("[‘'](\\w+)[’'] undeclared|has no member named [‘'](\\w+)[’']");
  private static final int ROUNDS = 6;

  private Compiler() {}

  /// @param expressions C expressions by a label
  /// @return their values; those that use names which the headers do not have are missing
  static Map<String, Long> values(
      Path directory, List<String> headers, Map<String, String> expressions) throws Exception {
    Map<String, String> left = new HashMap<>(expressions);
    String said = "";
    for (int round = 0; round < ROUNDS; round++) {
      Path source = directory.resolve("values.c");
      Path program = directory.resolve("values");
      Files.writeString(source, source(headers, left));
      Process gcc =
          new ProcessBuilder("gcc", "-w", "-o", program.toString(), source.toString())
              .redirectErrorStream(true)
              .start();
      said = new String(gcc.getInputStream().readAllBytes());
      if (gcc.waitFor() == 0) {
        return run(program);
      }
      Set<String> unknown = new HashSet<>();
      Matcher matcher = UNDECLARED.matcher(said);
      while (matcher.find()) {
        unknown.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
      }
      int before = left.size();
      left.values()
          .removeIf(
              expression ->
                  unknown.stream().anyMatch(name -> expression.matches(".*\\b" + name + "\\b.*")));
      if (left.size() == before) {
        break;
      }
    }
    throw new IOException("gcc with " + headers + ": " + said);
  }

  private static String source(List<String> headers, Map<String, String> expressions) {
    StringBuilder out = new StringBuilder("#define _GNU_SOURCE 1\n");
    for (String header : headers) {
      out.append("#include <").append(header).append(">\n");
    }
    out.append("#include <stdio.h>\n#include <stddef.h>\nint main(void) {\n");
    expressions.forEach(
        (label, expression) ->
            out.append("printf(\"%s %lld\\n\", \"")
                .append(label)
                .append("\", (long long)(")
                .append(expression)
                .append("));\n"));
    return out.append("return 0; }\n").toString();
  }

  private static Map<String, Long> run(Path program) throws Exception {
    Process process = new ProcessBuilder(program.toString()).start();
    Map<String, Long> values = new HashMap<>();
    for (String line :
        new ArrayList<>(List.of(new String(process.getInputStream().readAllBytes()).split("\n")))) {
      int space = line.indexOf(' ');
      if (space > 0) {
        values.put(line.substring(0, space), Long.parseLong(line.substring(space + 1)));
      }
    }
    process.waitFor();
    return values;
  }

  /// Whether a header is installed.
  static boolean has(String header) {
    return Files.exists(Path.of("/usr/include", header))
        || Files.exists(Path.of("/usr/include/x86_64-linux-gnu", header));
  }
}
