package trapline.decode;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.abi.Signals;
import trapline.model.ArgValue;
import trapline.model.Argument;

/// Sets of signals: `[INT TERM]`, and `~[KILL STOP]` when most are in.
final class SignalSets {
  private static final int SIGNALS = 64;

  /// Flags and link, the stack, then `struct sigcontext`.
  private static final int MASK_IN_FRAME = 8 + 8 + 24 + 256;

  private SignalSets() {}

  static ArgValue decode(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    Long size = format.arguments().isEmpty() ? Long.valueOf(8) : scope.number(format.argument(0));
    Long set =
        size != null && readable(size) && raw != 0 ? read(decoder, raw, size.intValue()) : null;
    return set == null ? new ArgValue.Pointer(raw) : new ArgValue.Num(set, text(set));
  }

  /// What `rt_sigreturn` restores, which no register points to: the signal mask in the frame on the
  /// stack (`struct ucontext`, `asm-generic/ucontext.h`).
  static Argument frame(ValueDecoder decoder, long stackPointer) {
    Long mask = decoder.memory().number(stackPointer + MASK_IN_FRAME, 8);
    ArgValue value =
        mask == null
            ? new ArgValue.Pointer(stackPointer)
            : new ArgValue.Struct(
                "ucontext",
                List.of(new ArgValue.Field("mask", new ArgValue.Num(mask, text(mask)))));
    return new Argument("frame", "struct ucontext *", stackPointer, value);
  }

  private static boolean readable(@Nullable Long size) {
    return size != null && size > 0 && size <= SIGNALS / 8;
  }

  /// The first bytes of a set: `rt_sigpending` stores no more than it was given room for.
  private static @Nullable Long read(ValueDecoder decoder, long address, int size) {
    byte[] bytes = decoder.memory().exactly(address, size);
    return bytes == null ? null : Memory.number(Arrays.copyOf(bytes, SIGNALS / 8), 0, SIGNALS / 8);
  }

  static String text(long set) {
    boolean inverted = Long.bitCount(set) >= SIGNALS * 2 / 3;
    long shown = inverted ? ~set : set;
    StringBuilder out = new StringBuilder(inverted ? "~[" : "[");
    boolean first = true;
    for (int signal = 1; signal <= SIGNALS; signal++) {
      if ((shown >> (signal - 1) & 1) != 0) {
        out.append(first ? "" : " ").append(Signals.name(signal).substring(3));
        first = false;
      }
    }
    return out.append(']').toString();
  }
}
