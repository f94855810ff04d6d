package trapline.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.model.MalformedBinary;

@Tag("unit")
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
      assertThat(bytes.u8(SIZE - 9)).isEqualTo(1);
      channel.truncate(4096);
      refused(() -> bytes.u8(SIZE - 9));
      refused(() -> bytes.u16(SIZE - 9));
      refused(() -> bytes.u32(SIZE - 9));
      refused(() -> bytes.i32(SIZE - 9));
      refused(() -> bytes.u64(SIZE - 9));
      refused(() -> bytes.cString(SIZE - 9));
      refused(() -> bytes.copy(0, SIZE));
      assertThat(bytes.u8(4095)).isEqualTo(1);
    }
  }

  /// Code that was compiled by the time may be told of the fault only after the read.
  private static void refused(ThrowingCallable read) {
    assertThatThrownBy(read)
        .satisfiesAnyOf(
            failure ->
                assertThat(failure)
                    .isInstanceOf(MalformedBinary.class)
                    .hasMessageContaining("has become shorter"),
            failure -> assertThat(failure).isInstanceOf(InternalError.class));
  }
}
