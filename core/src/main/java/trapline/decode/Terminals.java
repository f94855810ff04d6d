package trapline.decode;

import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.model.ArgValue;

/// The settings of a terminal (`struct termios`, `asm-generic/termbits.h`): the speed and the four
/// settings that matter most, in full all of them.
final class Terminals {
  private static final int SPEED = 0x100f;
  private static final int OPOST = 1;
  private static final int ISIG = 1;
  private static final int ICANON = 2;
  private static final int ECHO = 8;

  private Terminals() {}

  static ArgValue decode(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    byte[] bytes = raw == 0 ? null : decoder.memory().exactly(raw, 16);
    if (bytes == null || !decoder.limits().abbreviate()) {
      return decoder.struct("termios", raw, scope);
    }
    long output = Memory.number(bytes, 4, 4);
    long control = Memory.number(bytes, 8, 4);
    long local = Memory.number(bytes, 12, 4);
    return new ArgValue.Num(
        raw,
        "{"
            + ValueDecoder.constant("termios_baud", control & SPEED).text()
            + setting(output, OPOST, "opost")
            + setting(local, ISIG, "isig")
            + setting(local, ICANON, "icanon")
            + setting(local, ECHO, "echo")
            + " ...}");
  }

  private static String setting(long flags, int bit, String name) {
    return ((flags & bit) != 0 ? " " : " -") + name;
  }
}
