package trapline.linux.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.linux.files.PrivateFile;

/// A guest's memory as it is kept, block by block.
@Tag("unit")
class KeptMemoryTest {
  private static final long AT = 5L * KeptMemory.BLOCK + 100;

  @TempDir static Path folder;
  private static Path file = Path.of("");

  @BeforeAll
  static void keep() throws IOException {
    file = folder.resolve("kept");
    try (MemoryFile memory = MemoryFile.create(PrivateFile.create(folder.resolve("memory")));
        FileChannel kept = PrivateFile.create(file)) {
      OutputStream out = memory.writeAt(AT);
      out.write(new byte[] {1, 2, 3});
      memory.writeAt(9L * KeptMemory.BLOCK).write(7);
      memory.save(kept);
    }
  }

  @Test
  void blocksAreWhatTheMemoryHeld() throws IOException {
    KeptMemory memory = KeptMemory.of(file);
    assertThat(memory.numbers()).startsWith(5, 9);
    byte[] block = memory.block(5);
    assertThat(block).hasSize(KeptMemory.BLOCK);
    assertThat(block[99]).isZero();
    assertThat(new byte[] {block[100], block[101], block[102]}).containsExactly(1, 2, 3);
    assertThat(memory.block(9)[0]).isEqualTo((byte) 7);
    assertThat(memory.block(6)).hasSize(KeptMemory.BLOCK).containsOnly(0);
    assertThat(memory.block(-1)).isEmpty();
    assertThat(memory.block(1 << 20)).isEmpty();
  }

  @Test
  void damagedFilesAreRefused() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    for (int length : new int[] {0, 3, 100, whole.length - 1}) {
      Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> KeptMemory.of(cut))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is damaged");
    }
  }
}
