package trapline.elf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.bytes.Bytes;
import trapline.model.LinkAddress;
import trapline.testing.Tools;

/// What concerns a file as a whole, and the ways to its parts when section headers are gone.
@Tag("host")
class ElfFileTest {
  @TempDir static Path folder;

  @ParameterizedTest
  @EnumSource(ElfPrograms.Build.class)
  void programsWithoutALoaderAreStatic(ElfPrograms.Build build) {
    boolean expected = build.name().contains("STATIC");
    assertThat(ElfPrograms.read(build.in(folder)).isStatic()).isEqualTo(expected);
    assertThat(ElfPrograms.withoutSections(build.in(folder)).isStatic()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/lib/x86_64-linux-gnu/libc.so.6", "/lib/x86_64-linux-musl/libc.so"})
  void librariesAreNotStaticPrograms(String library) {
    Tools.require(library);
    assertThat(ElfPrograms.read(Path.of(library)).isStatic()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(ElfPrograms.Build.class)
  void tablesAreTheSameWithoutSections(ElfPrograms.Build build) {
    ElfFile whole = ElfPrograms.read(build.in(folder));
    ElfFile bare = ElfPrograms.withoutSections(build.in(folder));
    assertThat(bare.sections()).isEmpty();
    assertThat(bare.diagnostics()).isEmpty();
    // The count of symbols is not stated without sections; those that nothing refers to may lack.
    List<Symbol> symbols = new ArrayList<>(bare.dynamicSymbols());
    assertThat(whole.dynamicSymbols()).containsAll(symbols);
    assertThat(symbols)
        .containsAll(whole.dynamicSymbols().stream().filter(Symbol::isDefined).toList());
    assertThat(new ArrayList<>(bare.relocations())).isEqualTo(new ArrayList<>(whole.relocations()));
    assertThat(new ArrayList<>(bare.pltRelocations()))
        .isEqualTo(new ArrayList<>(whole.pltRelocations()));
    assertThat(bare.dynamic().needed()).isEqualTo(whole.dynamic().needed());
    assertThat(bare.interpreter()).isEqualTo(whole.interpreter());
  }

  @ParameterizedTest
  @EnumSource(ElfPrograms.Build.class)
  void unwindTablesAreFoundWithoutSections(ElfPrograms.Build build) {
    ElfFile whole = ElfPrograms.read(build.in(folder));
    ElfFile bare = ElfPrograms.withoutSections(build.in(folder));
    Region header = whole.ehFrameHeader();
    if (header == null) {
      assertThat(bare.ehFrameHeader()).isNull();
      return;
    }
    assertThat(bare.ehFrameHeader().address()).isEqualTo(header.address());
    Region table = whole.ehFrame();
    Region found = bare.ehFrame();
    assertThat(found.address()).isEqualTo(table.address());
    assertThat(found.data().copy(0, table.data().size()))
        .isEqualTo(table.data().copy(0, table.data().size()));
  }

  /// As lld lays files out: a segment begins in the page in which the one before it ends.
  @Test
  void aPageOfTwoSegmentsBelongsToTheOneWithTheMappingsRights() {
    ElfFile elf =
        new ElfBuilder()
            .segment(1, 4, 0, 0, 0x1fbc, 0x1fbc)
            .segment(1, 5, 0x1fc0, 0x2fc0, 0x4380, 0x4380)
            .segment(1, 6, 0x6340, 0x8340, 0x100, 0x200)
            .open();
    assertThat(elf.mappedAt(0, false)).isEqualTo(new LinkAddress(0));
    assertThat(elf.mappedAt(0x1000, true)).isEqualTo(new LinkAddress(0x2000));
    assertThat(elf.mappedAt(0x3000, true)).isEqualTo(new LinkAddress(0x4000));
    assertThat(elf.mappedAt(0x6000, false)).isEqualTo(new LinkAddress(0x8000));
    assertThat(elf.mappedAt(0x6000, true)).isEqualTo(new LinkAddress(0x7000));
    assertThat(elf.mappedAt(0x8000, false)).isNull();
  }

  @ParameterizedTest
  @EnumSource(ElfPrograms.Build.class)
  void addressesAndOffsetsMatch(ElfPrograms.Build build) {
    ElfFile elf = ElfPrograms.read(build.in(folder));
    int checked = 0;
    for (Section section : elf.sections()) {
      if (section.isLoaded() && section.hasContents() && section.size() > 0) {
        assertThat(elf.offsetOf(section.address())).isEqualTo(section.offset());
        if (section.isExecutable()) {
          assertThat(elf.mappedAt(section.offset(), true)).isEqualTo(section.address());
        }
        Bytes bytes = elf.bytesAt(section.address(), section.size());
        assertThat(bytes.origin()).isEqualTo(section.offset());
        checked++;
      }
    }
    assertThat(checked).isGreaterThan(5);
    Section bss = elf.section(".bss");
    assertThat(elf.bytesAt(new LinkAddress(bss.address().value() + bss.size() - 1), 1)).isNull();
  }

  @ParameterizedTest
  @EnumSource(
      value = ElfPrograms.Build.class,
      names = {"COMPRESSED", "COMPRESSED_GNU"})
  void compressedSectionsAreThoseOfObjcopy(ElfPrograms.Build build) {
    Path path = build.in(folder);
    Path plain = folder.resolve(path.getFileName() + ".plain");
    ElfPrograms.run("objcopy", "--decompress-debug-sections", path.toString(), plain.toString());
    ElfFile packed = ElfPrograms.read(path);
    ElfFile unpacked = ElfPrograms.read(plain);
    assertThat(packed.hasDebugInfo()).isTrue();
    int compared = 0;
    for (Section section : unpacked.sections()) {
      if (section.name().startsWith(".debug")) {
        Bytes expected = unpacked.data(section);
        Bytes found = packed.debugSection(section.name());
        assertThat(found.copy(0, found.size())).isEqualTo(expected.copy(0, expected.size()));
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(4);
    assertThat(packed.sections())
        .anyMatch(section -> section.isCompressed() || section.name().startsWith(".zdebug"));
  }

  @Test
  void aSeparateDebugFileHasNoLoadedContents() {
    Path program = ElfPrograms.Build.PLAIN.in(folder);
    Path debug = folder.resolve("plain.debug");
    Path stripped = folder.resolve("plain.stripped");
    ElfPrograms.run("objcopy", "--only-keep-debug", program.toString(), debug.toString());
    ElfPrograms.run("strip", "-o", stripped.toString(), program.toString());
    ElfPrograms.run("objcopy", "--add-gnu-debuglink=" + debug, stripped.toString());
    ElfFile file = ElfPrograms.read(debug);
    ElfFile whole = ElfPrograms.read(program);
    assertThat(file.hasDebugInfo()).isTrue();
    assertThat(file.buildId()).isEqualTo(whole.buildId());
    assertThat(file.bytesAt(file.entry(), 1)).isNull();
    assertThat(file.ehFrame()).isNull();
    assertThat(file.executableRegions()).isEmpty();
    assertThat(file.dynamic().isEmpty()).isTrue();
    assertThat(file.plt().stubs()).isEmpty();
    assertThat(file.functionAt(file.entry()).name()).isEqualTo("_start");
    ElfFile program2 = ElfPrograms.read(stripped);
    assertThat(program2.debugLink().fileName()).isEqualTo("plain.debug");
    java.util.zip.CRC32 crc = new java.util.zip.CRC32();
    crc.update(ElfPrograms.bytesOf(debug));
    assertThat(program2.debugLink().crc32()).isEqualTo(crc.getValue());
    assertThat(program2.functionAt(program2.entry())).isNull();
    assertThat(program2.functionAt(program2.entry(), file).name()).isEqualTo("_start");
  }

  @Test
  void namesAreLookedUp() {
    ElfFile elf = ElfPrograms.read(ElfPrograms.Build.PLAIN.in(folder));
    assertThat(elf.symbols().named("hidden")).hasSize(1);
    assertThat(elf.symbols().named("hidde")).isEmpty();
    assertThat(elf.symbols().named("puts")).hasSize(1);
    assertThat(elf.symbols().named("puts").get(0).version().name()).isEqualTo("GLIBC_2.2.5");
    assertThat(elf.dynamicSymbols().named("puts")).hasSize(1);
  }

  @Test
  void executableRegionsHoldTheCode() {
    ElfFile whole = ElfPrograms.read(ElfPrograms.Build.PLAIN.in(folder));
    ElfFile bare = ElfPrograms.withoutSections(ElfPrograms.Build.PLAIN.in(folder));
    Map<String, Integer> holding = new TreeMap<>();
    for (ElfFile elf : List.of(whole, bare)) {
      for (Region region : elf.executableRegions()) {
        if (region.contains(elf.entry())) {
          holding.merge(elf.sections().isEmpty() ? "bare" : "whole", 1, Integer::sum);
        }
        assertThat(elf.bytesAt(region.address(), region.data().size()).origin())
            .isEqualTo(region.data().origin());
      }
    }
    assertThat(holding).isEqualTo(Map.of("bare", 1, "whole", 1));
  }
}
