package trapline.abi;

import java.util.ArrayList;
import java.util.List;

/// What a value means: the formats of the call table and of the structure layouts.
///
/// A format is written as `name` or `name(argument, …)`; docs/HOWTO-add-a-syscall.md lists them. An
/// argument is a format itself (the elements of an array), the name of a table, or a length: a
/// number, the name of another parameter or member, or `ret` for what the call returned.
///
/// @param name such as `fd`, `const`, `struct`, `bytes`
/// @param arguments in their order
public record ArgFormat(String name, List<ArgFormat> arguments) {
  public ArgFormat {
    arguments = List.copyOf(arguments);
  }

  /// A signed or unsigned number, as its type says.
  public static final ArgFormat INT = new ArgFormat("int", List.of());

  /// An address.
  public static final ArgFormat PTR = new ArgFormat("ptr", List.of());

  /// Parses the written form.
  ///
  /// @throws IllegalArgumentException when it is not well formed
  public static ArgFormat parse(String text) {
    Parser parser = new Parser(text);
    ArgFormat format = parser.format(0);
    if (parser.at < text.length()) {
      throw new IllegalArgumentException("malformed format: " + text);
    }
    return format;
  }

  /// The argument of that index, which must exist.
  public ArgFormat argument(int index) {
    return arguments.get(index);
  }

  @Override
  public String toString() {
    if (arguments.isEmpty()) {
      return name;
    }
    StringBuilder out = new StringBuilder(name).append('(');
    for (int i = 0; i < arguments.size(); i++) {
      out.append(i == 0 ? "" : ", ").append(arguments.get(i));
    }
    return out.append(')').toString();
  }

  private static final class Parser {
    private static final int DEEPEST = 8;

    private final String text;
    private int at;

    Parser(String text) {
      this.text = text;
    }

    ArgFormat format(int depth) {
      skipSpaces();
      int start = at;
      while (at < text.length() && isNamePart(text.charAt(at))) {
        at++;
      }
      if (at == start || depth > DEEPEST) {
        throw new IllegalArgumentException("malformed format: " + text);
      }
      String name = text.substring(start, at);
      if (at >= text.length() || text.charAt(at) != '(') {
        return new ArgFormat(name, List.of());
      }
      List<ArgFormat> arguments = new ArrayList<>();
      do {
        at++;
        arguments.add(format(depth + 1));
        skipSpaces();
      } while (at < text.length() && text.charAt(at) == ',');
      if (at >= text.length() || text.charAt(at) != ')') {
        throw new IllegalArgumentException("malformed format: " + text);
      }
      at++;
      return new ArgFormat(name, arguments);
    }

    private void skipSpaces() {
      while (at < text.length() && text.charAt(at) == ' ') {
        at++;
      }
    }

    private static boolean isNamePart(char c) {
      return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
  }
}
