package trapline.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ByteTextTest {
  @Test
  void anyBytesComeBack() {
    Random random = new Random(3);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[random.nextInt(12)];
      random.nextBytes(bytes);
      String text = ByteText.decode(bytes);
      assertThat(ByteText.encode(text)).isEqualTo(bytes);
      boolean valid = new String(bytes, StandardCharsets.UTF_8).indexOf('\ufffd') < 0;
      assertThat(ByteText.hasBytes(text)).isEqualTo(!valid);
    }
  }

  @Test
  void textStaysText() {
    for (String text : new String[] {"", "a", "ä€𝄞", "\ufffd", "x\ufffdy"}) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      assertThat(ByteText.decode(bytes)).isEqualTo(text);
      assertThat(ByteText.encode(text)).isEqualTo(bytes);
      assertThat(ByteText.hasBytes(text)).isFalse();
    }
  }

  @Test
  void whatIsNotUtf8StandsBesideWhatIs() {
    byte[] bytes = {'a', (byte) 0xff, (byte) 0xc3, (byte) 0xa4, (byte) 0xc3};
    assertThat(ByteText.decode(bytes)).isEqualTo("a\udcffä\udcc3");
    // Bytes of a surrogate, an overlong form, and a code point beyond the last.
    for (int[] wrong : new int[][] {{0xed, 0xa0, 0x80}, {0xc0, 0x80}, {0xf4, 0x90, 0x80, 0x80}}) {
      byte[] each = new byte[wrong.length];
      for (int i = 0; i < wrong.length; i++) {
        each[i] = (byte) wrong[i];
      }
      assertThat(ByteText.decode(each).codePoints()).allMatch(ByteText::isByte);
      assertThat(ByteText.encode(ByteText.decode(each))).isEqualTo(each);
    }
  }

  @Test
  void aPartIsRead() {
    byte[] bytes = {'a', (byte) 0xff, 'b', 'c'};
    assertThat(ByteText.decode(bytes, 1, 3)).isEqualTo("\udcffb");
  }
}
