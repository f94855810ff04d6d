package trapline.kernel;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import trapline.abi.EditDistance;
import trapline.abi.Suggestion;
import trapline.abi.SyscallTable;
import trapline.model.Abi;

/// Finds the calls that someone means by a name, an entry point or a number.
public final class SyscallFinder {
  /// What was found.
  public sealed interface Answer {}

  /// Calls of one ABI; several when a name has several rows, or rows share an entry point.
  ///
  /// @param abi the asked one, or the one that the number says
  public record Found(Abi abi, List<SyscallRow> rows) implements Answer {
    public Found {
      rows = List.copyOf(rows);
    }
  }

  /// Nothing.
  ///
  /// @param sentence why, and what may have been meant; without its full stop
  public record Absent(String sentence) implements Answer {}

  /// What the wrappers of `SYSCALL_DEFINE` put before an entry point's name, besides what the
  /// dispatch calls (`include/linux/syscalls.h`, `arch/x86/include/asm/syscall_wrapper.h`).
  private static final List<String> WRAPPERS = List.of("__do_", "__se_");

  private final KernelIndexSet set;
  private final KernelIndex index;
  private final Abi abi;
  private final List<SyscallRow> own;

  /// @param index of the set, the one to search
  public SyscallFinder(KernelIndexSet set, KernelIndex index, Abi abi) {
    this.set = set;
    this.index = index;
    this.abi = abi;
    this.own = index.rows(abi);
  }

  /// @param text `socket`, `sys_newstat`, `__x64_sys_socket`, `41`, `0x40000029`
  public Answer find(String text) {
    if (text.matches("[0-9]+|0[xX][0-9a-fA-F]+")) {
      return numbered(text);
    }
    List<SyscallRow> rows = named(index, abi, own, text);
    return rows.isEmpty() ? new Absent(absent(text)) : new Found(abi, rows);
  }

  private Answer numbered(String text) {
    boolean hex = text.startsWith("0x") || text.startsWith("0X");
    String digits = hex ? text.substring(2) : text;
    if (digits.length() <= 10) {
      long number = Long.parseLong(digits, hex ? 16 : 10);
      List<SyscallRow> found = numbered(abi, own, number);
      if (!found.isEmpty()) {
        return new Found(abi, found);
      }
      // 0x40000029 says itself that it is x32's.
      for (Abi other : index.abis()) {
        if (other.architecture().equals(abi.architecture())
            && other.offset() > 0
            && number >= other.offset()) {
          List<SyscallRow> rows = numbered(other, index.rows(other), number);
          if (!rows.isEmpty()) {
            return new Found(other, rows);
          }
        }
      }
    }
    return new Absent(
        "no " + abi.label() + " call " + text + " in " + index.version().release() + range());
  }

  /// The numbers that there are, for who looks for one beyond them.
  private String range() {
    List<SyscallRow> rows = own;
    return rows.isEmpty()
        ? ""
        : "; its table goes from "
            + abi.passedText(rows.getFirst().number())
            + " to "
            + abi.passedText(rows.getLast().number())
            + (rows.size() == rows.getLast().number() + 1 ? "" : " with gaps");
  }

  private static List<SyscallRow> numbered(Abi of, List<SyscallRow> rows, long number) {
    List<SyscallRow> found = new ArrayList<>(1);
    for (SyscallRow row : rows) {
      if (of.passed(row.number()) == number) {
        found.add(row);
      }
    }
    for (SyscallRow row : found.isEmpty() ? rows : List.<SyscallRow>of()) {
      if (row.number() == number) {
        found.add(row);
      }
    }
    return found;
  }

