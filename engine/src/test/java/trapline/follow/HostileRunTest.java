package trapline.follow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import trapline.model.Abi;
import trapline.model.CallKey;
import trapline.model.SyscallId;

/// Programs that do something without end must not cost memory without end.
@Tag("unit")
class HostileRunTest {
  private static final List<Long> NOTHING = LongStream.range(0, 6).map(_ -> 0).boxed().toList();
  private static final int FORK = 57;

  private static CallKey fork(RunTree tree, int thread) {
    return tree.entered(thread, new SyscallId(Abi.X86_64, FORK), 0x1000, NOTHING, List.of());
  }

  @Test
  void processesWithoutEndAreNotAllKept() {
    RunTree tree = new RunTree(true);
    for (int i = 1; i < 120_000; i++) {
      fork(tree, i);
      RunThread child = tree.made(i, i + 1);
      assertThat(tree.thread(i + 1)).isSameAs(child);
      tree.ended(i);
    }
    assertThat(tree.threads()).hasSize(100_000);
    assertThat(tree.isCut()).isTrue();
  }

  @Test
  void programsWithoutEndAreNotAllKept() {
    RunTree tree = new RunTree(false);
    for (int i = 0; i < 20_000; i++) {
      tree.executed(1, 1);
    }
    assertThat(tree.thread(1).programs()).hasSize(10_000);
  }

  @Test
  void callsThatThereAreNotHaveNoArguments() {
    for (int i = 0; i < 5; i++) {
      SyscallId none = new SyscallId(Abi.X86_64, 100_000 + i);
      assertThat(KeyArguments.of(none, NOTHING)).isEmpty();
      assertThat(PathArguments.of(none, List.of("/a"))).isEmpty();
    }
  }
}
