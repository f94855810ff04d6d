package trapline.linux.vm;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import trapline.linux.sys.Kernel;
import trapline.linux.sys.Numbers;

/// A connection to a socket of the emulator's, read without ever waiting longer than was said.
final class Channel implements Closeable {
  private final SocketChannel socket;
  private final Selector selector;
  private final ByteBuffer in = ByteBuffer.allocate(1 << 16).flip();

  private Channel(SocketChannel socket, Selector selector) {
    this.socket = socket;
    this.selector = selector;
  }

  /// Connects. The kernel takes 108 bytes for a socket's path, so it is reached through the open
  /// directory, however long the path of that is.
  ///
  /// @return `null` when nobody listens there yet
  static @Nullable Channel connect(Path directory, String name) throws IOException {
    Kernel kernel = new Kernel();
    int held = kernel.open(directory.toString(), Numbers.O_PATH | Numbers.O_DIRECTORY);
    SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      socket.connect(UnixDomainSocketAddress.of("/proc/self/fd/" + held + "/" + name));
    } catch (IOException e) {
      socket.close();
      return null;
    } finally {
      kernel.close(held);
    }
    socket.configureBlocking(false);
    Selector selector = Selector.open();
    socket.register(selector, SelectionKey.OP_READ);
    return new Channel(socket, selector);
  }

  /// Sends everything.
  void send(byte[] bytes) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(bytes);
    while (out.hasRemaining()) {
      if (socket.write(out) == 0) {
        Thread.onSpinWait();
      }
    }
  }

  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /// Waits for something to read.
  ///
  /// @param millis at most this long; 0 for a look only
  /// @return whether there is something
  /// @throws EOFException when the other side has closed
  boolean await(long millis) throws IOException {
    if (in.hasRemaining()) {
      return true;
    }
    in.clear();
    int got = socket.read(in);
    if (got == 0 && millis > 0) {
      selector.select(millis);
      selector.selectedKeys().clear();
      got = socket.read(in);
    }
    in.flip();
    if (got < 0) {
      throw new EOFException("the emulator has closed the connection");
    }
    return in.hasRemaining();
  }

  /// The next byte, which must be there: see [#await].
  byte next() {
    return in.get();
  }

  /// A line, without its end.
  ///
  /// @param millis how long each part of it may take
  /// @return `null` when the time was over and no part of a line had come
  @Nullable String line(long millis) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (await(millis)) {
      byte next = next();
      if (next == '\n') {
        return line.toString(StandardCharsets.UTF_8);
      }
      line.write(next);
      if (line.size() > 1 << 20) {
        throw new IOException("an endless line from the emulator");
      }
    }
    if (line.size() > 0) {
      throw new IOException(
          "an incomplete line from the emulator: " + line.toString(StandardCharsets.UTF_8));
    }
    return null;
  }

  /// So many bytes.
  ///
  /// @param millis how long each part of them may take
  byte[] bytes(int count, long millis) throws IOException {
    byte[] all = new byte[count];
    int done = 0;
    while (done < count) {
      if (!await(millis)) {
        throw new IOException("the guest has sent " + done + " of " + count + " bytes");
      }
      int part = Math.min(count - done, in.remaining());
      in.get(all, done, part);
      done += part;
    }
    return all;
  }

  @Override
  public void close() throws IOException {
    selector.close();
    socket.close();
  }
}
