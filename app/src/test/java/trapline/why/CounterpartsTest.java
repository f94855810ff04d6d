package trapline.why;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import trapline.follow.RunThread;
import trapline.model.CallKey;

/// Which process of a guest's run is which here.
class CounterpartsTest {
  private static final int FORK = 0x5f1;
  private static final int SPAWN = 0x7a0;

  private final PretendRun here = new PretendRun(0x7fb6_18fe_b000L);
  private final PretendRun there = new PretendRun(0x7f00_0000_0000L);
  private Counterparts counterparts;

  @BeforeEach
  void begin() {
    here.tree.thread(700);
    there.tree.thread(1);
    counterparts = new Counterparts(here.tree, new PathNames(here.tree.paths()));
  }

  private RunThread fork(int creator, int offset, int child) {
    CallKey call = there.fork(creator, offset, child);
    RunThread made = there.tree.thread(child);
    counterparts.made(made, call, 0, PretendRun.NOTHING);
    return made;
  }

  private void exec(int thread, String program) {
    counterparts.executed(there.tree.thread(thread), there.exec(thread, program));
  }

  private RunThread ours(int thread) {
    return here.tree.thread(thread);
  }

  /// A helper here that is made at another place shifts nothing.
  @Test
  void helpersOfOtherPlacesDoNotCount() {
    here.fork(700, SPAWN, 701);
    here.fork(700, FORK, 702);
    here.fork(700, FORK, 703);
    here.fork(703, FORK, 704);
    assertThat(counterparts.of(fork(1, FORK, 2))).isSameAs(ours(702));
    assertThat(counterparts.of(fork(1, FORK, 3))).isSameAs(ours(703));
    assertThat(counterparts.of(fork(3, FORK, 4))).isSameAs(ours(704));
    assertThat(counterparts.of(fork(1, FORK, 5))).as("one more than here").isNull();
    assertThat(counterparts.of(fork(5, FORK, 6))).as("its child").isNull();
  }

  /// From the same place a helper runs another program than the workers.
  @Test
  void whatItRunsTells() {
    here.fork(700, FORK, 701);
    here.exec(701, "/bin/zcat");
    here.fork(700, FORK, 702);
    here.exec(702, "/bin/cat");
    RunThread first = fork(1, FORK, 2);
    exec(2, "/bin/cat");
    assertThat(counterparts.of(first)).isSameAs(ours(702));
    RunThread second = fork(1, FORK, 3);
    exec(3, "/bin/sed");
    assertThat(counterparts.of(second)).as("nobody runs sed here").isNull();
  }

  /// From the same place a helper makes other calls than the workers.
  @Test
  void whatItCallsTells() {
    here.fork(700, FORK, 701);
    here.open(701, 0x111, "/helper");
    here.fork(700, FORK, 702);
    here.seek(702, 0x222, 3, 9);
    RunThread first = fork(1, FORK, 2);
    counterparts.called(first, there.seek(2, 0x222, 4, 9));
    assertThat(counterparts.of(first)).isSameAs(ours(702));
  }
}
