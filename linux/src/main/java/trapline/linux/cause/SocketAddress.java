package trapline.linux.cause;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.bytes.ByteText;
import trapline.model.RemoteMemory;

/// The address that a call passes to the kernel (ip(7), ipv6(7), unix(7)).
///
/// @param port 0 for an address without one
/// @param path the file of a Unix socket; empty for others and for abstract names
/// @param address the network address, 4 or 16 bytes; empty for others
record SocketAddress(int family, int port, String path, List<Byte> address) {
  static final int UNIX = 1;
  static final int INET = 2;
  static final int INET6 = 10;

  /// `sizeof(struct sockaddr_storage)`.
  static final int LARGEST = 128;

  /// @return `null` when it cannot be read or is of another family
  static @Nullable SocketAddress read(RemoteMemory memory, long at, long length) {
    if (at == 0 || length < 2) {
      return null;
    }
    byte[] bytes = memory.readExactly(at, (int) Math.min(length, LARGEST));
    if (bytes == null) {
      return null;
    }
    int family = (bytes[0] & 0xff) | (bytes[1] & 0xff) << 8;
    return switch (family) {
      case INET -> bytes.length < 8 ? null : internet(family, bytes, 4, 4);
      case INET6 -> bytes.length < 24 ? null : internet(family, bytes, 8, 16);
      case UNIX -> new SocketAddress(family, 0, path(bytes), List.of());
      default -> null;
    };
  }

  private static SocketAddress internet(int family, byte[] bytes, int at, int length) {
    List<Byte> address = new ArrayList<>(length);
    for (int i = 0; i < length; i++) {
      address.add(bytes[at + i]);
    }
    return new SocketAddress(family, (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff), "", address);
  }

  private static String path(byte[] bytes) {
    int end = 2;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return ByteText.decode(bytes, 2, end);
  }
}
