package trapline.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The symbols of the running kernel that were asked for, out of `/proc/kallsyms`: lines `address
/// type name [module]` (`kernel/kallsyms.c`, `s_show`). Immutable.
public final class Kallsyms {
  /// A symbol.
  ///
  /// @param address 0 when the kernel hides addresses
  /// @param type nm(1)'s letter: `T`, `t`, `W` (weak: the stand-in of a call that is not built in)
  public record Symbol(String name, long address, char type) {}

  /// Linux's `KSYM_NAME_LEN`.
  private static final int MAX_NAME = 512;

  private static final int BUFFER = 64 << 10;

  private final Map<String, Symbol> found;
  private final boolean hidden;
  private final String unavailable;

  private Kallsyms(Map<String, Symbol> found, boolean hidden, String unavailable) {
    this.found = found;
    this.hidden = hidden;
    this.unavailable = unavailable;
  }

  /// The list could not be read.
  ///
  /// @param why such as `/proc/kallsyms: Permission denied`
  public static Kallsyms unavailable(String why) {
    return new Kallsyms(Map.of(), false, why);
  }

  /// Reads the list and keeps only the wanted symbols; nothing else is stored. It stops as soon as
  /// all of them were found. Of symbols of one name the first counts: the kernel's own come before
  /// those of modules. Lines that do not follow the format are passed over.
  public static Kallsyms search(InputStream list, Set<String> names) throws IOException {
    return new Search(names).run(list);
  }

  private static final class Search {
    private final Set<String> names;
    private final int[] hashes;
    private final Map<String, Symbol> found = new HashMap<>();
    private boolean anyAddress;
    private boolean anyLine;

    Search(Set<String> names) {
      this.names = names;
      this.hashes = hashes(names);
    }

    private static int[] hashes(Set<String> names) {
      int[] hashes = new int[names.size()];
      int at = 0;
      for (String name : names) {
        hashes[at++] = hash(name);
      }
      Arrays.sort(hashes);
      return hashes;
    }

    Kallsyms run(InputStream list) throws IOException {
      byte[] buffer = new byte[BUFFER];
      int kept = 0;
      boolean overlong = false;
      int got = list.read(buffer, 0, buffer.length);
      while (got >= 0) {
        int end = kept + got;
        int start = 0;
        for (int stop = newline(buffer, kept, end); stop >= 0; stop = newline(buffer, start, end)) {
          if (!overlong) {
            line(buffer, start, stop);
            if (found.size() == names.size()) {
              return result();
            }
          }
          overlong = false;
          start = stop + 1;
        }
        kept = end - start;
        if (kept == buffer.length) {
          overlong = true;
          kept = 0;
        }
        System.arraycopy(buffer, start, buffer, 0, kept);
        got = list.read(buffer, kept, buffer.length - kept);
      }
      if (!overlong) {
        line(buffer, 0, kept);
      }
      return result();
    }

    private static int newline(byte[] buffer, int start, int end) {
      for (int i = start; i < end; i++) {
        if (buffer[i] == '\n') {
          return i;
        }
      }
      return -1;
    }

    private Kallsyms result() {
      return new Kallsyms(found, anyLine && !anyAddress, "");
    }

    /// Takes a line such as `ffffffff81000000 T _text`. There are more than 100 000, and few are
    /// wanted.
    private void line(byte[] text, int start, int end) {
      int at = start;
      while (at < end && text[at] > ' ') {
        at++;
      }
      int first = at + 3;
      if (at == start || first >= end || text[at] != ' ' || text[at + 2] != ' ') {
        return;
      }
      int last = first;
      int hash = 0;
      for (; last < end && text[last] != ' ' && text[last] != '\t'; last++) {
        hash = hash * 31 + (text[last] & 0xff);
      }
      anyLine = true;
      if (!anyAddress) {
        anyAddress = address(text, start, at) != 0;
      }
      if (Arrays.binarySearch(hashes, hash) >= 0 && last - first <= MAX_NAME) {
        String name = new String(text, first, last - first, StandardCharsets.UTF_8);
        if (names.contains(name)) {
          char type = (char) text[at + 1];
          found.putIfAbsent(name, new Symbol(name, address(text, start, at), type));
        }
      }
    }

    private static long address(byte[] text, int start, int end) {
      long address = 0;
      for (int i = start; i < end; i++) {
        address = address << 4 | (Character.digit(text[i], 16) & 0xf);
      }
      return address;
    }

    private static int hash(String text) {
      int hash = 0;
      for (byte c : text.getBytes(StandardCharsets.UTF_8)) {
        hash = hash * 31 + (c & 0xff);
      }
      return hash;
    }
  }

  public Optional<Symbol> symbol(String name) {
    return Optional.ofNullable(found.get(name));
  }

  /// Whether the kernel shows every address as 0 (`kernel.kptr_restrict`).
  public boolean hidden() {
    return hidden;
  }

  /// Why the list could not be read; empty when it was.
  public String whyUnavailable() {
    return unavailable;
  }
}
