package trapline.decode;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.abi.StructLayout;
import trapline.model.ArgValue;

/// Waiting for descriptors: sets of them, and what `select` and `poll` say of them.
final class Readiness {
  /// `FD_SETSIZE` is 1024, but the kernel takes any number.
  private static final int MOST = 65536;

  private Readiness() {}

  /// `fdset(n)`: the descriptors in a set.
  static ArgValue set(ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    Long count = scope.number(format.argument(0));
    byte[] bits = count == null ? null : bits(decoder, raw, count);
    return bits == null ? new ArgValue.Pointer(raw) : members(decoder, bits, count);
  }

  private static byte @Nullable [] bits(ValueDecoder decoder, long address, long count) {
    if (address == 0 || count < 0) {
      return null;
    }
    int words = (int) ((Math.min(count, MOST) + 63) / 64);
    return decoder.memory().exactly(address, words * 8);
  }

  private static ArgValue members(ValueDecoder decoder, byte[] bits, @Nullable Long count) {
    StringBuilder out = new StringBuilder("[");
    long limit = Math.min(count == null ? 0 : count, bits.length * 8L);
    int shown = 0;
    for (int fd = 0; fd < limit; fd++) {
      if ((bits[fd / 8] >> (fd % 8) & 1) != 0) {
        out.append(shown == 0 ? "" : " ").append(decoder.descriptor(fd).text());
        shown++;
      }
    }
    return new ArgValue.Num(shown, out.append(']').toString());
  }

  /// What `select` and `pselect6` returned: how many, which, and how much time was left.
  static ArgValue selected(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    if (raw == 0) {
      return new ArgValue.Num(0, "0 (Timeout)");
    }
    if (!(scope instanceof CallScope call)) {
      return ValueDecoder.number(type, raw);
    }
    List<String> parts = new ArrayList<>();
    Long count = call.number(ArgFormat.parse("n"));
    String[] names = {"inp", "outp", "exp"};
    String[] labels = {"in", "out", "except"};
    for (int i = 0; i < names.length; i++) {
      byte[] bits = count == null ? null : bits(decoder, call.raw(names[i]), count);
      String text = bits == null ? "[]" : members(decoder, bits, count).text();
      if (!text.equals("[]")) {
        parts.add(labels[i] + " " + text);
      }
    }
    left(decoder, call, parts);
    return new ArgValue.Num(
        raw, raw + (parts.isEmpty() ? "" : " (" + String.join(", ", parts) + ")"));
  }

  /// What `poll` and `ppoll` returned.
  static ArgValue polled(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    if (raw == 0) {
      return new ArgValue.Num(0, "0 (Timeout)");
    }
    if (!(scope instanceof CallScope call)) {
      return ValueDecoder.number(type, raw);
    }
    Long count = call.number(ArgFormat.parse("nfds"));
    StructLayout layout = StructLayout.of("pollfd_out", decoder.abi());
    List<ArgValue> ready = new ArrayList<>();
    boolean more = false;
    if (count != null && layout != null) {
      byte[] bytes =
          decoder.memory().upTo(call.raw("ufds"), Math.clamp(count, 0, MOST) * layout.size());
      for (int at = 0; at + layout.size() <= bytes.length; at += layout.size()) {
        if (Memory.number(bytes, at + 6, 2) == 0) {
          continue;
        }
        if (ready.size() == decoder.limits().arrayLength()) {
          more = true;
          break;
        }
        ready.add(decoder.struct(layout, bytes, at, call));
      }
    }
    List<String> parts = new ArrayList<>();
    parts.add(new ArgValue.Array(ready, more).text());
    left(decoder, call, parts);
    return new ArgValue.Num(raw, raw + " (" + String.join(", ", parts) + ")");
  }

  private static void left(ValueDecoder decoder, CallScope call, List<String> parts) {
    long timeout = call.raw("tsp");
    String layout = "timespec";
    if (timeout == 0) {
      timeout = call.raw("tvp");
      layout = "timeval";
    }
    if (timeout != 0 && decoder.struct(layout, timeout, call) instanceof ArgValue.Struct struct) {
      parts.add("left " + struct.text());
    }
  }

  /// The last argument of `pselect6`: a signal set with its size.
  static ArgValue mask(ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    int word = CType.pointerSize(decoder.abi());
    Long set = raw == 0 ? null : decoder.memory().number(raw, word);
    Long size = raw == 0 ? null : decoder.memory().number(raw + word, word);
    if (set == null || size == null) {
      return new ArgValue.Pointer(raw);
    }
    Long bits = set == 0 || size != 8 ? null : decoder.memory().number(set, 8);
    return new ArgValue.Struct(
        "",
        List.of(
            new ArgValue.Field(
                "sigmask",
                bits == null
                    ? new ArgValue.Pointer(set)
                    : new ArgValue.Num(bits, SignalSets.text(bits))),
            new ArgValue.Field("sigsetsize", new ArgValue.Num(size, Long.toString(size)))));
  }
}
