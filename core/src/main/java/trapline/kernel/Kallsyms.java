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
    private final byte[] name = new byte[MAX_NAME];
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
      int field = 0;
      long address = 0;
      char type = 0;
      int length = 0;
      int hash = 0;
      int got = list.read(buffer, 0, buffer.length);
      while (got >= 0) {
        for (int i = 0; i < got; i++) {
          int c = buffer[i] & 0xff;
          if (c == '\n') {
            if (field >= 2) {
              line(address, type, length, hash);
              if (found.size() == names.size()) {
                return result();
              }
            }
            field = 0;
            address = 0;
            length = 0;
            hash = 0;
          } else if (c == ' ' || c == '\t') {
            field++;
          } else if (field == 0) {
            address = address << 4 | (Character.digit(c, 16) & 0xf);
          } else if (field == 1) {
            type = (char) c;
          } else if (field == 2 && length < MAX_NAME) {
            name[length++] = (byte) c;
            hash = hash * 31 + c;
          }
        }
        got = list.read(buffer, 0, buffer.length);
      }
      if (field >= 2) {
        line(address, type, length, hash);
      }
      return result();
    }

    private Kallsyms result() {
      return new Kallsyms(found, anyLine && !anyAddress, "");
    }

    private void line(long address, char type, int length, int hash) {
      anyLine = true;
      anyAddress |= address != 0;
      if (Arrays.binarySearch(hashes, hash) >= 0) {
        String text = new String(name, 0, length, StandardCharsets.UTF_8);
        if (names.contains(text)) {
          found.putIfAbsent(text, new Symbol(text, address, type));
        }
      }
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
