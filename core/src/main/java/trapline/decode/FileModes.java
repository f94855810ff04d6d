package trapline.decode;

import trapline.abi.ConstantFamily;
import trapline.model.ArgValue;

/// File modes: the type's name and the permissions in octal.
final class FileModes {
  private static final long TYPE_MASK = 0170000;

  private FileModes() {}

  static ArgValue mode(long value) {
    long type = value & TYPE_MASK;
    String permissions = octal(value & ~TYPE_MASK);
    if (type == 0) {
      return new ArgValue.Num(value, permissions);
    }
    ConstantFamily family = ConstantFamily.of("file_type");
    if (family != null
        && family.decode(type) instanceof ArgValue.Constant name
        && name.name().startsWith("S_IF")) {
      String special =
          ((value & 04000) != 0 ? "|S_ISUID" : "")
              + ((value & 02000) != 0 ? "|S_ISGID" : "")
              + ((value & 01000) != 0 ? "|S_ISVTX" : "");
      return new ArgValue.Num(value, name.name() + special + "|" + octal(value & 0777));
    }
    return new ArgValue.Num(value, octal(value));
  }

  /// A leading 0 and at least three characters, as strace writes modes.
  static String octal(long value) {
    String digits = value == 0 ? "" : Long.toOctalString(value);
    return "0" + "0".repeat(Math.max(0, 2 - digits.length())) + digits;
  }
}
