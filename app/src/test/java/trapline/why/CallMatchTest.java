package trapline.why;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import trapline.follow.CallCounter;
import trapline.follow.PathArguments;
import trapline.model.Abi;
import trapline.model.CallKey;
import trapline.model.RemoteMemory;
import trapline.model.SyscallId;
import trapline.why.CallMatch.Certainty;
import trapline.why.CallMatch.Match;

/// The same call in two runs of a program, of which the second may have gone other ways.
class CallMatchTest {
  private static final int OPENAT = 257;
  private static final int KILL = 62;
  private static final long PATH = 0x7ffc_0000_1000L;

  /// One run of a program.
  private static final class Run {
    private final CallCounter counter = new CallCounter();
    private final long base;

    /// @param base where the code is
    Run(long base) {
      this.base = base;
    }

    CallKey open(int thread, int offset, String path) {
      byte[] name = (path + "\0").getBytes(StandardCharsets.UTF_8);
      RemoteMemory memory =
          (address, into, at, length) -> {
            byte[] part = Arrays.copyOfRange(name, (int) (address - PATH), name.length);
            int given = Math.min(part.length, length);
            System.arraycopy(part, 0, into, at, given);
            return path.isEmpty() ? 0 : given;
          };
      return call(thread, OPENAT, offset, memory, -100, PATH);
    }

    CallKey kill(int thread, int offset, long process, long signal) {
      return call(thread, KILL, offset, (address, into, at, length) -> 0, process, signal);
    }

    private CallKey call(
        int thread, int number, int offset, RemoteMemory memory, long first, long second) {
      SyscallId id = new SyscallId(Abi.X86_64, number);
      List<Long> arguments = List.of(first, second, 0L, 0L, 0L, 0L);
      List<PathArguments.Named> named = PathArguments.read(id, arguments, memory);
      return counter.entered(thread, id, base + offset, arguments, named);
    }
  }

  private final Run here = new Run(0x7fb6_18fe_b000L);
  private final Run there = new Run(0x7f00_0000_0000L);

  private static Match match(Certainty certainty) {
    return new Match(0, certainty);
  }

  @Test
  void theSamePlaceInTheOrder() {
    here.open(700, 0x787, "/a");
    here.open(701, 0x787, "/a");
    CallMatch match = new CallMatch(List.of(here.open(700, 0x787, "/b")));
    assertThat(match.entered(there.open(1, 0x787, "/a"))).isNull();
    assertThat(match.entered(there.open(2, 0x787, "/a"))).isNull();
    assertThat(match.entered(there.open(2, 0x787, "/b"))).as("another thread's").isNull();
    assertThat(match.entered(there.open(1, 0x787, "/b"))).isEqualTo(match(Certainty.SAME_PLACE));
    match.settle(0);
    assertThat(match.entered(there.open(1, 0x787, "/b"))).isNull();
    assertThat(match.isSettled(0)).isTrue();
  }

  /// The dynamic linker looks in more folders on one processor than on another.
  @Test
  void callsByOtherInstructionsDoNotCount() {
    here.open(700, 0x111, "/hwcaps/v4/libc.so.6");
    here.open(700, 0x111, "/libc.so.6");
    CallMatch match = new CallMatch(List.of(here.open(700, 0x787, "/absent")));
    assertThat(match.entered(there.open(1, 0x111, "/libc.so.6"))).isNull();
    assertThat(match.entered(there.open(1, 0x787, "/absent")))
        .isEqualTo(match(Certainty.SAME_PLACE));
  }

  @Test
  void theSamePathIsTheSameCallAtAnotherPlace() {
    here.open(700, 0x111, "/hwcaps/v4/libc.so.6");
    CallMatch match = new CallMatch(List.of(here.open(700, 0x111, "/hwcaps/v3/libc.so.6")));
    assertThat(match.entered(there.open(1, 0x111, "/hwcaps/v3/libc.so.6")))
        .isEqualTo(match(Certainty.SAME_CALL));
    assertThat(match.entered(there.open(1, 0x111, "/libc.so.6")))
        .as("its place, but another path")
        .isNull();
  }

  /// Process numbers are others there, and a page that was not used cannot be read.
  @Test
  void whatCannotBeComparedDoesNotCount() {
    CallMatch kill = new CallMatch(List.of(here.kill(700, 0x22, 4711, 9)));
    assertThat(kill.entered(there.kill(1, 0x22, 93, 9))).isEqualTo(match(Certainty.SAME_PLACE));
    CallMatch open = new CallMatch(List.of(here.open(700, 0x787, "/absent")));
    assertThat(open.entered(there.open(1, 0x787, ""))).isEqualTo(match(Certainty.SAME_PLACE));
  }

  /// When the one that it should be ended otherwise, later ones may be it; only so many are tried.
  @Test
  void laterOnesAreTried() {
    here.open(700, 0x111, "/one-more");
    CallMatch match = new CallMatch(List.of(here.open(700, 0x111, "/a")));
    int tried = 0;
    for (int i = 0; i < 30; i++) {
      Match found = match.entered(there.open(1, 0x111, i == 1 ? "/other" : "/a"));
      tried += found == null ? 0 : 1;
    }
    assertThat(tried).isEqualTo(4);
  }
}
