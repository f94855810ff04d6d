package trapline.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.bytes.Bytes;
import trapline.model.LinkAddress;
import trapline.model.MalformedBinary;
import trapline.model.Unsupported;

/// What the reader says of files that it cannot read, or not whole.
@Tag("host")
class MalformedElfTest {
  @ParameterizedTest
  @CsvSource({
    "1, 1, 3, 32-bit ELF for i386",
    "1, 1, 62, 32-bit ELF for x86-64 (the x32 ABI)",
    "2, 1, 183, 64-bit ELF for aarch64",
    "1, 1, 40, 32-bit ELF for arm",
    "2, 1, 243, 64-bit ELF for riscv",
    "2, 2, 22, 64-bit big-endian ELF for s390",
    "1, 2, 8, 32-bit big-endian ELF for mips",
    "2, 1, 4000, 64-bit ELF for machine 4000"
  })
  void otherElfFilesAreNamed(int elfClass, int order, int machine, String description) {
    byte[] file = new ElfBuilder().kind(elfClass, order, machine).build();
    assertThat(ElfIdentity.of(Bytes.of("f", file)))
        .isEqualTo(new ElfIdentity(ElfIdentity.Kind.OTHER_ELF, description));
    assertThatThrownBy(() -> ElfFile.of(Bytes.of("f", file)))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining(description);
  }

  @Test
  void otherFilesAreNamed() {
    assertThat(identity("#!/bin/sh\n").kind()).isEqualTo(ElfIdentity.Kind.SCRIPT);
    assertThat(identity("").description()).isEqualTo("an empty file");
    assertThat(identity("hello").description()).isEqualTo("not an ELF file");
    assertThat(identity("\u007fELF\2\1").kind()).isEqualTo(ElfIdentity.Kind.TRUNCATED_ELF);
    assertThatThrownBy(() -> ElfFile.of(bytes("hello")))
        .isInstanceOf(MalformedBinary.class)
        .hasMessageContaining("not an ELF file");
  }

  private static ElfIdentity identity(String content) {
    return ElfIdentity.of(bytes(content));
  }

