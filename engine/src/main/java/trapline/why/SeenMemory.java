package trapline.why;

import java.util.HashMap;
import java.util.Map;
import trapline.model.RemoteMemory;

/// The memory of a thread that stands still, of which each part is fetched once.
final class SeenMemory implements RemoteMemory {
  private static final int PART = 256;

  private final RemoteMemory memory;
  private final Map<Long, byte[]> parts = new HashMap<>();

  SeenMemory(RemoteMemory memory) {
    this.memory = memory;
  }

  @Override
  public int read(long address, byte[] into, int offset, int length) {
    int done = 0;
    while (done < length) {
      long start = address + done & -PART;
      byte[] part = parts.computeIfAbsent(start, this::fetch);
      int from = (int) (address + done - start);
      int count = Math.min(part.length - from, length - done);
      if (count <= 0) {
        break;
      }
      System.arraycopy(part, from, into, offset + done, count);
      done += count;
    }
    return done;
  }

  private byte[] fetch(long start) {
    byte[] part = new byte[PART];
    int count = memory.read(start, part, 0, PART);
    return count == PART ? part : java.util.Arrays.copyOf(part, count);
  }
}
