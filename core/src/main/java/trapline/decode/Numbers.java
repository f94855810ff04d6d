package trapline.decode;

import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.abi.Signals;
import trapline.model.ArgValue;

/// Numbers that are written in a way of their own.
final class Numbers {
  private Numbers() {}

  /// A device number (`makedev`, glibc's `sys/sysmacros.h`).
  static ArgValue device(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    long major = (raw >>> 8 & 0xfff) | (raw >>> 32 & 0xffff_f000L);
    long minor = (raw & 0xff) | (raw >>> 12 & 0xffff_ff00L);
    return new ArgValue.Num(
        raw,
        "makedev("
            + ValueDecoder.prefixedHex(major)
            + ", "
            + ValueDecoder.prefixedHex(minor)
            + ")");
  }

  /// A member that only devices have.
  static ArgValue statDevice(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return isDevice(format, scope)
        ? device(decoder, format, type, raw, scope)
        : ValueDecoder.OMITTED;
  }

  /// A member that devices do not have.
  static ArgValue statSize(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return isDevice(format, scope) ? ValueDecoder.OMITTED : ValueDecoder.number(type, raw);
  }

  private static boolean isDevice(ArgFormat format, Scope scope) {
    Long mode = scope.number(format.argument(0));
    return mode != null && ((mode & 0170000) == 0020000 || (mode & 0170000) == 0060000);
  }

  /// A resource limit: multiples of 1024 as products, as strace writes them.
  static ArgValue limit(ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    boolean infinite = raw == -1 || (type.size() == 4 && raw == 0xffff_ffffL);
    if (infinite) {
      return new ArgValue.Constant(raw, type.size() == 4 ? "RLIM_INFINITY" : "RLIM64_INFINITY");
    }
    boolean product = Long.compareUnsigned(raw, 1024) > 0 && raw % 1024 == 0;
    return new ArgValue.Num(
        raw,
        product
            ? Long.toUnsignedString(Long.divideUnsigned(raw, 1024)) + "*1024"
            : Long.toUnsignedString(raw));
  }

  /// Always with `0x`.
  static ArgValue hexWord(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return new ArgValue.Num(raw, ValueDecoder.prefixedHex(raw & 0xffff_ffffL));
  }

  static ArgValue signalHandler(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return switch (Math.clamp(raw, -1, 2)) {
      case 0 -> new ArgValue.Constant(raw, "SIG_DFL");
      case 1 -> new ArgValue.Constant(raw, "SIG_IGN");
      default -> raw == -1 ? new ArgValue.Constant(raw, "SIG_ERR") : new ArgValue.Pointer(raw);
    };
  }

  /// A member that counts only when `SA_RESTORER` is set.
  static ArgValue restorer(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return scope.constants(format.argument(0).name()).contains("SA_RESTORER")
        ? new ArgValue.Pointer(raw)
        : ValueDecoder.OMITTED;
  }

  static ArgValue signalSet(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return new ArgValue.Num(raw, SignalSets.text(raw));
  }

  /// `epoll_data`, as strace writes it: its lower half and the whole of it.
  static ArgValue epollData(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return new ArgValue.Num(
        raw, "{u32=" + (raw & 0xffff_ffffL) + ", u64=" + Long.toUnsignedString(raw) + "}");
  }

  static ArgValue key(ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return raw == 0
        ? new ArgValue.Constant(0, "IPC_PRIVATE")
        : new ArgValue.Num(raw, ValueDecoder.hex(raw & 0xffff_ffffL));
  }

  /// A signal, or 0.
  static ArgValue exitSignal(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return raw == 0
        ? new ArgValue.Num(0, "0")
        : new ArgValue.Constant(raw, Signals.name(Math.clamp(raw, 0, 1 << 20)));
  }

  /// A member that is shown when it is not 0.
  static ArgValue nonzero(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return raw == 0 ? ValueDecoder.OMITTED : ValueDecoder.number(type, raw);
  }

  static ArgValue nonzeroMode(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return raw == 0 ? ValueDecoder.OMITTED : FileModes.mode(raw);
  }

  /// An IPv4 address in network order.
  static ArgValue inetAddress(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    byte[] bytes = {(byte) raw, (byte) (raw >> 8), (byte) (raw >> 16), (byte) (raw >> 24)};
    return new ArgValue.Num(raw, "inet_addr(\"" + SocketAddresses.inetAddress(bytes, 0) + "\")");
  }

  /// A number in a register that is as wide as an address.
  static ArgValue small(ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return new ArgValue.Num(raw, Integer.toString((int) raw));
  }

  static ArgValue bitset(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    long bits = raw & 0xffff_ffffL;
    return bits == 0xffff_ffffL
        ? new ArgValue.Constant(bits, "FUTEX_BITSET_MATCH_ANY")
        : new ArgValue.Num(bits, ValueDecoder.hex(bits));
  }

  static ArgValue packetProtocol(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    int protocol = Short.toUnsignedInt(Short.reverseBytes((short) raw));
    return new ArgValue.Constant(
        raw, "htons(" + ValueDecoder.constant("ethernet_protocol", protocol).text() + ")");
  }

  /// What a call returned, with its flags: `0x8002 (flags O_RDWR|O_LARGEFILE)`.
  static ArgValue resultFlags(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    String text = ValueDecoder.constant(format.argument(0).name(), raw).text();
    return new ArgValue.Num(
        raw, raw == 0 && text.equals("0") ? "0" : ValueDecoder.hex(raw) + " (flags " + text + ")");
  }

  static ArgValue resultSignal(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return new ArgValue.Num(raw, raw == 0 ? "0" : raw + " (" + Signals.name((int) raw) + ")");
  }

  /// A cell of 64 bits that a register points to, when the register's type does not say so.
  static ArgValue cell(ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    Long value = raw == 0 ? null : decoder.memory().number(raw, 8);
    return value == null
        ? new ArgValue.Pointer(raw)
        : new ArgValue.Array(
            java.util.List.of(
                decoder.decode(
                    format.argument(0),
                    CType.of("unsigned long long", decoder.abi()),
                    value,
                    scope)),
            false);
  }
}
