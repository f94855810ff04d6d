package trapline.elf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.model.LinkAddress;

/// Addresses have the names that gdb's `info symbol` gives them.
@Tag("host")
class FunctionIndexTest {
  private static final Pattern ANSWER =
      Pattern.compile("^(\\S+)(?: \\+ (\\d+))? in section (\\S+)", Pattern.MULTILINE);

  @TempDir static Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"NO_PIE", "STATIC", "MUSL_STATIC", "PLAIN", "GOLD", "CLANG"})
  void namesAreThoseOfGdb(String build) throws IOException {
    compare(ElfPrograms.Build.valueOf(build).in(folder), 0.999);
  }

  static void compare(Path path, double atLeast) throws IOException {
    ElfFile elf = ElfPrograms.read(path);
    TreeSet<Long> addresses = new TreeSet<>();
    for (Symbol symbol : elf.symbols().isEmpty() ? elf.dynamicSymbols() : elf.symbols()) {
      Section section = elf.sectionAt(symbol.address());
      if (symbol.isDefined() && section != null && section.isExecutable()) {
        addresses.add(symbol.address().value());
        addresses.add(symbol.address().value() + symbol.size() / 2);
        addresses.add(symbol.address().value() + symbol.size());
        addresses.add(symbol.address().value() + symbol.size() + 7);
      }
    }
    StringBuilder script =
        new StringBuilder(
            "set width 0\n"
                + "set debuginfod enabled off\n"
                + "set print demangle off\n"
                + "set print asm-demangle off\n");
    for (long address : addresses) {
      script.append("echo \\n@\\n\ninfo symbol 0x").append(Long.toHexString(address)).append('\n');
    }
    Path file = Files.createTempFile(folder, "symbols", ".gdb");
    Files.writeString(file, script.toString());
    String[] answers =
        ElfPrograms.run("gdb", "-nx", "-batch", "-x", file.toString(), path.toString())
            .split("\n@\n");
    assertThat(answers).hasSize(addresses.size() + 1);
    List<String> different = new ArrayList<>();
    int i = 1;
    int compared = 0;
    for (long address : addresses) {
      Matcher answer = ANSWER.matcher(answers[i++]);
      String name = answer.find() ? answer.group(1) : "";
      LinkAddress at = new LinkAddress(address);
      Section section = elf.sectionAt(at);
      if (section == null || !section.isExecutable()) {
        continue;
      }
      if (elf.plt().stubAt(at) != null && !name.isEmpty()) {
        continue; // gdb makes symbols of its own for linkage stubs.
      }
      Symbol symbol = elf.functionAt(at);
      String ours = symbol == null ? "" : symbol.name();
      compared++;
      if (!ours.equals(name)) {
        different.add(Long.toHexString(address) + " ours=" + ours + " gdb=" + answers[i - 1]);
      }
    }
    assertThat(compared).isGreaterThan(20);
    assertThat(different.size())
        .as(compared + " compared: " + String.join("\n", different))
        .isLessThanOrEqualTo((int) (compared * (1 - atLeast)));
  }
}
