package trapline.linux.vm;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// The debugger's side of the gdb remote protocol, as far as it is needed (gdb manual, appendix
/// "GDB Remote Serial Protocol"): `$packet#sum`, each answered with `+`.
final class GdbRemote implements Closeable {
  // Places in the registers of `g`: gdb's amd64 numbering.
  static final int RAX = 0;
  static final int RSI = 4;
  static final int RDI = 5;
  static final int RSP = 7;
  static final int RIP = 16;
  static final int EFLAGS = 17;

  private static final int MAX_PACKET = 1 << 16;

  /// QEMU takes packets of 4 KB.
  private static final int MAX_WRITE = 1024;

  private static final long ANSWER_MILLIS = 20_000;

  private final Channel channel;
  private boolean knowsRegisters;

  GdbRemote(Channel channel) {
    this.channel = channel;
  }

  /// The general registers in gdb's order, then `rip` and the flags.
  long[] registers() throws IOException {
    String answer = ask("g");
    if (answer.length() < 17 * 16 + 8) {
      throw new IOException("short answer of the debugger interface: " + answer);
    }
    ByteBuffer bytes =
        ByteBuffer.wrap(hex(answer.substring(0, 17 * 16 + 8))).order(ByteOrder.LITTLE_ENDIAN);
    long[] registers = new long[18];
    for (int i = 0; i < 17; i++) {
      registers[i] = bytes.getLong();
    }
    registers[EFLAGS] = bytes.getInt();
    return registers;
  }

  /// The words of memory at a virtual address.
  long[] words(long address, int count) throws IOException {
    String answer = ask("m" + Long.toHexString(address) + "," + Integer.toHexString(8 * count));
    if (answer.length() != 16 * count) {
      throw new IOException("no memory at " + Long.toHexString(address) + ": " + answer);
    }
    long[] words = new long[count];
    ByteBuffer.wrap(hex(answer)).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(words);
    return words;
  }

  /// The bytes of memory at a virtual address; none when not all of them can be read.
  byte[] memory(long address, int count) throws IOException {
    String answer = ask("m" + Long.toHexString(address) + "," + Integer.toHexString(count));
    return answer.length() == 2 * count ? hex(answer) : new byte[0];
  }

  /// Writes memory at a virtual address, also where the guest itself may only read.
  void write(long address, byte[] bytes) throws IOException {
    for (int at = 0; at < bytes.length; at += MAX_WRITE) {
      int count = Math.min(MAX_WRITE, bytes.length - at);
      expectOk(
          "M"
              + Long.toHexString(address + at)
              + ","
              + Integer.toHexString(count)
              + ":"
              + HexFormat.of().formatHex(bytes, at, at + count));
    }
  }

  /// Makes the processor go on elsewhere.
  void setPc(long address) throws IOException {
    if (!knowsRegisters) {
      // QEMU takes no single register from who has not asked which there are.
      ask("qXfer:features:read:target.xml:0,fff");
      knowsRegisters = true;
    }
    expectOk(
        "P"
            + Integer.toHexString(RIP)
            + "="
            + HexFormat.of().toHexDigits(Long.reverseBytes(address)));
  }

  void setBreakpoint(long address) throws IOException {
    expectOk("Z1," + Long.toHexString(address) + ",1");
  }

  void removeBreakpoint(long address) throws IOException {
    expectOk("z1," + Long.toHexString(address) + ",1");
  }

  /// Executes one instruction.
  void step() throws IOException {
    ask("s");
  }

  /// Lets the guest run; [#stopped] tells when it stands again.
  void resume() throws IOException {
    send("c");
  }

  /// Makes it stop; [#stopped] tells when it has.
  void interrupt() throws IOException {
    channel.send(new byte[] {3});
  }

  /// Whether the guest has stopped since [#resume].
  boolean stopped(long millis) throws IOException {
    String packet = receive(millis);
    return packet != null;
  }

  private static byte[] hex(String digits) throws IOException {
    try {
      return HexFormat.of().parseHex(digits);
    } catch (IllegalArgumentException e) {
      throw new IOException("the debugger interface answers with no numbers: " + digits, e);
    }
  }

  private void expectOk(String packet) throws IOException {
    String answer = ask(packet);
    if (!answer.equals("OK")) {
      throw new IOException("the debugger interface refused " + packet + ": " + answer);
    }
  }

  private String ask(String packet) throws IOException {
    send(packet);
    String answer = receive(ANSWER_MILLIS);
    if (answer == null) {
      throw new IOException("no answer of the debugger interface to " + packet);
    }
    return answer;
  }

  private void send(String packet) throws IOException {
    int sum = 0;
    for (int i = 0; i < packet.length(); i++) {
      sum += packet.charAt(i);
    }
    channel.send("$" + packet + "#" + HexFormat.of().toHexDigits((byte) sum));
  }

  private @Nullable String receive(long millis) throws IOException {
    do {
      if (!channel.await(millis)) {
        return null;
      }
    } while (channel.next() != '$');
    byte[] packet = new byte[64];
    int size = 0;
    while (true) {
      byte next = next();
      if (next == '#') {
        break;
      }
      if (size == packet.length) {
        if (size >= MAX_PACKET) {
          throw new IOException("an endless packet from the debugger interface");
        }
        packet = java.util.Arrays.copyOf(packet, 2 * size);
      }
      packet[size++] = next;
    }
    next();
    next();
    channel.send("+");
    return new String(packet, 0, size, StandardCharsets.ISO_8859_1);
  }

  private byte next() throws IOException {
    if (!channel.await(ANSWER_MILLIS)) {
      throw new IOException("an incomplete packet from the debugger interface");
    }
    return channel.next();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
