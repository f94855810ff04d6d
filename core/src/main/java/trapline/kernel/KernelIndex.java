package trapline.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.kernel.SyscallDefinition.Parameter;
import trapline.model.Abi;
import trapline.model.Place;

/// The facts of one kernel's source about its system calls. Immutable, and safe for use by many
/// threads.
///
/// An index is used as the bytes of its file: nothing is decoded before it is asked for. The file
/// is little-endian: the eight letters `TRAPKIDX`, then 32-bit words: the format's number, the
/// number of sections, and offset and length in bytes of each. The sections are the head (version,
/// and for each ABI prefix and entry path), the rows of the 64-bit and of the 32-bit table by
/// number, the entry points by name, declarations, definitions, the configuration, lists, the
/// strings' offsets and the strings. All but the last hold records of 32-bit words; a string is its
/// number, a list the index of the word that holds its length.
public final class KernelIndex {
  static final String MAGIC = "TRAPKIDX";
  static final int FORMAT = 1;
  static final int HEADER = 16;

  private static final int SECTIONS = 10;
  private static final int HEAD = 36;
  private static final int ROW = 32;
  private static final int ENTRY = 24;
  private static final int DECLARATION = 16;
  private static final int DEFINITION = 32;
  private static final int SETTING = 8;
  private static final int X32_BIT = 0x4000_0000;
  private static final int MAX_LIST = 4096;
  private static final String EMBEDDED = "kernel-index.bin";

  private final Bytes file;
  private final Bytes head;
  private final Bytes rows64;
  private final Bytes rows32;
  private final Bytes entries;
  private final Bytes declarations;
  private final Bytes definitions;
  private final Bytes settings;
  private final Bytes lists;
  private final Bytes stringOffsets;
  private final Bytes text;
  private final KernelVersion version;

  /// Read when it is first needed; reading it twice gives the same.
  private volatile @Nullable KernelConfig usual;

  private KernelIndex(Bytes file) {
    this.file = file;
    this.head = section(0, HEAD);
    this.rows64 = section(1, ROW);
    this.rows32 = section(2, ROW);
    this.entries = section(3, ENTRY);
    this.declarations = section(4, DECLARATION);
    this.definitions = section(5, DEFINITION);
    this.settings = section(6, SETTING);
    this.lists = section(7, 4);
    this.stringOffsets = section(8, 4);
    this.text = section(9, 1);
    this.version = new KernelVersion(string(head, 0), string(head, 4), string(head, 8));
  }

  private static final class Embedded {
    private static final KernelIndex INDEX = load();

    private static KernelIndex load() {
      try (InputStream in = KernelIndex.class.getResourceAsStream(EMBEDDED)) {
        if (in == null) {
          throw new IllegalStateException("the resource " + EMBEDDED + " is missing");
        }
        return read(Bytes.of("embedded kernel index", in.readAllBytes()));
      } catch (IOException e) {
        throw new IllegalStateException("the resource " + EMBEDDED + " cannot be read", e);
      }
    }
  }

  /// The index that comes with Trapline: Linux 6.12 as Debian ships it, x86-64. Read on first use.
  public static KernelIndex embedded() {
    return Embedded.INDEX;
  }

  /// Reads what [#write] wrote.
  ///
  /// What is wrong inside a record is found when the record is asked for, and thrown then.
  ///
  /// @throws trapline.model.MalformedBinary when it is something else or was made by another
  /// version
  public static KernelIndex read(Bytes file) {
    byte[] magic = file.copy(0, Math.min(MAGIC.length(), file.size()));
    for (int i = 0; i < MAGIC.length(); i++) {
      if (i >= magic.length || magic[i] != MAGIC.charAt(i)) {
        throw file.malformed(0, "not a kernel index");
      }
    }
    long format = file.u32(8);
    if (format != FORMAT) {
      throw file.malformed(
          8, "a kernel index of format " + format + "; this version reads format " + FORMAT);
    }
    if (file.u32(12) != SECTIONS) {
      throw file.malformed(12, "a kernel index has " + SECTIONS + " sections");
    }
    return new KernelIndex(file);
  }

  /// Makes an index of what was found in one source.
  ///
  /// @param origin what the user named: the folder's or the tarball's path
  public static KernelIndex of(String origin, IndexContent content) {
    return read(Bytes.of("index of " + origin, IndexWriter.write(content)));
  }