  /// The rows of that name; else those that it is the entry point of.
  private static List<SyscallRow> named(
      KernelIndex index, Abi abi, List<SyscallRow> rows, String text) {
    List<SyscallRow> found = new ArrayList<>(1);
    for (SyscallRow row : rows) {
      if (row.name().equals(text)) {
        found.add(row);
      }
    }
    if (!found.isEmpty()) {
      return found;
    }
    String entry = text;
    for (String wrapper : WRAPPERS) {
      entry = entry.startsWith(wrapper) ? entry.substring(wrapper.length()) : entry;
    }
    for (SyscallRow row : rows) {
      if (row.entry().equals(entry)
          || row.compat().equals(entry)
          || index.symbol(abi, row).equals(text)) {
        found.add(row);
      }
    }
    return found;
  }

  private String absent(String text) {
    String what = "no " + abi.label() + " call " + text + " in " + index.version().release();
    String elsewhere = versions(text) + abis(text);
    if (!elsewhere.isEmpty()) {
      List<Suggestion> instead = instead(text, names());
      return what + (instead.isEmpty() ? "" : "; " + instead.getFirst().note()) + elsewhere;
    }
    StringBuilder sentence = new StringBuilder("no such call: ").append(text);
    List<Suggestion> near = suggestions(text);
    if (near.isEmpty()) {
      return sentence.append("; trapline syscalls lists them").toString();
    }
    if (near.getFirst().name().isEmpty()) {
      return sentence.append(" (").append(near.getFirst().note()).append(')').toString();
    }
    sentence.append("; did you mean ");
    for (int i = 0; i < near.size(); i++) {
      sentence
          .append(i == 0 ? "" : i == near.size() - 1 ? " or " : ", ")
          .append(near.get(i).name());
    }
    sentence.append('?');
    if (!near.getFirst().note().isEmpty()) {
      sentence.append(" (").append(near.getFirst().note()).append(')');
    }
    return sentence.toString();
  }

  /// The other versions whose table of this ABI has the call, if any.
  private String versions(String text) {
    List<String> having = new ArrayList<>();
    for (int i = 0; i < set.versions().size(); i++) {
      if (set.index(i) != index
          && !named(set.index(i), abi, set.index(i).rows(abi), text).isEmpty()) {
        having.add(set.versions().get(i).release());
      }
    }
    if (having.isEmpty()) {
      return "";
    }
    String first = having.getFirst();
    return having.size() == 1
        ? "; " + first + " has it"
        : "; " + first + " to " + having.getLast() + " have it";
  }

  /// The other ABIs of this version that have the call, if any.
  private String abis(String text) {
    List<String> having = new ArrayList<>();
    for (Abi other : index.abis()) {
      List<SyscallRow> rows =
          other.equals(abi) ? List.of() : named(index, other, index.rows(other), text);
      if (!rows.isEmpty()) {
        having.add(other.label() + " (" + other.passedText(rows.getFirst().number()) + ")");
      }
    }
    if (having.isEmpty()) {
      return "";
    }
    int shown = Math.min(4, having.size());
    int more = having.size() - shown;
    return "; "
        + String.join(", ", having.subList(0, shown))
        + (more == 0 ? "" : " and " + more + " more")
        + (having.size() == 1 ? " has it: --arch " : " have it: --arch ")
        + having.getFirst().substring(0, having.getFirst().indexOf(' '));
  }

  private Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    for (SyscallRow row : own) {
      names.add(row.name());
    }
    return names;
  }

  /// What glibc's function of that name calls here.
  private static List<Suggestion> instead(String text, Set<String> names) {
    List<Suggestion> calls = new ArrayList<>();
    for (Suggestion suggestion : SyscallTable.of(Abi.NATIVE).libcEquivalents(text)) {
      if (suggestion.name().isEmpty() || names.contains(suggestion.name())) {
        calls.add(suggestion);
      }
    }
    return calls;
  }

  private List<Suggestion> suggestions(String text) {
    Set<String> names = names();
    List<Suggestion> near = instead(text, names);
    if (near.isEmpty()) {
      for (String name : EditDistance.nearest(text, names)) {
        near.add(new Suggestion(name, ""));
      }
    }
    return near;
  }
}
