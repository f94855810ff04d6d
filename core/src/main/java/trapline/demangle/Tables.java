package trapline.demangle;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The tables of C++'s mangling, read when the first C++ name is.
final class Tables {
  /// An abbreviation of a name of the standard library.
  record Standard(String brief, String full, @Nullable String className) {}

  /// What stands behind the code of a name that the compiler made up.
  enum SpecialOf {
    TYPE,
    ARGUMENT,
    NAME,
    ENCODING
  }

  /// A name that the compiler made up.
  record SpecialName(SpecialOf of, String text) {}

  private static final Tables INSTANCE = new Tables();

  private final Map<String, Node.Operator> operators = new HashMap<>();
  private final Map<String, Node.Builtin> types = new HashMap<>();
  private final Map<String, Standard> standard = new HashMap<>();
  private final Map<String, SpecialName> special = new HashMap<>();

  private Tables() {
    read(
        "operators.txt",
        row ->
            operators.put(
                row[0],
                new Node.Operator(row[0], Integer.parseInt(row[1]), row[2].replace('␣', ' '))));
    read("types.txt", row -> types.put(row[0], new Node.Builtin(row[1], row[2])));
    read(
        "standard.txt",
        row ->
            standard.put(row[0], new Standard(row[1], row[2], "-".equals(row[3]) ? null : row[3])));
    read("special.txt", row -> special.put(row[0], new SpecialName(of(row[1]), row[2])));
  }

  private static SpecialOf of(String word) {
    return switch (word) {
      case "type" -> SpecialOf.TYPE;
      case "argument" -> SpecialOf.ARGUMENT;
      case "name" -> SpecialOf.NAME;
      default -> SpecialOf.ENCODING;
    };
  }

  static Node.@Nullable Operator operator(String code) {
    return INSTANCE.operators.get(code);
  }

  static Node.@Nullable Builtin type(String code) {
    return INSTANCE.types.get(code);
  }

  static @Nullable Standard standard(char letter) {
    return INSTANCE.standard.get(String.valueOf(letter));
  }

  static @Nullable SpecialName special(String code) {
    return INSTANCE.special.get(code);
  }

  private static void read(String name, Consumer<String[]> row) {
    try (InputStream in = Tables.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the table " + name + " is not part of this build");
      }
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .forEach(line -> row.accept(line.split("\t", -1)));
    } catch (IOException e) {
      throw new UncheckedIOException("the table " + name + " cannot be read", e);
    }
  }
}