  /// The index as a file.
  public byte[] write() {
    return file.copy(0, file.size());
  }

  public KernelVersion version() {
    return version;
  }

  /// How the running kernel relates to this index.
  ///
  /// @param release as `uname -r` says it
  /// @param build as `uname -v` says it; may be empty
  public VersionMatch match(String release, String build) {
    return VersionMatch.of(version, release, build);
  }

  /// The rows of this ABI, by number: of `syscall_64.tbl` those of the ABIs `common` and `64`, or
  /// `common` and `x32`; for i386 all of `syscall_32.tbl`.
  public List<SyscallRow> rows(Abi abi) {
    Bytes table = table(abi);
    List<SyscallRow> rows = new ArrayList<>(table.size() / ROW);
    for (int at = 0; at < table.size(); at += ROW) {
      SyscallRow row = row(table, at);
      if (belongs(row, abi)) {
        rows.add(row);
      }
    }
    return rows;
  }

  /// All that the source says about a number, with the configuration that is usual for the
  /// architecture deciding between definitions.
  ///
  /// @param number as the program passes it; for x32 with or without `0x40000000`
  /// @return empty when the table has no such row
  public Optional<SyscallFacts> facts(Abi abi, long number) {
    Optional<SyscallRow> row = row(abi, number);
    return row.isEmpty()
        ? Optional.empty()
        : Optional.of(facts(abi, row.get(), usualConfig(), false));
  }

  /// The same, with the running kernel's configuration deciding, which can also rule out every
  /// definition.
  ///
  /// @param config where it is [KernelConfig#unknown], the usual configuration is used
  public Optional<SyscallFacts> facts(Abi abi, long number, KernelConfig config) {
    return facts(abi, number, config, true);
  }

  /// The same.
  ///
  /// @param ownSource whether the configuration belongs to a kernel of this source's series: that
  /// of
  ///     another may know nothing of its symbols, and cannot rule out every definition
  Optional<SyscallFacts> facts(Abi abi, long number, KernelConfig config, boolean ownSource) {
    Optional<SyscallRow> row = row(abi, number);
    if (row.isEmpty() || !config.isComplete()) {
      return facts(abi, number);
    }
    return Optional.of(facts(abi, row.get(), config.or(usualConfig()), ownSource));
  }

  /// The same for a name of the table.
  public Optional<SyscallFacts> named(Abi abi, String name) {
    for (SyscallRow row : rows(abi)) {
      if (row.name().equals(name)) {
        return Optional.of(facts(abi, row, usualConfig(), false));
      }
    }
    return Optional.empty();
  }

  /// The row of a number, without looking up what belongs to it.
  public Optional<SyscallRow> row(Abi abi, long number) {
    int wanted = (int) number; // the entry code takes the low half of rax
    if (abi == Abi.X32) {
      wanted &= ~X32_BIT;
    }
    Bytes table = table(abi);
    int low = 0;
    int high = table.size() / ROW;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (table.i32((long) middle * ROW) < wanted) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    for (int at = low * ROW; at < table.size() && table.i32(at) == wanted; at += ROW) {
      SyscallRow row = row(table, at);
      if (belongs(row, abi)) {
        return Optional.of(row);
      }
    }
    return Optional.empty();
  }

  /// From the trap to this ABI's dispatch, without the call's own entry point.
  public EntryPath entryPath(Abi abi) {
    long at = headOf(abi);
    int[] words = list(head.i32(at + 4));
    List<EntryPath.Stage> stages = new ArrayList<>(words.length / 4);
    for (int i = 0; i + 3 < words.length; i += 4) {
      stages.add(
          new EntryPath.Stage(
              string(words[i]), new Place(string(words[i + 1]), words[i + 2]), words[i + 3] != 0));
    }
    return new EntryPath(stages);
  }

  /// The configuration that decides between definitions when nothing is known of the running one:
  /// what `make defconfig` gives for the architecture.
  public KernelConfig usualConfig() {
    KernelConfig known = usual;
    if (known == null) {
      known = readSettings();
      usual = known;
    }
    return known;
  }

