package trapline.kernel;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import trapline.bytes.Bytes;
import trapline.kernel.SyscallDefinition.Parameter;

/// The fields of a tracepoint of the running kernel, from `events/GROUP/NAME/format` in tracefs
/// (`Documentation/trace/events.rst`, section "Event formats").
///
/// @param name such as `sys_enter_socket`
/// @param id the tracepoint's number
/// @param fields without the common ones
public record TracepointFormat(String name, int id, List<Field> fields) {
  private static final int MAX_FIELDS = 256;

  public TracepointFormat {
    fields = List.copyOf(fields);
  }

  /// @param type as it stands there, such as `struct sockaddr *`
  /// @param offset in bytes from the record's start
  /// @param size in bytes
  public record Field(String type, String name, int offset, int size, boolean signed) {}

  /// @throws trapline.model.MalformedBinary when the text is not such a format
  public static TracepointFormat parse(Bytes format) {
    String text = new String(format.copy(0, format.size()), StandardCharsets.UTF_8);
    String name = "";
    int id = -1;
    List<Field> fields = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int end = text.indexOf('\n', at);
      end = end < 0 ? text.length() : end;
      String line = text.substring(at, end).trim();
      if (line.startsWith("name:")) {
        name = line.substring(5).trim();
      } else if (line.startsWith("ID:")) {
        id = number(format, at, line.substring(3).trim());
      } else if (line.startsWith("field:") && fields.size() < MAX_FIELDS) {
        Field field = field(format, at, line);
        if (!field.name.startsWith("common_")) {
          fields.add(field);
        }
      }
      at = end + 1;
    }
    if (name.isEmpty() || id < 0) {
      throw format.malformed(0, "no tracepoint format: it has no name or ID");
    }
    return new TracepointFormat(name, id, fields);
  }

  /// `field:TYPE NAME;\toffset:N;\tsize:N;\tsigned:N;`
  private static Field field(Bytes format, int at, String line) {
    String declaration = "";
    int offset = -1;
    int size = -1;
    boolean signed = false;
    int from = 0;
    while (from < line.length()) {
      int end = line.indexOf(';', from);
      end = end < 0 ? line.length() : end;
      String part = line.substring(from, end).trim();
      if (part.startsWith("field:")) {
        declaration = part.substring(6).trim();
      } else if (part.startsWith("offset:")) {
        offset = number(format, at, part.substring(7));
      } else if (part.startsWith("size:")) {
        size = number(format, at, part.substring(5));
      } else if (part.startsWith("signed:")) {
        signed = part.endsWith("1");
      }
      from = end + 1;
    }
    int blank = declaration.lastIndexOf(' ');
    if (blank <= 0 || offset < 0 || size < 0) {
      throw format.malformed(Math.min(at, format.size()), "no field of a tracepoint: " + line);
    }
    return new Field(
        declaration.substring(0, blank), declaration.substring(blank + 1), offset, size, signed);
  }

  private static int number(Bytes format, int at, String text) {
    try {
      return Integer.parseUnsignedInt(text);
    } catch (NumberFormatException e) {
      throw format.malformed(Math.min(at, format.size()), "no number: " + text);
    }
  }

  /// The arguments of a system call's tracepoint: the fields behind the number.
  public List<Field> arguments() {
    boolean numbered = !fields.isEmpty() && fields.getFirst().name.equals("__syscall_nr");
    return numbered ? fields.subList(1, fields.size()) : fields;
  }

  /// How this tracepoint differs from a definition in number, names or types of the arguments.
  /// Annotations for the kernel's checker (`__user`) are no part of a type.
  ///
  /// @return a sentence for each difference; empty when they agree
  public List<String> differences(SyscallDefinition definition) {
    List<Field> mine = arguments();
    List<Parameter> theirs = definition.arguments();
    List<String> differences = new ArrayList<>(0);
    if (mine.size() != theirs.size()) {
      differences.add(
          "the running kernel has " + mine.size() + " arguments, the source " + theirs.size());
      return differences;
    }
    for (int i = 0; i < mine.size(); i++) {
      Field field = mine.get(i);
      Parameter parameter = theirs.get(i);
      String type = plainType(parameter.type());
      if (!field.name.equals(parameter.name()) || !plainType(field.type).equals(type)) {
        differences.add(
            "argument "
                + (i + 1)
                + " is "
                + field.type
                + " "
                + field.name
                + " in the running kernel, "
                + type
                + " "
                + parameter.name()
                + " in the source");
      }
    }
    return differences;
  }

  /// The type without the checker's annotations, with single blanks and none between asterisks.
  private static String plainType(String type) {
    StringBuilder out = new StringBuilder(type.length());
    for (String word : type.replace("*", " * ").split(" ", -1)) {
      boolean star = word.equals("*");
      if (word.isEmpty() || word.equals("__user") || word.equals("__force")) {
        continue;
      }
      if (!out.isEmpty() && !(star && out.charAt(out.length() - 1) == '*')) {
        out.append(' ');
      }
      out.append(word);
    }
    return out.toString();
  }
}
