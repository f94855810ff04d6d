package trapline.abi;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import trapline.model.Abi;

/// The system calls of one ABI. Immutable; loaded once, on first use. A call's signature is built
/// when it is first asked for.
///
/// Numbers, names and types are those of Linux 6.12 (`arch/x86/entry/syscalls/syscall_64.tbl` and
/// `syscall_32.tbl`, `SYSCALL_DEFINE`), and of later kernels for calls that came later.
public final class SyscallTable {
  private static final int LARGEST = 4096;

  /// By [Abi#index()], made when they are first asked for.
  private static final AtomicReferenceArray<@Nullable SyscallTable> TABLES =
      new AtomicReferenceArray<>(Abi.all().size());

  private final Abi abi;
  private final String text;

  /// Where each row starts, by its place in the table.
  private final int[] starts;

  /// The place of each number's row, or -1.
  private final int[] rowOfNumber;

  private final Map<String, Integer> rowOfName;
  private final AtomicReferenceArray<@Nullable SyscallSignature> signatures;

  private SyscallTable(Abi abi, String resource) {
    this.abi = abi;
    this.text = Resource.read(resource);
    this.rowOfName = new HashMap<>(1024);
    int[] starts = new int[512];
    int[] rows = new int[LARGEST];
    java.util.Arrays.fill(rows, -1);
    int count = 0;
    Resource.Lines lines = Resource.lines(text);
    while (lines.advance()) {
      if (count == starts.length) {
        starts = java.util.Arrays.copyOf(starts, count * 2);
      }
      starts[count] = lines.start();
      rows[Integer.parseInt(lines.field(0))] = count;
      rowOfName.put(lines.field(1), count);
      count++;
    }
    this.starts = java.util.Arrays.copyOf(starts, count);
    this.rowOfNumber = rows;
    this.signatures = new AtomicReferenceArray<>(count);
  }

  /// The table of an ABI that is traced.
  public static SyscallTable of(Abi abi) {
    SyscallTable table = TABLES.get(abi.index());
    return table == null ? read(abi) : table;
  }

  private static synchronized SyscallTable read(Abi abi) {
    SyscallTable table = TABLES.get(abi.index());
    if (table == null) {
      if (!abi.isTraced()) {
        throw new IllegalArgumentException("no signatures of calls of " + abi);
      }
      table = new SyscallTable(abi, "syscalls-" + abi.label() + ".txt");
      TABLES.set(abi.index(), table);
    }
    return table;
  }

  public Abi abi() {
    return abi;
  }

  /// The call of that number, or `null` when the number has none.
  ///
  /// @param number as the program passes it; for x32 with or without bit 30
  public @Nullable SyscallSignature byNumber(long number) {
    long index = number & ~abi.offset();
    if (index < 0 || index >= rowOfNumber.length || rowOfNumber[(int) index] < 0) {
      return null;
    }
    return signature(rowOfNumber[(int) index]);
  }

  /// The call of that name, or `null` when there is none.
  public @Nullable SyscallSignature byName(String name) {
    Integer row = rowOfName.get(name);
    return row == null ? null : signature(row);
  }

  /// The name of the call, or `syscall_0x1ff` when the number has none, with the number as the
  /// program passes it.
  public String nameOf(long number) {
    SyscallSignature signature = byNumber(number);
    long passed = number | abi.offset();
    return signature == null ? "syscall_0x" + Long.toHexString(passed) : signature.name();
  }

  /// Every call of this ABI, by ascending number.
  public List<SyscallSignature> all() {
    List<SyscallSignature> all = new ArrayList<>(starts.length);
    for (int row : rowOfNumber) {
      if (row >= 0) {
        all.add(signature(row));
      }
    }
    return Collections.unmodifiableList(all);
  }

  private SyscallSignature signature(int row) {
    SyscallSignature known = signatures.get(row);
    if (known == null) {
      known = parse(row);
      signatures.set(row, known);
    }
    return known;
  }

  private SyscallSignature parse(int row) {
    int end = text.indexOf('\n', starts[row]);
    String[] fields = text.substring(starts[row], end < 0 ? text.length() : end).split("\t", -1);
    long number = Long.parseLong(fields[0]) | abi.offset();
    if (fields[2].startsWith("=")) {
      SyscallSignature same = of(Abi.NATIVE).byName(fields[2].substring(1));
      if (same == null) {
        throw new IllegalStateException("no call " + fields[2] + " for " + abi + " " + fields[1]);
      }
      return new SyscallSignature(
          abi, fields[1], number, same.parameters(), same.result(), same.since());
    }
    List<Parameter> parameters = new ArrayList<>(6);
    for (int i = 4; i < fields.length; i++) {
      int colon = fields[i].indexOf(": ");
      int space = fields[i].lastIndexOf(' ', colon);
      FormatChoice.Choice choice = FormatChoice.choice(fields[i].substring(colon + 2));
      parameters.add(
          new Parameter(
              fields[i].substring(space + 1, colon),
              fields[i].substring(0, space),
              choice.phase(),
              choice.format()));
    }
    return new SyscallSignature(
        abi, fields[1], number, parameters, ArgFormat.parse(fields[2]), fields[3]);
  }

  /// What `name` may have been meant for, best first: calls that a libc function of that name
  /// makes, then calls of similar spelling. Empty when nothing is near.
  public List<Suggestion> nearest(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    List<Suggestion> found = new ArrayList<>(libcEquivalents(wanted));
    if (!found.isEmpty()) {
      return List.copyOf(found);
    }
    for (String known : EditDistance.nearest(wanted, rowOfName.keySet())) {
      found.add(new Suggestion(known, ""));
    }
    return List.copyOf(found);
  }

  /// The calls that glibc's function `name` makes in place of, or besides, a call of its own name:
  /// `open` gives `openat`, `fork` gives `clone`. A name such as `strlen`, which makes no call at
  /// all, gives one suggestion with an empty name and the reason as its note. Empty when the name
  /// is none of these.
  public List<Suggestion> libcEquivalents(String name) {
    List<Suggestion> found = new ArrayList<>();
    Resource.Lines lines = Resource.lines(Resource.read("libc.txt"));
    while (lines.advance()) {
      if (lines.field(0).equals(name)) {
        for (String call : lines.field(1).split(" ", -1)) {
          if (rowOfName.containsKey(call) || call.isEmpty()) {
            found.add(new Suggestion(call, lines.field(2)));
          }
        }
      }
    }
    return List.copyOf(found);
  }
}
