package trapline.kernel.run;

import java.io.IOException;
import java.io.InputStream;

/// Reads what QEMU writes with `-d exec,cpu`: for each block that it executes (each instruction,
/// with one instruction a block) a line `Trace CPU: HOST [cs_base/PC/flags/cflags] symbol` and the
/// registers before it (`accel/tcg/cpu-exec.c`, `log_cpu_exec`; `target/i386/cpu-dump.c`).
///
/// The form differs a little among versions 7.2 to 10. Lines of no known form are passed over; a
/// block whose registers are incomplete, as at the end of a file that was cut off, is not reported.
public final class ExecutionLog {
  private static final int BUFFER = 1 << 18;

  /// What a log held.
  ///
  /// @param points how many were reported
  /// @param incomplete how many blocks lacked registers
  /// @param processors how many different processors executed them; the points of more than one
  ///     cannot be told apart
  public record Summary(long points, long incomplete, int processors) {}

  private final PointSink sink;
  private final long[] registers = new long[Register.COUNT];
  private byte[] buffer = new byte[BUFFER];
  private boolean open;
  private long pc;
  private int seen;
  private int privilege;
  private long points;
  private long incomplete;
  private long processors;

  private ExecutionLog(PointSink sink) {
    this.sink = sink;
  }

  /// Reads a log to its end.
  public static Summary read(InputStream log, PointSink sink) throws IOException {
    return new ExecutionLog(sink).run(log);
  }

  private Summary run(InputStream log) throws IOException {
    int kept = 0;
    boolean overlong = false;
    int got = log.read(buffer, 0, buffer.length);
    while (got >= 0) {
      int end = kept + got;
      int start = 0;
      int stop = newline(kept, end);
      while (stop >= 0) {
        if (!overlong) {
          line(start, stop);
        }
        overlong = false;
        start = stop + 1;
        stop = newline(start, end);
      }
      kept = end - start;
      if (kept == buffer.length) {
        overlong = true;
        kept = 0;
      }
      System.arraycopy(buffer, start, buffer, 0, kept);
      got = log.read(buffer, kept, buffer.length - kept);
    }
    if (!overlong) {
      line(0, kept);
    }
    if (open) {
      incomplete++;
    }
    return new Summary(points, incomplete, Long.bitCount(processors));
  }

  private int newline(int from, int to) {
    byte[] text = buffer;
    for (int i = from; i < to; i++) {
      if (text[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private void line(int start, int end) {
    if (end - start < 8) {
      return;
    }
    byte[] text = buffer;
    byte first = text[start];
    if (first == 'T' && text[start + 1] == 'r' && text[start + 2] == 'a') {
      trace(start, end);
    } else if (open && first == 'R' && text[start + 3] == '=') {
      if (text[start + 1] <= '9') {
        numbered(start, end);
      } else if (text[start + 1] == 'I' && text[start + 2] == 'P') {
        privilege(start, end);
      } else {
        named(start, end);
      }
    }
  }

  private void trace(int start, int end) {
    if (open) {
      incomplete++;
    }
    byte[] text = buffer;
    open = false;
    int at = start;
    while (at < end && text[at] != ' ') {
      at++;
    }
    int processor = 0;
    for (at++; at < end && text[at] >= '0' && text[at] <= '9'; at++) {
      processor = Math.min(63, processor * 10 + text[at] - '0');
    }
    while (at < end && text[at] != '/') {
      at++;
    }
    if (at < end && hex(at + 1, end)) {
      pc = value;
      open = true;
      seen = 0;
      privilege = -1;
      processors |= 1L << processor;
    }
  }

  /// Such as `RAX=ffffffffffffffff RBX=... RCX=... RDX=...`.
  private void named(int start, int end) {
    byte[] text = buffer;
    int at = start;
    while (at + 4 < end && text[at] == 'R' && text[at + 3] == '=') {
      int register = number(text[at + 1], text[at + 2]);
      if (!hex(at + 4, end)) {
        return;
      }
      if (register >= 0) {
        registers[register] = value;
        seen |= 1 << register;
      }
      at = next + 1;
    }
  }

  private static int number(byte middle, byte last) {
    return switch (middle << 8 | last) {
      case 'A' << 8 | 'X' -> 0;
      case 'C' << 8 | 'X' -> 1;
      case 'D' << 8 | 'X' -> 2;
      case 'B' << 8 | 'X' -> 3;
      case 'S' << 8 | 'P' -> 4;
      case 'B' << 8 | 'P' -> 5;
      case 'S' << 8 | 'I' -> 6;
      case 'D' << 8 | 'I' -> 7;
      default -> -1;
    };
  }

  /// Such as `R8 =0000000000000000 R9 =... R10=... R11=...`.
  private void numbered(int start, int end) {
    byte[] text = buffer;
    int at = start;
    while (at + 4 < end && text[at] == 'R') {
      int register = text[at + 1] - '0';
      if (text[at + 2] != ' ') {
        register = register * 10 + text[at + 2] - '0';
      }
      if (text[at + 3] != '=' || register < 8 || register > 15 || !hex(at + 4, end)) {
        return;
      }
      registers[register] = value;
      seen |= 1 << register;
      at = next + 1;
    }
  }

  /// Such as `RIP=ffffffff81e015f0 RFL=00000046 [---Z-P-] CPL=0 II=0`: all registers have passed.
  private void privilege(int start, int end) {
    byte[] text = buffer;
    for (int at = start + 4; at + 4 < end; at++) {
      if (text[at] == 'C' && text[at + 1] == 'P' && text[at + 2] == 'L' && text[at + 3] == '=') {
        privilege = text[at + 4] & 3;
        break;
      }
    }
    open = false;
    if (seen == 0xffff && privilege >= 0) {
      points++;
      sink.point(pc, registers, privilege);
    } else {
      incomplete++;
    }
  }

  private static final byte[] DIGITS = digits();

  private static byte[] digits() {
    byte[] digits = new byte[256];
    for (int i = 0; i < 256; i++) {
      digits[i] = (byte) (i < 128 ? Character.digit(i, 16) : -1);
    }
    return digits;
  }

  /// The number that [#hex] found, and where it ended.
  private long value;

  private int next;

  private boolean hex(int from, int end) {
    byte[] text = buffer;
    byte[] digits = DIGITS;
    long number = 0;
    int at = from;
    int limit = Math.min(end, from + 16);
    for (; at < limit; at++) {
      int digit = digits[text[at] & 0xff];
      if (digit < 0) {
        break;
      }
      number = number << 4 | digit;
    }
    value = number;
    next = at;
    return at > from;
  }
}
