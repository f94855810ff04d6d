package trapline.why;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import trapline.follow.RunThread;
import trapline.model.CallKey;

/// Which process of a guest's run is which here.
@Tag("host")
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

  /// Helpers and workers make the same call, with other paths.
  @Test
  void whatItNamesTells() {
    here.fork(700, FORK, 701);
    here.open(701, 0x111, "/usr/bin/zcat");
    here.fork(700, FORK, 702);
    here.open(702, 0x111, "/usr/bin/cat");
    RunThread first = fork(1, FORK, 2);
    counterparts.called(first, there.open(2, 0x111, "/usr/bin/cat"));
    assertThat(counterparts.of(first)).isSameAs(ours(702));
  }

  /// Jobs that run side by side begin in one order and are told apart in another.
  @Test
  void twoMayChange() {
    here.fork(700, FORK, 701);
    here.exec(701, "/bin/rm");
    here.fork(700, FORK, 702);
    here.exec(702, "/bin/cat");
    RunThread first = fork(1, FORK, 2);
    RunThread second = fork(1, FORK, 3);
    exec(3, "/bin/rm");
    assertThat(counterparts.of(second)).isSameAs(ours(701));
    assertThat(counterparts.of(first)).isSameAs(ours(702));
  }

  /// A shell is told by what it runs, and what that calls; those that it made change with it.
  @Test
  void childrenTell() {
    for (int i = 1; i <= 3; i++) {
      here.fork(700, FORK, 700 + 10 * i);
      here.exec(700 + 10 * i, "/bin/sh");
      here.fork(700 + 10 * i, SPAWN, 701 + 10 * i);
      here.exec(701 + 10 * i, i == 1 ? "/bin/zcat" : "/bin/cat");
      here.open(701 + 10 * i, 0x111, "/missing-" + i);
    }
    Counterparts known = new Counterparts(here.tree, new PathNames(here.tree.paths()));
    counterparts = known;
    RunThread shell = fork(1, FORK, 2);
    exec(2, "/bin/sh");
    assertThat(known.of(shell)).isSameAs(ours(710));
    RunThread made = fork(2, SPAWN, 3);
    exec(3, "/bin/cat");
    assertThat(known.of(shell)).isSameAs(ours(720));
    known.called(made, there.open(3, 0x111, "/missing-3"));
    assertThat(known.of(shell)).isSameAs(ours(730));
    assertThat(known.of(made)).isSameAs(ours(731));
  }

  /// What only the guest's thread does says nothing about which one it is.
  @Test
  void whatNobodyHereDoesTellsNothing() {
    here.fork(700, FORK, 701);
    here.open(701, 0x111, "/helper");
    here.fork(700, FORK, 702);
    here.open(702, 0x111, "/work");
    RunThread worker = fork(1, FORK, 2);
    counterparts.called(worker, there.open(2, 0x111, "/fallback"));
    fork(2, SPAWN, 3);
    exec(3, "/bin/fallback");
    counterparts.called(worker, there.open(2, 0x111, "/work"));
    assertThat(counterparts.of(worker)).isSameAs(ours(702));
  }

  /// A deep chain of processes costs no stack when its first one changes.
  @Test
  void chainsMayBeDeep() {
    int deep = 20_000;
    here.fork(700, FORK, 701);
    here.open(701, 0x111, "/helper");
    here.fork(700, FORK, 1000);
    here.open(1000, 0x111, "/work");
    RunThread first = fork(1, FORK, 2);
    for (int i = 0; i < deep; i++) {
      here.fork(1000 + i, SPAWN, 1001 + i);
      here.fork(i == 0 ? 701 : 100_000 + i, SPAWN, 100_001 + i);
      fork(2 + i, SPAWN, 3 + i);
    }
    assertThat(counterparts.of(there.tree.thread(2 + deep))).isSameAs(ours(100_000 + deep));
    counterparts.called(first, there.open(2, 0x111, "/work"));
    assertThat(counterparts.of(there.tree.thread(2 + deep))).isSameAs(ours(1000 + deep));
  }
}
