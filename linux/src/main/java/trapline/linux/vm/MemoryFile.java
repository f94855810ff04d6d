package trapline.linux.vm;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The file that is a guest's memory. A part of it is kept from the guest's kernel; files come to
/// the guest there.
final class MemoryFile implements Closeable {
  static final long SIZE = 512L << 20;

  /// Where the part begins that the kernel does not use, and how large it is.
  static final long WINDOW = 256L << 20;

  static final long WINDOW_SIZE = 128L << 20;

  private static final int BLOCK = KeptMemory.BLOCK;

  private final FileChannel channel;

  private MemoryFile(FileChannel channel) {
    this.channel = channel;
  }

  /// New memory, all zero.
  ///
  /// @param channel of a new file
  static MemoryFile create(FileChannel channel) throws IOException {
    channel.write(ByteBuffer.allocate(1), SIZE - 1);
    return new MemoryFile(channel);
  }

  /// Keeps what the memory holds, apart from the window: the blocks that are not zero, behind their
  /// numbers.
  ///
  /// @param out a new file
  void save(FileChannel out) throws IOException {
    ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
    List<Integer> numbers = new ArrayList<>();
    int count = (int) (SIZE / BLOCK);
    long at = KeptMemory.START;
    for (int i = 0; i < count; i++) {
      long from = (long) i * BLOCK;
      if (from >= WINDOW && from < WINDOW + WINDOW_SIZE) {
        continue;
      }
      read(block, from);
      if (!isZero(block)) {
        numbers.add(i);
        while (block.hasRemaining()) {
          at += out.write(block, at);
        }
      }
    }
    ByteBuffer table = ByteBuffer.allocate(4 * (count + 1));
    table.putInt(numbers.size());
    numbers.forEach(table::putInt);
    out.write(table.rewind(), 0);
  }

  /// Fills new memory with what was kept.
  void load(Path file) throws IOException {
    int[] numbers = KeptMemory.of(file).numbers();
    try (FileChannel in = FileChannel.open(file)) {
      in.position(KeptMemory.START);
      for (int i = 0; i < numbers.length; ) {
        int run = 1;
        while (i + run < numbers.length && numbers[i + run] == numbers[i] + run) {
          run++;
        }
        long to = (long) numbers[i] * BLOCK;
        long left = (long) run * BLOCK;
        if (to < 0 || to + left > SIZE) {
          throw new IOException(file + " is damaged");
        }
        while (left > 0) {
          long got = channel.transferFrom(in, to, left);
          to += got;
          left -= got;
        }
        i += run;
      }
    }
  }

  private void read(ByteBuffer block, long from) throws IOException {
    block.clear();
    while (block.hasRemaining() && channel.read(block, from + block.position()) > 0) {
      // the file is as large as the memory
    }
    block.flip();
  }

  private static boolean isZero(ByteBuffer block) {
    for (int i = 0; i < block.limit(); i += 8) {
      if (block.getLong(i) != 0) {
        return false;
      }
    }
    return true;
  }

  /// A stream into the memory.
  OutputStream writeAt(long address) throws IOException {
    channel.position(address);
    return Channels.newOutputStream(channel);
  }

  /// Whether a directory is on a file system that has room for a guest's memory.
  static boolean fits(Path folder) throws IOException {
    return Files.isWritable(folder)
        && Files.getFileStore(folder).getUsableSpace() > SIZE + (64 << 20);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
