package trapline.kernel.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.tukaani.xz.SeekableInputStream;
import org.tukaani.xz.SeekableXZInputStream;

/// Decompresses an .xz file of several blocks on several threads, in order. Debian's source
/// tarballs have blocks (`xz -T`); a file of one block is better read as a stream.
final class XzBlocks extends InputStream {
  /// Blocks larger than this are not held in memory.
  static final long MAX_BLOCK = 64L << 20;

  private static final int MEMORY_LIMIT_KIB = 256 << 10;

  private final FileChannel channel;
  private final long[] starts;
  private final int[] sizes;
  private final int ahead;
  private final ExecutorService threads;
  private final ArrayDeque<Future<byte[]>> pending = new ArrayDeque<>();

  /// Those not in use; one for each thread comes to be.
  private final ConcurrentLinkedQueue<SeekableXZInputStream> readers =
      new ConcurrentLinkedQueue<>();

  private int nextBlock;
  private byte[] block = new byte[0];
  private int at;

  private XzBlocks(FileChannel channel, long[] starts, int[] sizes, int workers) {
    this.channel = channel;
    this.starts = starts;
    this.sizes = sizes;
    this.ahead = workers + 1;
    this.threads =
        Executors.newFixedThreadPool(
            workers, Thread.ofPlatform().daemon().name("xz-", 0).factory());
  }

  /// @return `null` when the file has a single block, or one too large to hold
  static @org.jspecify.annotations.Nullable XzBlocks open(FileChannel channel, int workers)
      throws IOException {
    try (SeekableXZInputStream index = reader(channel)) {
      int count = index.getBlockCount();
      if (count < 2) {
        return null;
      }
      long[] starts = new long[count];
      int[] sizes = new int[count];
      for (int i = 0; i < count; i++) {
        starts[i] = index.getBlockPos(i);
        if (index.getBlockSize(i) > MAX_BLOCK) {
          return null;
        }
        sizes[i] = (int) index.getBlockSize(i);
      }
      return new XzBlocks(channel, starts, sizes, workers);
    }
  }

  private static SeekableXZInputStream reader(FileChannel channel) throws IOException {
    return new SeekableXZInputStream(new ChannelView(channel), MEMORY_LIMIT_KIB);
  }

  /// Decompressed bytes in all.
  long length() {
    return starts[starts.length - 1] + sizes[sizes.length - 1];
  }

  @Override
  public int read() throws IOException {
    return fill() ? block[at++] & 0xff : -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, block.length - at);
    System.arraycopy(block, at, into, offset, count);
    at += count;
    return count;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  private boolean fill() throws IOException {
    while (at == block.length) {
      while (nextBlock < sizes.length && pending.size() < ahead) {
        int number = nextBlock++;
        pending.add(threads.submit(() -> decompress(number)));
      }
      Future<byte[]> next = pending.poll();
      if (next == null) {
        return false;
      }
      try {
        block = next.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof IOException cause) {
          throw cause;
        }
        throw new IOException(e.getCause());
      }
      at = 0;
    }
    return true;
  }

  private byte[] decompress(int number) throws IOException {
    SeekableXZInputStream idle = readers.poll();
    SeekableXZInputStream reader = idle == null ? reader(channel) : idle;
    reader.seek(starts[number]);
    byte[] bytes = reader.readNBytes(sizes[number]);
    if (bytes.length < sizes[number]) {
      throw new IOException("a block of the .xz file is too short");
    }
    readers.add(reader);
    return bytes;
  }

  /// A position of its own in a shared file. Closing it leaves the file open.
  private static final class ChannelView extends SeekableInputStream {
    private final FileChannel channel;
    private long position;

    ChannelView(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int got = channel.read(ByteBuffer.wrap(into, offset, length), position);
      position += Math.max(got, 0);
      return got;
    }

    @Override
    public long length() throws IOException {
      return channel.size();
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public void seek(long to) {
      position = to;
    }
  }
}
