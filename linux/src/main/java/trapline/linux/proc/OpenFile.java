package trapline.linux.proc;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/// The contents of a regular file that a process has open, at the place where it stands in it.
public final class OpenFile {
  private static final int O_APPEND = 02000;

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
    try (RandomAccessFile open = new RandomAccessFile(link, "r")) {
      String facts = ProcFile.text("/proc/" + process + "/fdinfo/" + descriptor);
      long stands = ProcFile.number(ProcFile.field(facts, "pos:"), 10, 0);
      boolean appends = (ProcFile.number(ProcFile.field(facts, "flags:"), 8, 0) & O_APPEND) != 0;
      long end = place >= 0 ? place : appends ? open.length() : stands;
      if (end == 0) {
        return '\n';
      }
      open.seek(end - 1);
      int last = open.read();
      return last < 0 ? 0 : last; // a hole is to come, or another has cut the file off
    } catch (IOException e) {
      return -1;
    }
  }
}