  private KernelConfig readSettings() {
    Map<String, KernelConfig.Value> values = new HashMap<>();
    for (int at = 0; at < settings.size(); at += SETTING) {
      long code = settings.u32(at + 4);
      KernelConfig.Value value = KernelConfig.ofCode(code);
      if (value == null) {
        throw settings.malformed(at + 4, "no such setting: " + code);
      }
      values.put(string(settings, at), value);
    }
    return new KernelConfig(values, false);
  }

  /// Every definition in the index, by entry point.
  public List<SyscallDefinition> definitions() {
    List<SyscallDefinition> all = new ArrayList<>();
    for (int at = 0; at < entries.size(); at += ENTRY) {
      all.addAll(definitions(at));
    }
    return all;
  }

  /// Every declaration in the index, by entry point.
  public List<SyscallDeclaration> declarations() {
    List<SyscallDeclaration> all = new ArrayList<>();
    for (int at = 0; at < entries.size(); at += ENTRY) {
      all.addAll(declarations(at));
    }
    return all;
  }

  /// The function that the dispatch calls for a row.
  String symbol(Abi abi, SyscallRow row) {
    String entry = entry(abi, row);
    // What the table generator puts in the place of an entry point that is not there.
    return string(head, headOf(abi)) + (entry.isEmpty() ? "sys_ni_syscall" : entry);
  }

  private static String entry(Abi abi, SyscallRow row) {
    return abi == Abi.I386 && !row.compat().isEmpty() ? row.compat() : row.entry();
  }

  private SyscallFacts facts(Abi abi, SyscallRow row, KernelConfig config, boolean strict) {
    String entry = entry(abi, row);
    int at = entry.isEmpty() ? -1 : entryAt(entry);
    List<SyscallDeclaration> declared = at < 0 ? new ArrayList<>() : declarations(at);
    List<SyscallDeclaration> others = takeOthers(declared, config);
    boolean optional = at >= 0 && entries.u32(at + 20L) != 0;
    List<SyscallDefinition> possible = new ArrayList<>(1);
    List<SyscallDefinition> ruledOut = new ArrayList<>(0);
    for (SyscallDefinition definition : at < 0 ? List.<SyscallDefinition>of() : definitions(at)) {
      (isPossible(definition, config) ? possible : ruledOut).add(definition);
    }
    if (possible.isEmpty() && !strict) {
      // A configuration that is only usual cannot say that there is nothing.
      possible.addAll(ruledOut);
      ruledOut.clear();
    }
    SyscallState state;
    if (entry.isEmpty()) {
      state = SyscallState.RESERVED;
    } else if (entry.equals("sys_ni_syscall")) {
      state = SyscallState.NOT_IMPLEMENTED;
      possible.clear(); // it has definitions, which implement nothing
    } else if (possible.isEmpty()) {
      state = ruledOut.isEmpty() ? SyscallState.REMOVED : SyscallState.NOT_CONFIGURED;
    } else {
      state = possible.size() == 1 ? SyscallState.IMPLEMENTED : SyscallState.AMBIGUOUS;
    }
    return new SyscallFacts(
        abi,
        row,
        entry,
        symbol(abi, row),
        state,
        declared,
        others,
        possible,
        ruledOut,
        optional,
        entryPath(abi));
  }

  /// Removes the prototypes that the configuration speaks against more than against the others. All
  /// may stand in a branch that is not compiled: on x86 the prototypes of
  /// `include/linux/syscalls.h` are documentation, because the wrappers have their own
  /// (`CONFIG_ARCH_HAS_SYSCALL_WRAPPER`).
  private static List<SyscallDeclaration> takeOthers(
      List<SyscallDeclaration> declared, KernelConfig config) {
    int least = Integer.MAX_VALUE;
    for (SyscallDeclaration declaration : declared) {
      least = Math.min(least, refusals(declaration, config));
    }
    List<SyscallDeclaration> others = new ArrayList<>(0);
    for (SyscallDeclaration declaration : declared) {
      if (refusals(declaration, config) > least) {
        others.add(declaration);
      }
    }
    declared.removeAll(others);
    return others;
  }

  private static int refusals(SyscallDeclaration declaration, KernelConfig config) {
    int refusals = 0;
    for (String condition : declaration.conditions()) {
      refusals += Condition.evaluate(condition, config) == Condition.Truth.FALSE ? 1 : 0;
    }
    return refusals;
  }

