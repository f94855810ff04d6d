package trapline.kernel.run;

import java.io.IOException;
import java.io.InputStream;

/// Reads the code symbols out of the text of `/proc/kallsyms`: lines `address type name [module]`.
final class KallsymsReader {
  /// Linux's `KSYM_NAME_LEN`.
  private static final int MAX_NAME = 512;

  private static final int BUFFER = 1 << 16;

  private final KernelSymbols.Collector found = new KernelSymbols.Collector();

  KernelSymbols read(InputStream kallsyms) throws IOException {
    byte[] buffer = new byte[BUFFER];
    int kept = 0;
    boolean overlong = false;
    int got = kallsyms.read(buffer, 0, buffer.length);
    while (got >= 0) {
      int end = kept + got;
      int start = 0;
      int from = kept;
      for (int i = from; i < end; i++) {
        if (buffer[i] == '\n') {
          if (!overlong) {
            line(buffer, start, i);
          }
          overlong = false;
          start = i + 1;
        }
      }
      kept = end - start;
      if (kept == buffer.length) {
        overlong = true;
        kept = 0;
      }
      System.arraycopy(buffer, start, buffer, 0, kept);
      got = kallsyms.read(buffer, kept, buffer.length - kept);
    }
    if (!overlong) {
      line(buffer, 0, kept);
    }
    return found.finish();
  }

  private void line(byte[] text, int start, int end) {
    long address = 0;
    int at = start;
    for (; at < end && text[at] != ' '; at++) {
      int digit = Character.digit(text[at], 16);
      if (digit < 0 || at - start == 16) {
        return;
      }
      address = address << 4 | digit;
    }
    if (address == 0 || at + 3 >= end || text[at + 2] != ' ' || !isCode(text[at + 1])) {
      return;
    }
    int first = at + 3;
    int last = first;
    while (last < end && text[last] > ' ') {
      last++;
    }
    if (last > first && last - first <= MAX_NAME && !isPadding(text, first, last)) {
      found.add(address, text[at + 1], text, first, last);
    }
  }

  private static boolean isCode(byte type) {
    return type == 'T' || type == 't' || type == 'W' || type == 'w';
  }

  /// Whether the symbol is the room that the build leaves before a function: `__pfx_`, `__cfi_`.
  private static boolean isPadding(byte[] text, int first, int last) {
    return last - first > 6
        && text[first] == '_'
        && text[first + 1] == '_'
        && text[first + 5] == '_'
        && ((text[first + 2] == 'p' && text[first + 3] == 'f' && text[first + 4] == 'x')
            || (text[first + 2] == 'c' && text[first + 3] == 'f' && text[first + 4] == 'i'));
  }
}
