package trapline.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import trapline.model.StackPrint.Level;

/// The same calls on another run's stack.
@Tag("unit")
class StackPrintTest {
  private static final long POINTER = 0x7ffc_1234_5670L;

  private final StackPrint print =
      new StackPrint(List.of(new Level(8, 0x787), new Level(24, 0xfff)));

  /// A stack of words.
  private static RemoteMemory stack(long... words) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * words.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(words);
    return (address, into, offset, length) -> {
      long from = address - POINTER;
      if (from < 0 || from >= bytes.capacity()) {
        return 0;
      }
      int count = (int) Math.min(length, bytes.capacity() - from);
      System.arraycopy(bytes.array(), (int) from, into, offset, count);
      return count;
    };
  }

  @Test
  void codeKeepsItsPlaceInThePage() {
    assertThat(print.fits(POINTER, stack(1, 0x7f00_0000_1787L, 3, 0x5555_5555_4fffL))).isTrue();
    assertThat(print.fits(POINTER, stack(1, 0x7fff_aaaa_b787L, 9, 0x5678_0000_0fffL))).isTrue();
    assertThat(print.fits(POINTER, stack(1, 0x7f00_0000_1787L, 3, 0x5555_5555_4ffeL))).isFalse();
    assertThat(print.fits(POINTER, stack(0x7f00_0000_1787L, 1, 3, 0x5555_5555_4fffL))).isFalse();
  }

  @Test
  void whatCannotBeReadSaysNothing() {
    assertThat(print.fits(POINTER, stack(1, 0x7f00_0000_1787L))).isTrue();
    assertThat(StackPrint.UNKNOWN.fits(POINTER, stack())).isTrue();
  }
}
