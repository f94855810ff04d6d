package trapline.linux.vm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import trapline.model.RemoteMemory;

/// A guest that stands still, where a thread has entered a call.
public final class GuestView {
  private static final int CHUNK = 256;

  private final GdbRemote gdb;
  private final GuestArchive archive;

  GuestView(GdbRemote gdb, GuestArchive archive) {
    this.gdb = gdb;
    this.archive = archive;
  }

  /// The memory of the thread's process. Pages that it has not used yet cannot be read.
  public RemoteMemory memory() {
    return this::read;
  }

  /// Whether the guest was given the file at this absolute path, or has one of its own there.
  public boolean wasGiven(Path path) {
    return archive.holds(path);
  }

  private int read(long address, byte[] into, int offset, int length) {
    try {
      int done = 0;
      while (done < length) {
        // no further than to the page's end: the next one may not be there
        int part = (int) Math.min(CHUNK - ((address + done) & (CHUNK - 1)), length - done);
        byte[] bytes = gdb.memory(address + done, part);
        System.arraycopy(bytes, 0, into, offset + done, bytes.length);
        done += bytes.length;
        if (bytes.length < part) {
          break;
        }
      }
      return done;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
