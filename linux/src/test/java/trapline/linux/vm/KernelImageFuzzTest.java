package trapline.linux.vm;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;

/// Damaged kernel images are refused with a [GuestFailure], and nothing else happens.
@Tag("unit")
class KernelImageFuzzTest {
  /// The bytes as an image, and as the compressed kernel in a good one.
  @FuzzTest
  void image(byte[] bytes) throws IOException {
    unpack(bytes);
    byte[] image = Arrays.copyOf(new byte[0x1000], 0x1000 + bytes.length);
    System.arraycopy(bytes, 0, image, 0x1000, bytes.length);
    ByteBuffer words = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    words.put(0x1f1, (byte) 7).putInt(0x202, 0x53726448).putShort(0x236, (short) 1);
    words.putInt(0x1f4, bytes.length / 16).putInt(0x248, 0).putInt(0x24c, bytes.length);
    unpack(image);
  }

  private static void unpack(byte[] bytes) throws IOException {
    Path file = Files.createTempFile("trapline-fuzz", "");
    try {
      Files.write(file, bytes);
      KernelImage.read(file).unpacked();
    } catch (GuestFailure expected) {
      // The one exception that is promised.
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
