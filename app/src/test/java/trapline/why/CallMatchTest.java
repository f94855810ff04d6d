package trapline.why;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import trapline.linux.vm.GuestCall;
import trapline.model.Abi;
import trapline.model.CallKey;
import trapline.model.SyscallId;
import trapline.why.CallMatch.Certainty;
import trapline.why.CallMatch.Match;

class CallMatchTest {
  private static final int OPENAT = 257;
  private static final long STACK = 0x7ffc_1234_5678L;
  private static final long OTHER_STACK = 0x7ffd_0000_1230L;

  /// The third openat(2) of the first thread, at 0x…787 in the C library.
  private final CallMatch match =
      new CallMatch(List.of(key(0, OPENAT, 3, 0x7fb6_18fe_b787L, 5, STACK)));

  private static CallKey key(
      int thread, int number, long occurrence, long ip, long first, long second) {
    return new CallKey(
        thread,
        new SyscallId(Abi.X86_64, number),
        occurrence,
        ip,
        List.of(first, second, 0L, 0L, 0L, 0L));
  }

  /// Another run has the library elsewhere, but code keeps its place in the page.
  private static GuestCall call(int thread, int number, int occurrence, long ip, long first) {
    return new GuestCall(
        thread, number, Abi.X86_64, List.of(first, OTHER_STACK, 0L, 0L, 0L, 0L), ip, 0, occurrence);
  }

  @Test
  void theSamePlaceInTheOrder() {
    assertThat(match.entered(call(1, OPENAT, 1, 0x7f00_0000_0787L, 5))).isNull();
    assertThat(match.entered(call(1, OPENAT, 2, 0x7f00_0000_0787L, 5))).isNull();
    assertThat(match.entered(call(2, OPENAT, 3, 0x7f00_0000_0787L, 5))).isNull();
    assertThat(match.entered(call(1, OPENAT + 1, 3, 0x7f00_0000_0787L, 5))).isNull();
    assertThat(match.entered(call(1, OPENAT, 3, 0x7f00_0000_0787L, 5)))
        .isEqualTo(new Match(0, Certainty.SAME_PLACE));
  }

  @Test
  void onceRecognisedItIsNotLookedForAnyMore() {
    match.settle(0);
    assertThat(match.entered(call(1, OPENAT, 3, 0x7f00_0000_0787L, 5))).isNull();
    assertThat(match.isSettled(0)).isTrue();
  }

  /// The third call is another instruction's: the runs have parted, and a later one may be it.
  @Test
  void afterTheRunsHaveParted() {
    assertThat(match.entered(call(1, OPENAT, 3, 0x7f00_0000_0111L, 5))).isNull();
    assertThat(match.entered(call(1, OPENAT, 4, 0x7f00_0000_0111L, 5))).isNull();
    assertThat(match.entered(call(1, OPENAT, 5, 0x7f00_0000_0787L, 6)))
        .as("another argument")
        .isNull();
    assertThat(match.entered(call(1, OPENAT, 6, 0x7f00_0000_0787L, 5)))
        .isEqualTo(new Match(0, Certainty.SAME_CALL));
  }

  /// Only so many calls are recorded in vain.
  @Test
  void triesAreLimited() {
    match.entered(call(1, OPENAT, 3, 0x7f00_0000_0111L, 5));
    int tried = 0;
    for (int i = 4; i < 30; i++) {
      tried += match.entered(call(1, OPENAT, i, 0x7f00_0000_0787L, 5)) == null ? 0 : 1;
    }
    assertThat(tried).isEqualTo(4);
  }
}
