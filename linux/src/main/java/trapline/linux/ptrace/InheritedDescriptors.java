package trapline.linux.ptrace;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import trapline.linux.sys.Kernel;
import trapline.linux.sys.Numbers;

/// Keeps the files that the Java runtime has opened out of the traced program, which would else see
/// other descriptor numbers than without a tracer. What the user's shell has opened goes through.
final class InheritedDescriptors {
  private static final int FIRST = 3;

  private InheritedDescriptors() {}

  /// Marks the runtime's own descriptors as to be closed when another program is run.
  ///
  /// The kernel hands out the lowest free number, so what lies below the first file that the
  /// runtime opens, its image of classes, was there before it. Above, a descriptor was inherited
  /// when the parent has the same file under the same number.
  static void closeOwn(Kernel kernel) {
    String[] names = new File("/proc/self/fd").list();
    if (names == null) {
      return;
    }
    int[] descriptors = new int[names.length];
    for (int i = 0; i < names.length; i++) {
      descriptors[i] = Integer.parseInt(names[i]);
    }
    Arrays.sort(descriptors);
    String home = System.getProperty("java.home", "");
    String parent =
        "/proc/" + ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L) + "/fd/";
    // A parent that is a Java program, too, may have the same archives open.
    String archives =
        System.getProperty("java.class.path", "") + System.getProperty("jdk.module.path", "");
    boolean runtimeSeen = false;
    for (int descriptor : descriptors) {
      if (descriptor < FIRST) {
        continue;
      }
      String target = link("/proc/self/fd/" + descriptor);
      if (target == null) {
        continue;
      }
      boolean runtime = (!home.isEmpty() && target.startsWith(home)) || archives.contains(target);
      runtimeSeen |= runtime;
      if ((runtime || (runtimeSeen && !target.equals(link(parent + descriptor))))
          && kernel.syscall(Numbers.FCNTL, descriptor, Numbers.F_GETFD, 0) == 0) {
        kernel.syscall(Numbers.FCNTL, descriptor, Numbers.F_SETFD, Numbers.FD_CLOEXEC);
      }
    }
  }

  private static @Nullable String link(String path) {
    try {
      return Files.readSymbolicLink(Path.of(path)).toString();
    } catch (IOException e) {
      return null;
    }
  }
}
