package trapline.linux.files;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import trapline.bytes.BytePattern;
import trapline.linux.proc.Mounts;

/// The mounts whose file systems are programs (FUSE), such as sshfs. A thread that waits for such a
/// program cannot be ended by anything but its answer, not even by SIGKILL, and a process does not
/// end before its last thread. So another process asks first whether there is an answer.
final class UserFileSystems {
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

  private final @Nullable Mounts mounts;

  private UserFileSystems(@Nullable Mounts mounts) {
    this.mounts = mounts;
  }

  static UserFileSystems ofThisProcess() {
    try {
      // Nearly always there is none, and nothing else has to be read.
      byte[] text = Files.readAllBytes(MOUNTS);
      return new UserFileSystems(
          new BytePattern(" - fuse").indexIn(text, 0, text.length) < 0
              ? null
              : Mounts.ofThisProcess());
    } catch (IOException e) {
      return new UserFileSystems(null); // none is known then
    }
  }

  /// The mount that a file's path leads to. A link that does so is not noticed: only looking at it
  /// would tell.
  ///
  /// @return `null` when it is none of these
  @Nullable Path mount(Path path) {
    if (mounts == null) {
      return null;
    }
    Mounts.Mount mount = mounts.at(path.toAbsolutePath().normalize());
    return mount != null && mount.type().matches("fuse(blk|\\..*)?") ? mount.point() : null;
  }

  /// Has a file read by another process, which is left behind when it does not come back.
  ///
  /// @return whether it came back in time, whatever it found
  static boolean answers(Path path, long millis) throws InterruptedException {
    try {
      Process reader =
          new ProcessBuilder("head", "-c", "1", path.toString())
              .redirectInput(new File("/dev/null"))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      boolean ended = reader.waitFor(millis, TimeUnit.MILLISECONDS);
      reader.destroyForcibly();
      return ended;
    } catch (IOException e) {
      return true; // without such a program it cannot be asked
    }
  }
}
