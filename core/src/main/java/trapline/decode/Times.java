package trapline.decode;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.model.ArgValue;

/// Points in time, with the date that they stand for in universal time.
final class Times {
  private static final long UTIME_NOW = 0x3fffffff;
  private static final long UTIME_OMIT = 0x3ffffffe;
  private static final long FARTHEST = 253_402_300_799L;
  private static final int EINTR = 4;
  private static final int ERESTART_RESTARTBLOCK = 516;

  private Times() {}

  /// `utimens`: the two times of `utimensat`.
  static ArgValue pair(ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    byte[] bytes = decoder.memory().exactly(raw, 32);
    if (bytes == null) {
      return new ArgValue.Pointer(raw);
    }
    List<ArgValue> times = new ArrayList<>(2);
    for (int at = 0; at < 32; at += 16) {
      long seconds = Memory.number(bytes, at, 8);
      long nanoseconds = Memory.number(bytes, at + 8, 8);
      if (nanoseconds == UTIME_NOW || nanoseconds == UTIME_OMIT) {
        times.add(
            new ArgValue.Constant(
                nanoseconds, nanoseconds == UTIME_NOW ? "UTIME_NOW" : "UTIME_OMIT"));
      } else {
        times.add(
            new ArgValue.Num(
                seconds,
                "{tv_sec="
                    + seconds
                    + ", tv_nsec="
                    + Long.toUnsignedString(nanoseconds)
                    + "}"
                    + comment(seconds, nanoseconds, 9)));
      }
    }
    return new ArgValue.Array(times, false);
  }

  /// `timevals`: the two times of `utimes` and `futimesat`.
  static ArgValue microseconds(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    int word = CType.pointerSize(decoder.abi());
    byte[] bytes = decoder.memory().exactly(raw, 4 * word);
    if (bytes == null) {
      return new ArgValue.Pointer(raw);
    }
    List<ArgValue> times = new ArrayList<>(2);
    for (int i = 0; i < 2; i++) {
      long seconds = signed(Memory.number(bytes, 2 * i * word, word), word);
      long micros = signed(Memory.number(bytes, (2 * i + 1) * word, word), word);
      times.add(
          new ArgValue.Num(
              seconds,
              "{tv_sec="
                  + seconds
                  + ", tv_usec="
                  + micros
                  + "}"
                  + comment(seconds, micros * 1000, 6)));
    }
    return new ArgValue.Array(times, false);
  }

  private static long signed(long value, int size) {
    return size == 4 ? (int) value : value;
  }

  /// A time in seconds.
  static ArgValue seconds(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return new ArgValue.Num(raw, raw + comment(raw, 0, 0));
  }

  /// Empty for the epoch itself and for times that no calendar reaches.
  private static String comment(long seconds, long nanoseconds, int digits) {
    boolean none = seconds == 0 && nanoseconds == 0;
    boolean far = seconds < -FARTHEST / 4 || seconds > FARTHEST;
    if (none || far || nanoseconds < 0 || nanoseconds > 999_999_999) {
      return "";
    }
    String date =
        DateTimeFormatter.ISO_LOCAL_DATE.format(
                Instant.ofEpochSecond(seconds).atOffset(ZoneOffset.UTC))
            + "T"
            + clock(Math.floorMod(seconds, 86_400L));
    String fraction = Long.toString(1_000_000_000L + nanoseconds).substring(1, 1 + digits);
    return " /* " + date + (nanoseconds == 0 ? "" : "." + fraction) + "+0000 */";
  }

  private static String clock(long second) {
    long number = 1_000_000 + second / 3600 * 10_000 + second / 60 % 60 * 100 + second % 60;
    String digits = Long.toString(number);
    return digits.substring(1, 3) + ":" + digits.substring(3, 5) + ":" + digits.substring(5);
  }

  /// `remaining(timespec)`: what was left of a sleep, which the kernel stores only when a signal
  /// ended it, and never for one until a point in time (`hrtimer_nanosleep`,
  /// `kernel/time/hrtimer.c`).
  static ArgValue remaining(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    boolean interrupted =
        scope instanceof CallScope call
            && call.returned()
            && (call.result() == -EINTR || call.result() == -ERESTART_RESTARTBLOCK)
            && !call.constants("flags").contains("TIMER_ABSTIME");
    return interrupted
        ? decoder.struct(format.argument(0).name(), raw, scope)
        : new ArgValue.Pointer(raw);
  }
}
