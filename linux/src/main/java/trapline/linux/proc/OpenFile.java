package trapline.linux.proc;

import java.nio.file.Path;
import trapline.linux.sys.FileStatus;
import trapline.linux.sys.Kernel;
import trapline.linux.sys.Numbers;

/// The contents of a regular file that a process has open, at the place where it stands in it.
public final class OpenFile {
  private static final int O_APPEND = 02000;
  private static final int TYPE = 0xf000;
  private static final int REGULAR = 0x8000;

  private OpenFile() {}

  /// The byte in front of where this process writes next to one of its descriptors.
  ///
  /// @return a newline at the start of the file; -1 when it is no regular file or may not be read
  public static int lastByteOfOwn(int descriptor) {
    return lastByte("self", descriptor, -1);
  }

  /// The byte in front of a place in a file, or in front of where its descriptor stands.
  ///
  /// @param threadId a living thread of the process
  /// @param place -1 for where the descriptor stands
  /// @return a newline at the start of the file; -1 when it is no regular file or may not be read
  public static int lastByte(int threadId, int descriptor, long place) {
    return lastByte(Integer.toString(threadId), descriptor, place);
  }

  private static int lastByte(String process, int descriptor, long place) {
    String link = "/proc/" + process + "/fd/" + descriptor;
    FileIdentity file = FileIdentity.of(Path.of(link));
    if (file == null || !file.regular()) {
      return -1;
    }
    // Without waiting, and looked at again: by now the descriptor may be of something else.
    Kernel kernel = new Kernel();
    int open = kernel.open(link, Numbers.O_RDONLY | Numbers.O_NONBLOCK | Numbers.O_NOCTTY);
    if (open < 0) {
      return -1;
    }
    try {
      FileStatus status = FileStatus.of("/proc/self/fd/" + open, true);
      if (status.error() != 0 || (status.mode() & TYPE) != REGULAR) {
        return -1;
      }
      String facts = ProcFile.text("/proc/" + process + "/fdinfo/" + descriptor);
      long stands = ProcFile.number(ProcFile.field(facts, "pos:"), 10, 0);
      boolean appends = (ProcFile.number(ProcFile.field(facts, "flags:"), 8, 0) & O_APPEND) != 0;
      long end = place >= 0 ? place : appends ? status.size() : stands;
      if (end == 0) {
        return '\n';
      }
      byte[] last = new byte[1];
      int got = kernel.readAt(open, end - 1, last);
      // After the file's end a hole is to come, or another has cut the file off.
      return got < 0 ? -1 : got == 0 ? 0 : last[0] & 0xff;
    } finally {
      kernel.close(open);
    }
  }
}
