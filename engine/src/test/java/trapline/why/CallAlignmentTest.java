package trapline.why;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Calls of two runs, by their order.
@Tag("unit")
class CallAlignmentTest {
  private static List<Integer> align(String here, String there) {
    return CallAlignment.of(
        here.length(), there.length(), (i, k) -> here.charAt(i) == there.charAt(k));
  }

  @Test
  void whatOneRunHasMoreShiftsNothing() {
    assertThat(align("abc", "abc")).containsExactly(0, 1, 2);
    assertThat(align("abc", "xabyc")).containsExactly(1, 2, 4);
    assertThat(align("abcd", "ad")).containsExactly(0, -1, -1, 1);
    assertThat(align("", "ad")).isEmpty();
    assertThat(align("ad", "")).containsExactly(-1, -1);
    assertThat(align("abcabc", "bcac")).containsExactly(-1, 0, 1, 2, -1, 3);
  }

  @Test
  void tooManyAreNotCompared() {
    assertThat(CallAlignment.of(3000, 3000, (i, k) -> true)).containsOnly(-1);
  }
}
