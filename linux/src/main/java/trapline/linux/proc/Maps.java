package trapline.linux.proc;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.bytes.ByteText;

/// The mappings of a process, from `/proc/PID/maps` (proc_pid_maps(5)), by rising address.
public final class Maps {
  /// One mapping.
  ///
  /// @param start the first address
  /// @param end the address behind the last one
  /// @param permissions such as `r-xp`
  /// @param fileOffset where in the file it starts, in bytes
  /// @param device major number shifted left by 32, or minor
  /// @param inode 0 when no file is mapped
  /// @param path the file, or a name such as `[stack]`; empty when it has none. ` (deleted)` is cut
  ///     off and escaped newlines are restored
  /// @param deleted whether the file has no name any more
  public record Mapping(
      long start,
      long end,
      String permissions,
      long fileOffset,
      long device,
      long inode,
      String path,
      boolean deleted) {
    public boolean isReadable() {
      return permissions.charAt(0) == 'r';
    }

    public boolean isWritable() {
      return permissions.charAt(1) == 'w';
    }

    public boolean isExecutable() {
      return permissions.charAt(2) == 'x';
    }

    /// Whether a file is mapped (not the stack, the heap, the vDSO or nameless memory).
    public boolean isFile() {
      return inode != 0;
    }
  }

  private final List<Mapping> mappings;

  private Maps(List<Mapping> mappings) {
    this.mappings = List.copyOf(mappings);
  }

  /// Reads the mappings; empty when the process is gone or may not be looked at.
  public static Maps of(int threadId) {
    byte[] text = ProcFile.bytes("/proc/" + threadId + "/maps");
    return parse(text == null ? new byte[0] : text);
  }

  /// Parses the text of a maps file; lines that do not follow the format are left out.
  public static Maps parse(byte[] text) {
    List<Mapping> mappings = new ArrayList<>();
    int start = 0;
    while (start < text.length) {
      int end = start;
      while (end < text.length && text[end] != '\n') {
        end++;
      }
      Mapping mapping = new LineParser(text, start, end).parse();
      if (mapping != null) {
        mappings.add(mapping);
      }
      start = end + 1;
    }
    return new Maps(mappings);
  }

  public List<Mapping> mappings() {
    return mappings;
  }

  /// The mapping that holds `address`, by binary search.
  public @Nullable Mapping find(long address) {
    int low = 0;
    int high = mappings.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Mapping mapping = mappings.get(middle);
      if (Long.compareUnsigned(address, mapping.start) < 0) {
        high = middle - 1;
      } else if (Long.compareUnsigned(address, mapping.end) >= 0) {
        low = middle + 1;
      } else {
        return mapping;
      }
    }
    return null;
  }

  /// Reads `start-end perms offset major:minor inode   path`.
  private static final class LineParser {
    private static final byte[] DELETED = " (deleted)".getBytes(StandardCharsets.US_ASCII);

    private final byte[] text;
    private final int end;
    private int at;
    private boolean broken;

    LineParser(byte[] text, int start, int end) {
      this.text = text;
      this.at = start;
      this.end = end;
    }

    @Nullable Mapping parse() {
      long start = number(16, '-');
      long stop = number(16, ' ');
      if (broken || at + 5 > end || text[at + 4] != ' ') {
        return null;
      }
      String permissions = new String(text, at, 4, StandardCharsets.ISO_8859_1);
      at += 5;
      long fileOffset = number(16, ' ');
      long major = number(16, ':');
      long minor = number(16, ' ');
      long inode = number(10, ' ');
      if (broken) {
        return null;
      }
      while (at < end && text[at] == ' ') {
        at++;
      }
      boolean deleted =
          inode != 0
              && end - at > DELETED.length
              && Arrays.equals(text, end - DELETED.length, end, DELETED, 0, DELETED.length);
      String path = path(deleted ? end - DELETED.length : end);
      return new Mapping(
          start, stop, permissions, fileOffset, major << 32 | minor, inode, path, deleted);
    }

    /// A number and the character behind it, which may be missing at the end of the line.
    private long number(int radix, char behind) {
      long value = 0;
      int first = at;
      while (at < end) {
        int digit = Character.digit(text[at], radix);
        if (digit < 0) {
          break;
        }
        value = value * radix + digit;
        at++;
      }
      if (at == first || at - first > 20 || (at < end && text[at] != behind)) {
        broken = true;
      }
      at++;
      return value;
    }

    private String path(int pathEnd) {
      if (at >= pathEnd) {
        return "";
      }
      byte[] bytes = new byte[pathEnd - at];
      int length = 0;
      while (at < pathEnd) {
        if (text[at] == '\\'
            && pathEnd - at >= 4
            && text[at + 1] == '0'
            && text[at + 2] == '1'
            && text[at + 3] == '2') {
          bytes[length++] = '\n';
          at += 4;
        } else {
          bytes[length++] = text[at++];
        }
      }
      return ByteText.decode(bytes, 0, length);
    }
  }
}
