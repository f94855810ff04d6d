package trapline.unwind;

import org.jspecify.annotations.Nullable;
import trapline.bytes.LittleEndian;
import trapline.model.RemoteMemory;

/// Memory of a stopped program, read in larger blocks and kept for one walk: the slots of a frame
/// lie close together, and each read of the program costs a system call.
final class PageCache implements RemoteMemory {
  private static final int BLOCK = 1024;
  private static final int SLOTS = 16;

  private final RemoteMemory memory;
  private final long[] addresses = new long[SLOTS];
  private final int[] lengths = new int[SLOTS];
  private final byte[] @Nullable [] blocks = new byte[SLOTS][];

  PageCache(RemoteMemory memory) {
    this.memory = memory;
  }

  @Override
  public int read(long address, byte[] into, int offset, int length) {
    int done = 0;
    while (done < length) {
      long at = address + done;
      long start = at & -BLOCK;
      int slot = slot(at);
      byte[] block = blocks[slot];
      if (block == null || addresses[slot] != start) {
        block = new byte[BLOCK];
        lengths[slot] = Math.clamp(memory.read(start, block, 0, BLOCK), 0, BLOCK);
        addresses[slot] = start;
        blocks[slot] = block;
      }
      int inside = (int) (at - start);
      int count = Math.min(lengths[slot] - inside, length - done);
      if (count <= 0) {
        // The block's start may be unreadable while this part of it is not.
        int direct = memory.read(at, into, offset + done, length - done);
        return done + Math.clamp(direct, 0, length - done);
      }
      System.arraycopy(block, inside, into, offset + done, count);
      done += count;
    }
    return done;
  }

  /// What was read so far and is still kept; everything else is unreadable.
  RemoteMemory kept() {
    return (address, into, offset, length) -> {
      int done = 0;
      while (done < length) {
        long at = address + done;
        int slot = slot(at);
        byte[] block = blocks[slot];
        int inside = (int) (at - addresses[slot]);
        if (block == null || addresses[slot] != (at & -BLOCK) || lengths[slot] <= inside) {
          break;
        }
        int count = Math.min(lengths[slot] - inside, length - done);
        System.arraycopy(block, inside, into, offset + done, count);
        done += count;
      }
      return done;
    };
  }

  private static int slot(long address) {
    return (int) ((address & -BLOCK) / BLOCK) & (SLOTS - 1);
  }

  /// An eight-byte word.
  ///
  /// @return `null` when it is not readable
  @Nullable Long word(long address) {
    byte[] bytes = readExactly(address, 8);
    return bytes == null ? null : LittleEndian.word(bytes, 0);
  }
}
