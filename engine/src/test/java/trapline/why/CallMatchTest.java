package trapline.why;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import trapline.model.CallKey;
import trapline.why.CallMatch.Certainty;
import trapline.why.CallMatch.Match;

/// The same call in two runs of a program, of which the second may have gone other ways.
@Tag("unit")
class CallMatchTest {
  private final PretendRun here = new PretendRun(0x7fb6_18fe_b000L);
  private final PretendRun there = new PretendRun(0x7f00_0000_0000L);

  private CallMatch match(CallKey wanted) {
    return new CallMatch(List.of(wanted), new PathNames(here.tree.paths()), Set.of());
  }

  /// What a call of the first thread may be.
  private static @Nullable Certainty certainty(CallMatch match, CallKey call) {
    Match found = match.entered(call, call.thread(), each -> true);
    return found == null ? null : found.certainty();
  }

  @Test
  void theSamePlaceInTheOrder() {
    here.open(700, 0x787, "/a");
    CallMatch match = match(here.open(700, 0x787, "/b"));
    assertThat(certainty(match, there.open(1, 0x787, "/a"))).isNull();
    CallKey second = there.open(2, 0x787, "/b");
    assertThat(certainty(match, second)).as("another thread's").isNull();
    assertThat(certainty(match, there.open(1, 0x787, "/b"))).isEqualTo(Certainty.SAME_PLACE);
    match.settle(0);
    assertThat(certainty(match, there.open(1, 0x787, "/b"))).isNull();
    assertThat(match.isSettled(0)).isTrue();
  }

  /// The dynamic linker looks in more directories on one processor than on another.
  @Test
  void callsByOtherInstructionsDoNotCount() {
    here.open(700, 0x111, "/hwcaps/v4/libc.so.6");
    here.open(700, 0x111, "/libc.so.6");
    CallMatch match = match(here.open(700, 0x787, "/absent"));
    assertThat(certainty(match, there.open(1, 0x111, "/libc.so.6"))).isNull();
    assertThat(certainty(match, there.open(1, 0x787, "/absent"))).isEqualTo(Certainty.SAME_PLACE);
  }

  @Test
  void theSamePathIsTheSameCallAtAnotherPlace() {
    here.open(700, 0x111, "/hwcaps/v4/libc.so.6");
    CallMatch match = match(here.open(700, 0x111, "/hwcaps/v3/libc.so.6"));
    assertThat(certainty(match, there.open(1, 0x111, "/hwcaps/v3/libc.so.6")))
        .isEqualTo(Certainty.SAME_CALL);
    assertThat(certainty(match, there.open(1, 0x111, "/libc.so.6")))
        .as("its place, but another path")
        .isNull();
  }

  /// Numbers of processes and descriptors are others there, and a page that was not used cannot be
  /// read; other numbers must be the same.
  @Test
  void whatTheKernelGivesOutDoesNotCount() {
    CallMatch kill = match(here.kill(700, 0x22, 4711, 9));
    assertThat(certainty(kill, there.kill(1, 0x22, 93, 9))).isEqualTo(Certainty.SAME_PLACE);
    CallMatch group = match(here.kill(700, 0x22, -1, 9));
    assertThat(certainty(group, there.kill(1, 0x22, 93, 9))).isNull();
    assertThat(certainty(group, there.kill(1, 0x22, -1, 10))).isNull();
    CallMatch open = match(here.open(700, 0x787, "/absent"));
    assertThat(certainty(open, there.open(1, 0x787, ""))).isEqualTo(Certainty.SAME_PLACE);
    CallMatch seek = match(here.seek(700, 0x1, 5, 100));
    assertThat(certainty(seek, there.seek(1, 0x1, 4, 100))).isEqualTo(Certainty.SAME_PLACE);
    CallMatch closed = match(here.seek(700, 0x1, -1, 100));
    assertThat(certainty(closed, there.seek(1, 0x1, 4, 100))).isNull();
  }

  /// When the runs went other ways, those that may be it are tried; only so many.
  @Test
  void possibleOnesAreTried() {
    here.open(700, 0x111, "/one-more");
    CallMatch match = match(here.open(700, 0x111, "/a"));
    int tried = 0;
    for (int i = 0; i < 30; i++) {
      String path = i == 1 ? "/other" : "/a"; // the second is its place, but for the path
      tried += certainty(match, there.open(1, 0x111, path)) == null ? 0 : 1;
    }
    assertThat(tried).isEqualTo(6);
  }

  /// Called by other functions it is another call.
  @Test
  void theStackTells() {
    CallMatch match = match(here.open(700, 0x787, "/a"));
    CallKey call = there.open(1, 0x787, "/a");
    assertThat(match.entered(call, call.thread(), each -> false)).isNull();
  }
}
