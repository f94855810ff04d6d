package trapline.linux.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Where the kernel's entry code calls the function that serves calls.
@Tag("unit")
class CallFilterTest {
  private static final long GATE = 0xffff_ffff_81c0_0080L;
  private static final long TARGET = 0xffff_ffff_81a0_3ef0L;

  // mov %rsp,%rdi; movslq %eax,%rsi, as in entry_SYSCALL_64
  private static final String ARGUMENTS = "4889e74863f0";

  private static String call(int at, long target) {
    ByteBuffer relative = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    return "e8"
        + HexFormat.of().formatHex(relative.putInt((int) (target - (GATE + at + 5))).array());
  }

  private static int find(String code) {
    return CallFilter.call(HexFormat.of().parseHex(code + "9090"), GATE, TARGET);
  }

  @Test
  void theOneCallIsFound() {
    assertThat(find("31ff" + ARGUMENTS + "9090" + call(10, TARGET))).isEqualTo(10);
  }

  @Test
  void otherCodeIsLeftAlone() {
    assertThat(find("31ff" + ARGUMENTS + call(8, TARGET + 1))).as("another function").isEqualTo(-1);
    assertThat(find("4889c74889e6" + call(6, TARGET))).as("swapped arguments").isEqualTo(-1);
    assertThat(find(call(0, TARGET) + ARGUMENTS)).as("arguments behind it").isEqualTo(-1);
    assertThat(find(ARGUMENTS + call(6, TARGET) + call(11, TARGET))).as("two").isEqualTo(-1);
    assertThat(find("")).isEqualTo(-1);
  }
}
