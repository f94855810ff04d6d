package trapline.why;

import java.util.List;
import java.util.Set;
import trapline.model.ArgValue;
import trapline.model.Argument;
import trapline.model.ErrorOrigin.Teller;
import trapline.model.Journey;
import trapline.model.Outcome;
import trapline.model.RanFunction;

/// The functions of the guest's file system, which is not the one of this machine's files: they lie
/// in a tmpfs there (`mm/shmem.c`, `fs/libfs.c`).
final class InMemory {
  private static final List<String> OF_KERNEL = List.of("/proc/", "/sys/", "/dev/");

  static final String NOTE =
      "The guest's files lie in memory (tmpfs): where this machine has them on another file system,"
          + " its functions run in place of shmem_... and simple_...";

  /// What a file system answers that lacks an operation, or has a limit of its own. No function of
  /// the file system need run for it.
  private static final Set<String> ITS_ANSWERS =
      Set.of(
          "EOPNOTSUPP",
          "ENOTTY",
          "EINVAL",
          "ENOSYS",
          "ENODEV",
          "ENOSPC",
          "EDQUOT",
          "EMLINK",
          "EFBIG",
          "EOVERFLOW",
          "EROFS",
          "EXDEV",
          "ENODATA",
          "EPERM",
          "EIO",
          "ETXTBSY");

  private InMemory() {}

  /// Whether a call's error may be another one on another file system.
  static boolean mayMatter(Journey call) {
    return call.outcome() instanceof Outcome.Failed failed
        && ITS_ANSWERS.contains(failed.errno().name())
        && call.arguments().stream().map(Argument::value).anyMatch(InMemory::isOfFile);
  }

  /// Whether an argument is a file on a file system that the guest has not: an open one, or a path.
  private static boolean isOfFile(ArgValue value) {
    return switch (value) {
      case ArgValue.Descriptor file -> isCarried(file.target());
      case ArgValue.Text text -> isCarried(text.quoted().replaceFirst("^\"", ""));
      default -> false;
    };
  }

  private static boolean isCarried(String path) {
    return path.startsWith("/") && OF_KERNEL.stream().noneMatch(path::startsWith);
  }

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
