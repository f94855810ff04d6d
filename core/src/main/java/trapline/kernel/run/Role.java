package trapline.kernel.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Parts that kernel functions play in a run, as the table `roles.txt` beside this class has them.
/// A function may play several.
enum Role {
  /// The entry of an interrupt, which has nothing to do with the call that it falls into.
  INTERRUPT,
  /// The entry of an exception, which an instruction of the call brought about.
  EXCEPTION,
  /// Lets the kernel survive an exception of its own that it had foreseen.
  FIXUP,
  /// Code that belongs to whoever jumps to it or calls it, such as return thunks.
  PART,
  /// A jump pad that stands for the function it leads to.
  THUNK,
  /// The function of a call.
  ENTRY,
  /// Answers for calls that the kernel does not have.
  ABSENT,
  /// Runs a seccomp filter.
  SECCOMP,
  /// Copies from or to the program's memory.
  COPY,
  /// Runs soft interrupts.
  SOFTIRQ,
  /// Goes from one thread's stack to another's.
  SWITCH,
  /// Says nothing of the call that it runs for.
  NOISE;

  private static final class Table {
    static final Map<Role, Names> NAMES = read();

    private Table() {}

    private static Map<Role, Names> read() {
      Map<Role, Names> names = new EnumMap<>(Role.class);
      for (Role role : values()) {
        names.put(role, new Names());
      }
      for (String line : text().split("\n")) {
        int tab = line.indexOf('\t');
        if (tab > 0 && line.charAt(0) != '#') {
          Role role = valueOf(line.substring(0, tab).toUpperCase(Locale.ROOT));
          names.getOrDefault(role, new Names()).add(line.substring(tab + 1));
        }
      }
      return names;
    }

    private static String text() {
      try (InputStream in = Role.class.getResourceAsStream("roles.txt")) {
        if (in == null) {
          throw new IllegalStateException("the table roles.txt is not part of this build");
        }
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException("the table roles.txt cannot be read", e);
      }
    }
  }

  /// A set of names and of patterns with one `*` for any text.
  private static final class Names {
    private final Set<String> whole = new HashSet<>();
    private String[] heads = {};
    private String[] tails = {};

    void add(String pattern) {
      int star = pattern.indexOf('*');
      if (star < 0) {
        whole.add(pattern);
        return;
      }
      heads = Arrays.copyOf(heads, heads.length + 1);
      tails = Arrays.copyOf(tails, heads.length);
      heads[heads.length - 1] = pattern.substring(0, star);
      tails[heads.length - 1] = pattern.substring(star + 1);
    }

    boolean hold(String name) {
      if (whole.contains(name)) {
        return true;
      }
      for (int i = 0; i < heads.length; i++) {
        if (name.startsWith(heads[i])
            && name.endsWith(tails[i])
            && name.length() >= heads[i].length() + tails[i].length()) {
          return true;
        }
      }
      return false;
    }
  }

  /// Whether a function plays this part, by its name without the compiler's suffixes.
  boolean holds(String function) {
    Names names = Table.NAMES.get(this);
    return names != null && names.hold(function);
  }
}
