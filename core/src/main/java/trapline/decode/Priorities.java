package trapline.decode;

import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.model.ArgValue;

/// Priorities of input and output (`linux/ioprio.h`): a class above 13 bits of data.
final class Priorities {
  private Priorities() {}

  static ArgValue decode(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return new ArgValue.Num(raw, text(raw));
  }

  static ArgValue result(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return new ArgValue.Num(raw, ValueDecoder.hex(raw) + " (" + text(raw) + ")");
  }

  private static String text(long raw) {
    long priority = raw & 0xffff_ffffL;
    return "IOPRIO_PRIO_VALUE("
        + ValueDecoder.constant("ioprio_class", priority >> 13).text()
        + ", "
        + (priority & 0x1fff)
        + ")";
  }
}
