package trapline.demangle;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Says a symbol's name as it was written in C++ or Rust.
public final class Demangler {
  /// Compilers stay far below.
  private static final int MAX_NAME = 20_000;

  private static final String CONSTRUCTORS = "global constructors keyed to ";
  private static final String DESTRUCTORS = "global destructors keyed to ";

  /// How GCC named the functions that initialize a file's objects, before the place of a letter.
  private static final String GLOBAL = "_GLOBAL_";

  private static final String STRING =
      "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >";

  private Demangler() {}

  /// The name in full, as GNU `c++filt` prints it; `symbol` itself when it is not mangled,
  /// malformed, or beyond the bounds. A version, as in `@GLIBCXX_3.4`, stays behind it.
  public static String demangle(String symbol) {
    int version = symbol.indexOf('@');
    String name = version < 0 ? symbol : symbol.substring(0, version);
    PrintedName output = read(name, true);
    if (output == null) {
      return symbol;
    }
    return version < 0 ? output.toString() : output + symbol.substring(version);
  }

  /// The name for a reader: the standard library's strings and streams have their short names, the
  /// hashes of Rust's crates and functions are left out, as gdb does, and long lists of template
  /// arguments are folded into `<…>`.
  ///
  /// @param dots what stands for folded arguments
  public static String brief(String symbol, String dots) {
    int version = symbol.indexOf('@');
    String name = version < 0 ? symbol : symbol.substring(0, version);
    PrintedName output = read(name, false);
    if (output == null) {
      return symbol;
    }
    String text = Fold.fold(output.toString(), output.lists(), dots);
    return version < 0 ? text : text + symbol.substring(version);
  }

  /// A name that debug information writes out, shortened in the same way.
  ///
  /// @param dots what stands for folded arguments
  public static String folded(String written, String dots) {
    if (written.indexOf('<') < 0 || written.length() > MAX_NAME) {
      return written;
    }
    String text = written.replace(STRING, "std::string");
    return Fold.fold(text, Fold.lists(text), dots);
  }

  /// A text with the symbols in it renamed: those words that begin as mangled names do.
  public static String within(String text, UnaryOperator<String> rename) {
    if (text.indexOf("_Z") < 0 && text.indexOf("_R") < 0 && text.indexOf(GLOBAL) < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() + 32);
    int at = 0;
    while (at < text.length()) {
      int end = at;
      while (end < text.length() && isOfSymbol(text.charAt(end))) {
        end++;
      }
      // A sentence's full stop is not the symbol's.
      while (end > at && text.charAt(end - 1) == '.') {
        end--;
      }
      if (end == at) {
        out.append(text.charAt(at++));
      } else {
        String word = text.substring(at, end);
        out.append(mayBeMangled(word) ? rename.apply(word) : word);
        at = end;
      }
    }
    return out.toString();
  }

  private static boolean isOfSymbol(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c == '.';
  }

  /// Whether the name begins as mangled ones do; cheap.
  private static boolean mayBeMangled(String name) {
    return name.startsWith("_Z") || name.startsWith("_R") || name.startsWith(GLOBAL);
  }

  private static @Nullable PrintedName read(String name, boolean full) {
    if (name.startsWith(".") || name.startsWith("$")) {
      return dotted(name, full);
    }
    if (!mayBeMangled(name) || name.length() > MAX_NAME) {
      return null;
    }
    try {
      if (name.startsWith("_R")) {
        return RustV0.read(name, full);
      }
      if (name.startsWith(GLOBAL)) {
        return keyed(name, full);
      }
      PrintedName rust = name.startsWith("_ZN") ? rust(name, full) : null;
      return rust != null ? rust : CxxPrinter.print(CxxParser.parse(name, full));
    } catch (NotMangled e) {
      return null;
    }
  }

  private static @Nullable PrintedName rust(String name, boolean full) {
    try {
      return RustLegacy.read(name, full);
    } catch (NotMangled e) {
      return null;
    }
  }

  /// Some systems put a dot in front of a function's symbol.
  private static @Nullable PrintedName dotted(String name, boolean full) {
    String rest = name.substring(1);
    PrintedName output = mayBeMangled(rest) ? read(rest, full) : null;
    if (output == null || name.charAt(0) != '.') {
      return output;
    }
    return output.shifted(".");
  }

  private static @Nullable PrintedName keyed(String name, boolean full) {
    int at = GLOBAL.length();
    boolean separated =
        name.length() > at + 2 && "._$".indexOf(name.charAt(at)) >= 0 && name.charAt(at + 2) == '_';
    if (!separated) {
      return null;
    }
    String text =
        switch (name.charAt(at + 1)) {
          case 'I' -> CONSTRUCTORS;
          case 'D' -> DESTRUCTORS;
          default -> "";
        };
    if (text.isEmpty()) {
      return null;
    }
    String key = name.substring(at + 3);
    // A key that is keyed itself is no name: one level each would cost the stack.
    PrintedName of = key.startsWith(GLOBAL) ? null : read(key, full);
    if (of == null) {
      of = new PrintedName();
      of.append(key);
    }
    return of.shifted(text);
  }
}
