package trapline.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.model.MalformedBinary;

class ShrunkenFileTest {
  private static final int SIZE = 1 << 20;

  @TempDir Path folder;

  @Test
  void aFileThatBecomesShorterWhileItIsReadIsMalformed() throws IOException {
    Path file = folder.resolve("file");
    byte[] content = new byte[SIZE];
    java.util.Arrays.fill(content, (byte) 1);
    Files.write(file, content);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      Bytes bytes = Bytes.of("file", channel.map(FileChannel.MapMode.READ_ONLY, 0, SIZE));
      long sum = 0;
      for (int i = 0; i < 200_000; i++) { // compiled code reports the fault in another way
        sum += bytes.u8(i) + bytes.u16(i) + bytes.u32(i) + bytes.i32(i) + bytes.u64(i);
      }
      assertThat(sum).isNotZero();
      channel.truncate(4096);
      for (int i = 0; i < 50; i++) {
        refused(() -> bytes.u8(SIZE - 9));
        refused(() -> bytes.u16(SIZE - 9));
        refused(() -> bytes.u32(SIZE - 9));
        refused(() -> bytes.i32(SIZE - 9));
        refused(() -> bytes.u64(SIZE - 9));
        refused(() -> bytes.cString(SIZE - 9));
        refused(() -> bytes.cString(1));
        refused(() -> bytes.copy(0, SIZE));
        refused(() -> bytes.cursor(SIZE - 9).u8());
      }
      assertThat(bytes.u8(4095)).isEqualTo(1);
    }
  }

  private static void refused(ThrowingCallable read) {
    assertThatThrownBy(read)
        .isInstanceOf(MalformedBinary.class)
        .hasMessageContaining("has become shorter");
  }
}
