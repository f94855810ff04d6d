package trapline.decode;

import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.model.ArgValue;

/// Requests of `ioctl`. Those without a name are taken apart as `asm-generic/ioctl.h` builds them.
final class Ioctls {
  private static final String[] DIRECTIONS = {
    "_IOC_NONE", "_IOC_WRITE", "_IOC_READ", "_IOC_READ|_IOC_WRITE",
  };

  private Ioctls() {}

  static ArgValue request(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    long request = raw & 0xffff_ffffL;
    ArgValue known = ValueDecoder.constant("ioctl_request", request);
    if (!known.text().endsWith("*/")) {
      return known;
    }
    String text =
        "_IOC("
            + DIRECTIONS[(int) (request >> 30)]
            + ", "
            + ValueDecoder.hex(request >> 8 & 0xff)
            + ", "
            + ValueDecoder.hex(request & 0xff)
            + ", "
            + ValueDecoder.hex(request >> 16 & 0x3fff)
            + ")";
    return new ArgValue.Constant(request, text);
  }
}