  private static boolean isPossible(SyscallDefinition definition, KernelConfig config) {
    return Condition.isPossible(definition.conditions(), config)
        && Condition.isPossible(definition.gates(), config);
  }

  /// Where the head has an ABI's prefix and path; in the order of the writer.
  private static long headOf(Abi abi) {
    return 12
        + 8L
            * switch (abi) {
              case X86_64 -> 0;
              case X32 -> 1;
              case I386 -> 2;
            };
  }

  private Bytes table(Abi abi) {
    return abi == Abi.I386 ? rows32 : rows64;
  }

  private static boolean belongs(SyscallRow row, Abi abi) {
    return switch (abi) {
      case X86_64 -> row.tableAbi().equals("common") || row.tableAbi().equals("64");
      case X32 -> row.tableAbi().equals("common") || row.tableAbi().equals("x32");
      case I386 -> true;
    };
  }

  private SyscallRow row(Bytes table, int at) {
    return new SyscallRow(
        table.i32(at),
        string(table, at + 4),
        string(table, at + 8),
        string(table, at + 12),
        string(table, at + 16),
        table.u32(at + 20) != 0,
        new Place(string(table, at + 24), table.i32(at + 28)));
  }

  /// The entry point's record, or -1.
  private int entryAt(String name) {
    int low = 0;
    int high = entries.size() / ENTRY;
    while (low < high) {
      int middle = (low + high) >>> 1;
      int order = string(entries, (long) middle * ENTRY).compareTo(name);
      if (order == 0) {
        return middle * ENTRY;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return -1;
  }

  private List<SyscallDeclaration> declarations(int entry) {
    String name = string(entries, entry);
    int count = count(entry + 8);
    List<SyscallDeclaration> found = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long at = (entries.u32(entry + 4) + i) * DECLARATION;
      found.add(
          new SyscallDeclaration(
              name,
              string(declarations, at),
              new Place(string(declarations, at + 4), declarations.i32(at + 8)),
              strings(declarations.i32(at + 12))));
    }
    return found;
  }

  private List<SyscallDefinition> definitions(int entry) {
    String name = string(entries, entry);
    int count = count(entry + 16);
    List<SyscallDefinition> found = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long at = (entries.u32(entry + 12) + i) * DEFINITION;
      List<String> words = strings(definitions.i32(at + 20));
      List<Parameter> arguments = new ArrayList<>(words.size() / 2);
      for (int w = 0; w + 1 < words.size(); w += 2) {
        arguments.add(new Parameter(words.get(w), words.get(w + 1)));
      }
      found.add(
          new SyscallDefinition(
              name,
              string(definitions, at),
              string(definitions, at + 4),
              arguments,
              new Place(string(definitions, at + 8), definitions.i32(at + 12)),
              definitions.i32(at + 16),
              strings(definitions.i32(at + 24)),
              strings(definitions.i32(at + 28))));
    }
    return found;
  }

  private int count(long at) {
    long count = entries.u32(at);
    if (count > MAX_LIST) {
      throw entries.malformed(at, "too many of one entry point: " + count);
    }
    return (int) count;
  }

  private List<String> strings(int list) {
    int[] words = list(list);
    List<String> texts = new ArrayList<>(words.length);
    for (int word : words) {
      texts.add(string(word));
    }
    return texts;
  }

  private int[] list(int index) {
    long at = Integer.toUnsignedLong(index) * 4;
    long count = lists.u32(at);
    if (count > MAX_LIST) {
      throw lists.malformed(at, "a list too long: " + count);
    }
    int[] words = new int[(int) count];
    for (int i = 0; i < words.length; i++) {
      words[i] = lists.i32(at + 4 + 4L * i);
    }
    return words;
  }

  private String string(Bytes section, long at) {
    return string(section.i32(at));
  }

  private String string(int id) {
    long at = Integer.toUnsignedLong(id) * 4;
    long from = stringOffsets.u32(at);
    long to = stringOffsets.u32(at + 4);
    return new String(text.copy(from, to - from), java.nio.charset.StandardCharsets.UTF_8);
  }

  private Bytes section(int number, int record) {
    long at = HEADER + 8L * number;
    Bytes section = file.slice(file.u32(at), file.u32(at + 4));
    if (section.size() % record != 0) {
      throw file.malformed(at + 4, "section " + number + " is not made of whole records");
    }
    return section;
  }
}
