package trapline.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import trapline.bytes.BytePattern;

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

  /// The kernel hands out a page at once; what asks for more is given memory of its own each time.
  private static final int PIECE = 8 << 10;

  /// Up to so many names are looked for one after the other, which passes over most of the bytes.
  private static final int FEW = 3;

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

    /// The names, when there are few.
    private final List<BytePattern> patterns = new ArrayList<>();

    private final Map<String, Symbol> found = new HashMap<>();
    private boolean anyAddress;
    private boolean anyLine;

    Search(Set<String> names) {
      this.names = names;
      this.hashes = hashes(names);
      if (names.size() <= FEW && !names.contains("")) {
        names.forEach(name -> patterns.add(new BytePattern(name)));
      }
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
      int got = list.read(buffer, 0, PIECE);
      while (got >= 0) {
        int end = kept + got;
        int start = 0;
        if (overlong) {
          start = newline(buffer, 0, end) + 1;
          overlong = start == 0;
        }
        int stop = overlong ? -1 : lastNewline(buffer, start, end);
        if (stop >= 0) {
          lines(buffer, start, stop);
          if (found.size() == names.size()) {
            return result();
          }
          start = stop + 1;
        } else if (overlong) {
          start = end;
        }
        kept = end - start;
        if (kept == buffer.length) {
          overlong = true;
          kept = 0;
        }
        System.arraycopy(buffer, start, buffer, 0, kept);
        got = list.read(buffer, kept, Math.min(PIECE, buffer.length - kept));
      }
      if (!overlong) {
        line(buffer, 0, kept);
      }
      return result();
    }

    private static int lastNewline(byte[] buffer, int start, int end) {
      int i = end - 1;
      while (i >= start && buffer[i] != '\n') {
        i--;
      }
      return i < start ? -1 : i;
    }

    /// Takes whole lines.
    ///
    /// @param end the newline that ends the last
    private void lines(byte[] text, int start, int end) {
      if (patterns.isEmpty()) {
        int at = start;
        do {
          int stop = newline(text, at, end + 1);
          line(text, at, stop);
          at = stop + 1;
        } while (at <= end && found.size() < names.size());
        return;
      }
      for (BytePattern pattern : patterns) {
        int at = pattern.indexIn(text, start, end);
        while (at >= 0) {
          line(text, beginning(text, start, at), newline(text, at, end + 1));
          at = pattern.indexIn(text, at + pattern.length(), end);
        }
      }
      if (!anyAddress) {
        line(text, beginning(text, start, end), end); // one of many tells whether they are hidden
      }
    }

    /// Where the line begins that `at` lies in.
    private static int beginning(byte[] text, int start, int at) {
      int before = lastNewline(text, start, at);
      return before < 0 ? start : before + 1;
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
