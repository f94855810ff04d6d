package trapline.linux.cause;

import java.util.Arrays;
import java.util.List;
import trapline.model.Argument;
import trapline.model.RemoteMemory;
import trapline.model.SyscallId;

/// What a call's arguments point to that its cause may depend on (a socket's address, a lock), as
/// it was before the call: afterwards the program or another thread may have changed it.
public final class PassedMemory implements RemoteMemory {
  /// Of a call that passes none of it.
  public static final RemoteMemory NONE = (address, into, offset, length) -> 0;

  private static final int FLOCK = 24;

  private final long start;
  private final byte[] bytes;

  private PassedMemory(long start, byte[] bytes) {
    this.start = start;
    this.bytes = bytes;
  }

  /// Reads it; its thread is stopped before the call.
  ///
  /// @param arguments as decoded; only the registers' values are used
  public static RemoteMemory read(SyscallId id, List<Argument> arguments, RemoteMemory memory) {
    int address = FailedCall.indexOf("sockaddr", id, arguments);
    if (address >= 0 && address + 1 < arguments.size()) {
      long length = arguments.get(address + 1).raw();
      return read(arguments.get(address).raw(), length, SocketAddress.LARGEST, memory);
    }
    int lock = LockCause.lockArgument(id, arguments);
    return lock < 0 ? NONE : read(arguments.get(lock).raw(), FLOCK, FLOCK, memory);
  }

  private static RemoteMemory read(long start, long length, int most, RemoteMemory memory) {
    if (start == 0 || length <= 0) {
      return NONE;
    }
    byte[] bytes = new byte[(int) Math.min(length, most)];
    int count = memory.read(start, bytes, 0, bytes.length);
    return new PassedMemory(start, Arrays.copyOf(bytes, Math.max(count, 0)));
  }

  @Override
  public int read(long address, byte[] into, int offset, int length) {
    long from = address - start;
    if (from < 0 || from >= bytes.length) {
      return 0;
    }
    int count = (int) Math.min(length, bytes.length - from);
    System.arraycopy(bytes, (int) from, into, offset, count);
    return count;
  }
}
