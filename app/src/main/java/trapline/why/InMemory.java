package trapline.why;

import java.util.List;
import trapline.model.ErrorOrigin.Teller;
import trapline.model.RanFunction;

/// The functions of the guest's file system, which is not the one of this machine's files: they lie
/// in a tmpfs there (`mm/shmem.c`, `fs/libfs.c`).
final class InMemory {
  static final String NOTE =
      "The guest's files lie in memory (tmpfs): where this machine has them on another file system,"
          + " its functions run in place of shmem_... and simple_...";

  private InMemory() {}

  /// Whether one of them is on the road of an error.
  static boolean isOn(List<Teller> road) {
    return road.stream().anyMatch(each -> isOne(each.function()));
  }

  /// Whether one of them ran.
  static boolean holds(RanFunction function) {
    return isOne(function) || function.calls().stream().anyMatch(InMemory::holds);
  }

  private static boolean isOne(RanFunction function) {
    return function.name().startsWith("shmem_") || function.name().startsWith("simple_");
  }
}