  private static Bytes bytes(String content) {
    return Bytes.of("f", content.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void damagedSectionHeadersCountAsAbsent() {
    for (ElfBuilder builder :
        new ElfBuilder[] {
          new ElfBuilder().section(".x", 1, 0, new byte[8]).sectionOffset(0x7fff_ffff_ffffL),
          new ElfBuilder().section(".x", 1, 0, new byte[8]).sectionCount(500),
          new ElfBuilder().section(".x", 1, 0, new byte[8]).nameSection(77),
          new ElfBuilder().section(".x", 1, 0, new byte[8]).entrySizes(56, 40)
        }) {
      ElfFile elf = builder.open();
      assertThat(elf.sections()).isEmpty();
      assertThat(elf.diagnostics()).hasSize(1);
      assertThat(elf.diagnostics().get(0).what()).startsWith("its section headers are damaged");
    }
  }

  @Test
  void damagedProgramHeadersAreAnError() {
    byte[] file = new ElfBuilder().segment(1, 5, 0, 0x1000, 64, 64).entrySizes(32, 64).build();
    assertThatThrownBy(() -> ElfFile.of(Bytes.of("f", file)).segments())
        .isInstanceOf(MalformedBinary.class)
        .hasMessageContaining("program headers of 32 bytes");
  }

  @Test
  void aSegmentBeyondTheEndGivesNoBytes() {
    ElfFile elf = new ElfBuilder().segment(1, 5, 0, 0x1000, 1 << 20, 1 << 20).open();
    assertThat(elf.bytesAt(new LinkAddress(0x1000), 4)).isNotNull();
    assertThat(elf.bytesAt(new LinkAddress(0x1000 + 4096), 4)).isNull();
    assertThat(elf.bytesAt(new LinkAddress(0x1000), 1 << 19)).isNull();
  }

  @Test
  void aSectionBeyondTheEndIsAnErrorWhenItIsRead() {
    byte[] file = new ElfBuilder().section(".x", 1, 0, new byte[8]).build();
    int headers = (int) Bytes.of("f", file).u64(40);
    file[headers + 64 + 35] = 0x7f; // the section's size
    ElfFile elf = ElfFile.of(Bytes.of("f", file));
    Section section = elf.section(".x");
    assertThat(section).isNotNull();
    assertThatThrownBy(() -> elf.data(section)).isInstanceOf(MalformedBinary.class);
  }

  @Test
  void compressedSectionsAreUnpacked() {
    byte[] plain = "debug information, information, information".getBytes(StandardCharsets.UTF_8);
    byte[] packed = concat(ElfBuilder.words(1, plain.length, 1), deflate(plain));
    ElfFile elf = new ElfBuilder().section(".debug_info", 1, 0x800, packed).open();
    assertThat(elf.hasDebugInfo()).isTrue();
    assertThat(elf.debugSection(".debug_info").copy(0, plain.length)).isEqualTo(plain);
    byte[] old =
        concat(
            "ZLIB\0\0\0\0\0\0\0".getBytes(StandardCharsets.US_ASCII),
            concat(new byte[] {(byte) plain.length}, deflate(plain)));
    ElfFile former = new ElfBuilder().section(".zdebug_info", 1, 0, old).open();
    assertThat(former.hasDebugInfo()).isTrue();
    assertThat(former.debugSection(".debug_info").copy(0, plain.length)).isEqualTo(plain);
  }

  @Test
  void claimsOfCompressedSectionsAreBounded() {
    byte[] packed = deflate(new byte[1000]);
    assertThatThrownBy(() -> unpack(1, 1L << 62, packed)).isInstanceOf(MalformedBinary.class);
    assertThatThrownBy(() -> unpack(1, -1, packed)).isInstanceOf(MalformedBinary.class);
    assertThatThrownBy(() -> unpack(1, 2000, packed))
        .isInstanceOf(MalformedBinary.class)
        .hasMessageContaining("ends after 1000 decompressed bytes");
    assertThatThrownBy(() -> unpack(1, 1000, Arrays.copyOf(packed, packed.length / 2)))
        .isInstanceOf(MalformedBinary.class);
    assertThatThrownBy(() -> unpack(1, 1000, new byte[40])).isInstanceOf(MalformedBinary.class);
    assertThatThrownBy(() -> unpack(2, 1000, packed)).isInstanceOf(MalformedBinary.class);
    assertThatThrownBy(() -> unpack(9, 1000, packed))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining("objcopy --decompress-debug-sections");
  }

  private static Bytes unpack(int type, long size, byte[] packed) {
    ElfFile elf =
        new ElfBuilder()
            .section(".debug_info", 1, 0x800, concat(ElfBuilder.words(type, size, 1), packed))
            .open();
    return elf.debugSection(".debug_info");
  }

  @Test
  void relativeRelocationsAreBounded() {
    long[] words = new long[64];
    Arrays.fill(words, -1L);
    words[0] = 0x1000;
    byte[] table = ElfBuilder.words(words);
    int at = 64 + 2 * 56;
    byte[] dynamic = ElfBuilder.words(36, 0x1000 + at, 35, table.length, 0, 0);
    ElfFile elf =
        new ElfBuilder()
            .segment(1, 6, 0, 0x1000, at + table.length, 0x10000)
            .segment(2, 6, at + table.length, 0x1000 + at + table.length, dynamic.length, 64)
            .section(".relr.dyn", 19, 2, table)
            .section(".dynamic", 6, 2, dynamic)
            .open();
    assertThatThrownBy(elf::relocations)
        .isInstanceOf(MalformedBinary.class)
        .hasMessageContaining("more relocations");
  }

  @Test
  void hashChainsEnd() {
    byte[] hash = new byte[64];
    hash[0] = 1; // one bucket
    hash[4] = 1; // first hashed symbol
    hash[16] = 1; // the bucket; the chain that follows never ends
    int at = 64 + 2 * 56;
    byte[] dynamic = ElfBuilder.words(6, 0x1000, 0x6ffffef5L, 0x1000 + at, 0, 0);
    byte[] file =
        new ElfBuilder()
            .segment(1, 6, 0, 0x1000, at + hash.length, 0x10000)
            .segment(2, 6, at + hash.length, 0x1000 + at + hash.length, dynamic.length, 64)
            .section(".gnu.hash", 1, 2, hash)
            .section(".dynamic", 6, 2, dynamic)
            .sectionOffset(0)
            .build();
    assertThatThrownBy(() -> ElfFile.of(Bytes.of("f", file)).dynamicSymbols())
        .isInstanceOf(MalformedBinary.class);
  }

  @Test
  void namesBeyondTheStringTableAreAnError() {
    byte[] symbols = ElfBuilder.words(0, 0, 0, 0x0001_0012_0000_0999L, 0x1000, 4);
    ElfFile elf =
        new ElfBuilder()
            .section(".symtab", Section.SYMTAB, 0, 0, symbols, 2, 24)
            .section(".strtab", Section.STRTAB, 0, "\0main\0".getBytes(StandardCharsets.US_ASCII))
            .open();
    assertThat(elf.symbols()).hasSize(2);
    assertThatThrownBy(() -> elf.symbols().get(1)).isInstanceOf(MalformedBinary.class);
    assertThat(elf.symbols().named("main")).isEmpty();
    assertThat(elf.functionAt(new LinkAddress(0x1000))).isNull();
  }

  private static byte[] deflate(byte[] plain) {
    Deflater deflater = new Deflater();
    deflater.setInput(plain);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] chunk = new byte[4096];
    while (!deflater.finished()) {
      out.write(chunk, 0, deflater.deflate(chunk));
    }
    deflater.end();
    return out.toByteArray();
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
