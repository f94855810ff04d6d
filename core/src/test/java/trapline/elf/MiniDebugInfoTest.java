package trapline.elf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.bytes.Bytes;
import trapline.model.LinkAddress;

/// The compressed symbol table of a stripped file.
@Tag("host")
class MiniDebugInfoTest {
  /// Functions that the program has beside its own.
  private static final Set<String> STARTUP = Set.of("_start", "_init", "_fini");

  @TempDir static Path folder;

  @Test
  void functionsHaveTheNamesOfTheWholeProgram() {
    Path program = ElfPrograms.Build.MINI.in(folder);
    ElfFile mini = ElfPrograms.read(program);
    ElfFile whole = ElfPrograms.read(Path.of(program + ".whole"));
    assertThat(mini.symbols()).isEmpty();
    assertThat(mini.hasFullSymbols()).isTrue();
    int named = 0;
    for (Symbol symbol : whole.symbols()) {
      if (symbol.isDefined() && symbol.isFunction() && symbol.size() > 0) {
        LinkAddress inside = new LinkAddress(symbol.address().value() + symbol.size() - 1);
        Symbol ours = mini.functionAt(inside);
        Symbol theirs = whole.functionAt(inside);
        assertThat(ours).isNotNull();
        assertThat(theirs).isNotNull();
        assertThat(ours.name()).isEqualTo(theirs.name());
        assertThat(ours.address()).isEqualTo(theirs.address());
        named += STARTUP.contains(symbol.name()) ? 0 : 1;
      }
    }
    assertThat(named).isGreaterThanOrEqualTo(3);
    assertThat(mini.diagnostics()).isEmpty();
  }

  @Test
  void aDamagedOneIsNotUsedAndSaysWhy() {
    byte[] file = ElfPrograms.bytesOf(ElfPrograms.Build.MINI.in(folder));
    Section section = ElfFile.of(Bytes.of("whole", file)).section(".gnu_debugdata");
    assertThat(section).isNotNull();
    for (int at : new int[] {0, 7, (int) section.size() / 2, (int) section.size() - 1}) {
      byte[] changed = file.clone();
      changed[Math.toIntExact(section.offset()) + at] ^= 0x55;
      ElfFile elf = ElfFile.of(Bytes.of("changed", changed));
      assertThat(elf.functionAt(elf.entry())).isNull();
      assertThat(elf.diagnostics()).hasSize(1);
      assertThat(elf.diagnostics().getFirst().what())
          .startsWith("its mini debug information is not used")
          .contains("xz");
    }
  }

  /// A few kilobytes that unpack to more than is taken, and a file in a file.
  @Test
  void hostileOnesAreBounded() throws java.io.IOException {
    ElfPrograms.run("sh", "-c", "head -c 200M /dev/zero | xz -1 >" + folder.resolve("zeros.xz"));
    byte[] packed = Files.readAllBytes(folder.resolve("zeros.xz"));
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> Compression.unpackMini(Bytes.of("zeros", packed)))
        .isInstanceOf(trapline.model.Unsupported.class)
        .hasMessageContaining("128 MiB");
  }
}
