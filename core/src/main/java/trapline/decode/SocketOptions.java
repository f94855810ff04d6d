package trapline.decode;

import java.util.List;
import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.abi.Errnos;
import trapline.model.ArgValue;

/// Values of socket options.
final class SocketOptions {
  private SocketOptions() {}

  /// `option(length)`: four bytes are a number, others are shown as they are.
  static ArgValue plain(ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    Long length = scope.number(format.argument(0));
    return length != null && length == 4
        ? number(decoder, raw)
        : text(decoder, format, type, raw, scope);
  }

  /// `option_text(length)`: no bytes at all are an address.
  static ArgValue text(ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    Long length = scope.number(format.argument(0));
    return length != null && length == 0 ? new ArgValue.Pointer(raw) : decoder.bytes(raw, length);
  }

  /// `option_int(length)`: a number that is set, of which the kernel reads four bytes however many
  /// there are.
  static ArgValue integer(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    Long length = scope.number(format.argument(0));
    return length != null && length >= 4 ? number(decoder, raw) : new ArgValue.Pointer(raw);
  }

  private static ArgValue number(ValueDecoder decoder, long raw) {
    Long value = raw == 0 ? null : decoder.memory().number(raw, 4);
    return value == null
        ? new ArgValue.Pointer(raw)
        : new ArgValue.Array(
            List.of(new ArgValue.Num(value.intValue(), Integer.toString(value.intValue()))), false);
  }

  /// `errno_option(length)`: the pending error of a socket.
  static ArgValue error(ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    Long length = scope.number(format.argument(0));
    if (length != null && length > 0 && length < 4) {
      byte[] bytes = decoder.memory().exactly(raw, length.intValue());
      return bytes == null ? new ArgValue.Pointer(raw) : Quoting.hex(bytes, 0, bytes.length);
    }
    Long value = raw == 0 || length == null || length < 4 ? null : decoder.memory().number(raw, 4);
    if (value == null) {
      return new ArgValue.Pointer(raw);
    }
    int number = value.intValue();
    return new ArgValue.Array(
        List.of(
            number == 0
                ? new ArgValue.Num(0, "0")
                : new ArgValue.Constant(number, Errnos.of(number).name())),
        false);
  }

  /// A multicast membership, with or without the interface's number.
  static ArgValue membership(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    Long length = scope.number(format.argument(0));
    return decoder.struct(length != null && length >= 12 ? "group_req" : "ip_mreq", raw, scope);
  }
}
