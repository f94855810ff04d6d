package trapline.linux.proc;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import trapline.bytes.ByteText;
import trapline.linux.sys.Kernel;

/// Reads files of `/proc`, whose size is not known beforehand.
public final class ProcFile {
  /// More than any file that is read whole here should have.
  private static final int LIMIT = 64 << 20;

  private ProcFile() {}

  /// All bytes; `null` when the file is not there or may not be read.
  public static byte @Nullable [] bytes(String path) {
    try (FileInputStream in = new FileInputStream(path)) {
      return in.readNBytes(LIMIT);
    } catch (IOException e) {
      return null;
    }
  }

  /// The text, one byte a character, without white space around it; empty when unreadable.
  public static String text(String path) {
    byte[] bytes = bytes(path);
    return bytes == null ? "" : new String(bytes, StandardCharsets.ISO_8859_1).strip();
  }

  /// The text of one line, as [ByteText] has it; empty when unreadable.
  public static String line(String path) {
    byte[] bytes = bytes(path);
    if (bytes == null) {
      return "";
    }
    int end = bytes.length;
    return ByteText.decode(bytes, 0, end > 0 && bytes[end - 1] == '\n' ? end - 1 : end);
  }

  /// What a symbolic link says, as [ByteText] has it; `null` when there is none.
  public static @Nullable String link(String path) {
    byte[] target = new Kernel().readLink(path);
    return target == null ? null : ByteText.decode(target);
  }

  /// The value behind `name` at the start of a line; empty when there is no such line.
  public static String field(String text, String name) {
    int at = text.startsWith(name) ? 0 : text.indexOf("\n" + name) + 1;
    if (at == 0 && !text.startsWith(name)) {
      return "";
    }
    int end = text.indexOf('\n', at);
    return text.substring(at + name.length(), end < 0 ? text.length() : end).strip();
  }

  /// A number in front of white space; `missing` when there is none.
  public static long number(String text, int radix, long missing) {
    int end = 0;
    while (end < text.length() && Character.digit(text.charAt(end), radix) >= 0) {
      end++;
    }
    try {
      return end == 0 ? missing : Long.parseUnsignedLong(text.substring(0, end), radix);
    } catch (NumberFormatException e) {
      return missing;
    }
  }
}
