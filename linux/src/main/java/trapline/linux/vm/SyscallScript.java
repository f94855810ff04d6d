package trapline.linux.vm;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// A program for the guest that makes a list of system calls and nothing else: a 64-bit ELF
/// executable without libraries, whose data are the calls. So a program can be given any argument,
/// environment, rights and limits exactly, with no shell in between.
///
/// ```
/// forking:  fork()                            in the parent:
///           wait4(child, &record.value, 0, 0)
///           write(3, &record, 16)             record.step = 0
///           exit_group(0)
/// plain:    for each step                     in the child, or without a fork:
///             result = syscall(step)
///             if (result < 0 && !step.mayFail)
///               write(3, { step's address, result }, 16)
///               exit_group(127)
/// ```
final class SyscallScript {
  /// Where it is loaded: apart from the addresses of every ordinary program.
  static final long BASE = 0x3000_0000L;

  private static final int RECORD = 0x200;
  private static final int TABLE = RECORD + 16;
  private static final int STEP = 64;
  private static final int CODE_OFFSET = 64 + 2 * 56;
  private static final int PLAIN_ENTRY = 0x3f;

  /// Behind the first write(2) in the code.
  private static final int REPORT = 0x36;

  private static final byte[] CODE =
      HexFormat.of()
          .parseHex(
              "b8390000000f0585c0743489c7be0802003031d24531d2b83d0000000f0531ed"
                  + "bf03000000be00020030ba10000000b8010000000f0589efb8e70000000f05bb"
                  + "10020030488b03488b7b08488b7310488b53184c8b53204c8b43284c8b4b300f"
                  + "054885c078064883c340ebd848837b380075f3be0002003048891e48894608bd"
                  + "7f000000eb9a");

  private final boolean isForking;
  private final List<long[]> steps = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();

  SyscallScript(boolean isForking) {
    this.isForking = isForking;
  }

  /// Whether a user address is in such a program.
  static boolean contains(long address) {
    return Long.compareUnsigned(address, BASE) >= 0
        && Long.compareUnsigned(address, BASE + (64 << 20)) < 0;
  }

  /// The call by which a forking one says that its program has ended.
  static CallPattern report() {
    return new CallPattern(1, CODE_OFFSET + REPORT, 0, List.of(0, 0, 0, 0, 0, 0));
  }

  /// Adds a call; an argument may be what [#data] gave.
  ///
  /// @param name for the message when it fails
  void step(String name, boolean mayFail, long number, long... arguments) {
    long[] step = new long[STEP / 8];
    step[0] = number;
    System.arraycopy(arguments, 0, step, 1, arguments.length);
    step[7] = mayFail ? 1 : 0;
    steps.add(step);
    names.add(name);
  }

  /// Adds data.
  ///
  /// @return stands for its address, in the arguments of [#step] and in [#pointers]
  long data(byte[] bytes) {
    while (data.size() % 8 != 0) {
      data.write(0);
    }
    long at = DATA + data.size();
    data.writeBytes(bytes);
    return at;
  }

  long string(byte[] bytes) {
    byte[] closed = new byte[bytes.length + 1];
    System.arraycopy(bytes, 0, closed, 0, bytes.length);
    return data(closed);
  }

  /// Adds an array of pointers to strings, with a null pointer behind the last.
  long pointers(List<byte[]> strings) {
    ByteBuffer array = buffer(8 * (strings.size() + 1));
    for (byte[] each : strings) {
      array.putLong(string(each));
    }
    array.putLong(0);
    return data(written(array));
  }

  /// What was put into a buffer.
  static byte[] written(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.position()];
    buffer.flip().get(bytes);
    return bytes;
  }

  static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// Data lies behind a table of this many steps at most.
  private static final int MAX_STEPS = 256;

  private static final long DATA = BASE + TABLE + MAX_STEPS * STEP;

  /// The name of the step that a record of a failure names.
  String nameOf(long address) {
    long index = (address - BASE - TABLE) / STEP;
    return index >= 0 && index < names.size() ? names.get((int) index) : "step " + index;
  }

  /// The ELF file.
  byte[] image() {
    if (steps.size() > MAX_STEPS) {
      throw new IllegalStateException("too many steps: " + steps.size());
    }
    int size = (int) (DATA - BASE) + data.size();
    ByteBuffer out = buffer(size);
    out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0);
    out.putShort((short) 2).putShort((short) 62).putInt(1); // ET_EXEC, EM_X86_64
    out.putLong(BASE + CODE_OFFSET + (isForking ? 0 : PLAIN_ENTRY)).putLong(64).putLong(0);
    out.putInt(0).putShort((short) 64).putShort((short) 56).putShort((short) 2);
    out.putShort((short) 64).putShort((short) 0).putShort((short) 0);
    programHeader(out, 1, 7, BASE, size); // PT_LOAD, readable, writable and executable
    programHeader(out, 0x6474e551, 6, 0, 0); // PT_GNU_STACK, not executable
    out.put(CODE);
    out.position(TABLE);
    for (long[] step : steps) {
      for (long word : step) {
        out.putLong(word);
      }
    }
    out.position((int) (DATA - BASE));
    out.put(data.toByteArray());
    return written(out);
  }

  private static void programHeader(ByteBuffer out, int type, int flags, long address, int size) {
    out.putInt(type).putInt(flags).putLong(0).putLong(address).putLong(address);
    out.putLong(size).putLong(size).putLong(0x1000);
  }
}
