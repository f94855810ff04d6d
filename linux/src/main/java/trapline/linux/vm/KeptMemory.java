package trapline.linux.vm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;

/// The file that a guest's memory is kept in: the number of blocks that are not zero, their numbers
/// by rising address, room up to a number for each block of the memory, and the blocks.
final class KeptMemory {
  static final int BLOCK = 64 << 10;

  private static final int COUNT = (int) (MemoryFile.SIZE / BLOCK);

  /// Where the blocks begin.
  static final long START = 4L * (COUNT + 1);

  static final KeptMemory NONE = new KeptMemory(Path.of(""), new int[0]);

  private final Path file;
  private final int[] numbers;

  private KeptMemory(Path file, int[] numbers) {
    this.file = file;
    this.numbers = numbers;
  }

  /// The numbers of the blocks that are kept.
  int[] numbers() {
    return numbers.clone();
  }

  /// Reads which blocks a file has.
  ///
  /// @throws IOException when it is damaged, too
  static KeptMemory of(Path file) throws IOException {
    try (FileChannel in = FileChannel.open(file)) {
      ByteBuffer table = ByteBuffer.allocate((int) START);
      while (table.hasRemaining() && in.read(table) > 0) {
        // a file is read in one go, but for signals
      }
      table.flip();
      int used = table.remaining() < START ? -1 : table.getInt();
      if (used < 0 || used > COUNT || in.size() != START + (long) used * BLOCK) {
        throw new IOException(file + " is damaged");
      }
      int[] numbers = new int[used];
      table.asIntBuffer().get(numbers);
      return new KeptMemory(file, numbers);
    }
  }

  /// A block of the memory by its number; of zeros when it was not kept, and no bytes when the file
  /// cannot be read so far.
  byte[] block(int number) throws IOException {
    int index = Arrays.binarySearch(numbers, number);
    if (index < 0) {
      return new byte[number >= 0 && number < COUNT ? BLOCK : 0];
    }
    ByteBuffer block = ByteBuffer.allocate(BLOCK);
    try (FileChannel in = FileChannel.open(file)) {
      long from = START + (long) index * BLOCK;
      while (block.hasRemaining() && in.read(block, from + block.position()) > 0) {
        // a file is read in one go, but for signals
      }
    }
    return block.hasRemaining() ? new byte[0] : block.array();
  }
}
