package trapline.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.bytes.Bytes;
import trapline.model.MalformedBinary;
import trapline.model.Unsupported;

/// Compressed sections, against what objcopy makes of them.
@Tag("host")
class CompressionTest {
  private static final int TYPE = 0;
  private static final int SIZE = 8;
  private static final int HEADER = 24;

  @TempDir static Path folder;

  @Test
  void zstandardSectionsAreAsObjcopyUnpacksThem() {
    ElfFile packed = ElfPrograms.read(ElfPrograms.Build.COMPRESSED_ZSTD.in(folder));
    Path plain = folder.resolve("plain-again");
    ElfPrograms.run(
        "objcopy", "--decompress-debug-sections", packed.bytes().file(), plain.toString());
    ElfFile unpacked = ElfPrograms.read(plain);
    int compressed = 0;
    for (Section section : packed.sections()) {
      if (section.isCompressed()) {
        compressed++;
        Bytes ours = packed.data(section);
        Section same = unpacked.section(section.name());
        assertThat(same).isNotNull();
        Bytes theirs = unpacked.data(same);
        assertThat(ours.copy(0, ours.size())).isEqualTo(theirs.copy(0, theirs.size()));
      }
    }
    assertThat(compressed).isGreaterThan(2);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 3, unsupported, compression type 3",
    "0, 0x7fffffff, unsupported, compression type 2147483647",
    "8, 0x7fffffffffffffff, malformed, claims 9223372036854775807",
    "8, -1, malformed, claims 18446744073709551615",
    "8, 5, malformed, is not a Zstandard stream",
    "24, 0, malformed, is not a Zstandard stream",
  })
  void whatIsRefusedSaysWhy(int at, String value, String how, String why) {
    byte[] file = changed(at, Long.decode(value));
    ElfFile elf = ElfFile.of(Bytes.of("changed", file));
    assertThatThrownBy(() -> elf.debugSection(".debug_info"))
        .isInstanceOf(how.equals("malformed") ? MalformedBinary.class : Unsupported.class)
        .hasMessageContaining(why);
  }

  /// All that is unpacked for one file has one bound.
  @Test
  void manySectionsTogetherHaveABound() {
    byte[] stream = new byte[HEADER + (1 << 20)];
    ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN).putInt(TYPE, 2).putLong(SIZE, 1 << 20);
    Bytes section = Bytes.of("large", stream);
    assertThatThrownBy(() -> Compression.unpack(section, ".debug_info", (1 << 20) - 1))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining("1 MiB of memory");
  }

  @Test
  void damagedStreamsAreRefused() {
    byte[] whole = ElfPrograms.bytesOf(ElfPrograms.Build.COMPRESSED_ZSTD.in(folder));
    ElfFile elf = ElfFile.of(Bytes.of("whole", whole));
    SplittableRandom random = new SplittableRandom(7);
    int refused = 0;
    for (Section section : elf.sections()) {
      for (int round = 0; section.isCompressed() && round < 200; round++) {
        int from = Math.toIntExact(section.offset());
        byte[] stored = Arrays.copyOfRange(whole, from, from + Math.toIntExact(section.size()));
        for (int i = random.nextInt(4); i >= 0; i--) {
          stored[HEADER + random.nextInt(stored.length - HEADER)] = (byte) random.nextInt(256);
        }
        Bytes packed = Bytes.of("damaged", Arrays.copyOf(stored, random.nextInt(stored.length)));
        try {
          Compression.unpack(packed, section.name(), 1 << 26);
        } catch (MalformedBinary | Unsupported e) {
          refused++;
        }
      }
    }
    assertThat(refused).isGreaterThan(100);
  }

  private static byte[] changed(int at, long value) {
    byte[] file = ElfPrograms.bytesOf(ElfPrograms.Build.COMPRESSED_ZSTD.in(folder));
    Section section = ElfFile.of(Bytes.of("file", file)).section(".debug_info");
    assertThat(section).isNotNull();
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int start = Math.toIntExact(section.offset());
    if (at == SIZE) {
      bytes.putLong(start + at, value);
    } else {
      bytes.putInt(start + at, (int) value);
    }
    return file;
  }
}
