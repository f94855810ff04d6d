package trapline.decode;

import java.util.List;
import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.abi.Errnos;
import trapline.model.ArgValue;

/// Values of socket options, and of the requests that ask about interfaces.
final class SocketOptions {
  private static final int NAME_SIZE = 16;

  private SocketOptions() {}

  /// `option(length)`: four bytes are a number, others are shown as they are.
  static ArgValue plain(ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    Long length = scope.number(format.argument(0));
    Long value = length != null && length == 4 ? decoder.memory().number(raw, 4) : null;
    return raw != 0 && value != null
        ? new ArgValue.Array(
            List.of(new ArgValue.Num(value.intValue(), Integer.toString(value.intValue()))), false)
        : decoder.bytes(raw, length);
  }

  /// The pending error of a socket.
  static ArgValue error(ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    Long value = raw == 0 ? null : decoder.memory().number(raw, 4);
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

  /// `interface_request(cmd)`: a `struct ifreq` (`linux/if.h`).
  static ArgValue interfaceRequest(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    byte[] bytes = raw == 0 ? null : decoder.memory().exactly(raw, 40);
    if (bytes == null) {
      return new ArgValue.Pointer(raw);
    }
    int end = 0;
    while (end < NAME_SIZE && bytes[end] != 0) {
      end++;
    }
    ArgValue name = new ArgValue.Text(Quoting.quote(bytes, 0, end, false), false);
    return new ArgValue.Struct("ifreq", List.of(new ArgValue.Field("ifr_name", name)), true);
  }
}
