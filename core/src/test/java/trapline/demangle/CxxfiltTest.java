package trapline.demangle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import trapline.bytes.Bytes;
import trapline.elf.ElfFile;
import trapline.elf.Symbol;
import trapline.elf.SymbolTable;
import trapline.testing.Command;
import trapline.testing.Tools;

/// Every symbol of large programs in C++ and Rust is named as `c++filt` names it. More files are
/// compared by `-Dtrapline.demangle.files=FILE:FILE…`.
@Tag("host")
class CxxfiltTest {
  /// Of ten thousand names one may differ: those in which c++filt 2.40 errs.
  private static final double ALLOWED = 0.0001;

  @TempDir static Path folder;

  static List<String> files() {
    List<String> files = new ArrayList<>();
    files.add("/usr/lib/x86_64-linux-gnu/libstdc++.so.6");
    files.add(System.getProperty("java.home") + "/lib/server/libjvm.so");
    Stream.of(System.getProperty("trapline.demangle.files", "").split(":"))
        .filter(file -> !file.isEmpty())
        .forEach(files::add);
    return files;
  }

  @ParameterizedTest
  @MethodSource("files")
  void everySymbol(String file) throws IOException {
    Tools.require("c++filt", file);
    List<String> symbols = symbols(Path.of(file));
    List<String> expected = filtered(symbols);
    assertThat(expected).hasSameSizeAs(symbols);
    List<String> different = new ArrayList<>();
    for (int i = 0; i < symbols.size(); i++) {
      String name = Demangler.demangle(symbols.get(i));
      if (!name.equals(expected.get(i))) {
        different.add(symbols.get(i) + "\n  c++filt " + expected.get(i) + "\n  here    " + name);
      }
    }
    assertThat(different.size())
        .as(() -> different.stream().limit(10).collect(Collectors.joining("\n")))
        .isLessThanOrEqualTo((int) Math.max(1, symbols.size() * ALLOWED));
  }

  private static List<String> symbols(Path file) {
    try {
      ElfFile elf = ElfFile.of(Bytes.of(file.toString(), Files.readAllBytes(file)));
      TreeSet<String> names = new TreeSet<>();
      for (SymbolTable table : List.of(elf.symbols(), elf.dynamicSymbols())) {
        for (Symbol symbol : table) {
          if (symbol.name().startsWith("_Z") || symbol.name().startsWith("_R")) {
            names.add(symbol.name());
          }
        }
      }
      return List.copyOf(names);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> filtered(List<String> symbols) throws IOException {
    Path input = folder.resolve("symbols");
    Files.write(input, symbols, StandardCharsets.ISO_8859_1);
    return Command.run("sh", "-c", "exec c++filt <" + input).orFail().lines().toList();
  }
}
