package trapline.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.kernel.SyscallDefinition.Parameter;
import trapline.model.Abi;
import trapline.model.Place;

/// The facts of one version of the kernel's source about its system calls, in an index file.
/// Immutable, and safe for use by many threads.
///
/// The file is used as its bytes: nothing is decoded before it is asked for. What is wrong inside a
/// record is found when the record is asked for, and thrown then as
/// [trapline.model.MalformedBinary].
public final class KernelIndex {
  private static final int MAX_OF_ONE = 4096;

  private final IndexFile file;
  private final int ordinal;
  private final KernelVersion version;

  /// Read when first needed; reading one twice gives the same.
  private final Map<String, KernelConfig> usual = new ConcurrentHashMap<>();

  private final Map<String, int[]> rowsOf = new ConcurrentHashMap<>();
  private final Map<String, DispatchNames> names = new ConcurrentHashMap<>();
  private volatile @Nullable List<IndexContent.Redirection> redirections;
  private volatile @Nullable FunctionIndex functions;

  KernelIndex(IndexFile file, int ordinal) {
    this.file = file;
    this.ordinal = ordinal;
    Bytes versions = file.section(IndexFile.VERSIONS);
    long at = (long) ordinal * IndexFile.VERSION_RECORD;
    this.version =
        new KernelVersion(
            file.string(versions, at),
            file.string(versions, at + 4),
            file.string(versions, at + 8),
            file.string(versions, at + 12));
  }

  /// Makes an index of what was found in one source.
  ///
  /// @param origin what the user named: the directory's or the tarball's path
  public static KernelIndex of(String origin, IndexContent content) {
    byte[] bytes = IndexWriter.write(List.of(content));
    return new KernelIndex(IndexFile.read(Bytes.of("index of " + origin, bytes)), 0);
  }

  /// The file that holds this index, with all versions that are in it.
  public byte[] write() {
    return file.bytes().copy(0, file.bytes().size());
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

  /// The numberings that this version has, in the order of listings.
  public List<Abi> abis() {
    List<Abi> abis = new ArrayList<>();
    Bytes numberings = file.section(IndexFile.NUMBERINGS);
    int size = file.recordSize(IndexFile.NUMBERINGS);
    for (int at = 0; at < numberings.size(); at += size) {
      if (numberings.u32(at + 8 + (long) IndexFile.NUMBERING_PART * ordinal) != 0) {
        Abi.named(file.string(numberings, at)).ifPresent(abis::add);
      }
    }
    return abis;
  }

  /// The rows of a numbering, by number; empty when this version has not got it.
  public List<SyscallRow> rows(Abi abi) {
    int[] places = rowPlaces(abi);
    List<SyscallRow> rows = new ArrayList<>(places.length);
    for (int at : places) {
      rows.add(row(at));
    }
    return rows;
  }

  /// All that the source says about a number, with the configuration that is usual for the
  /// architecture deciding between definitions.
  ///
  /// @param number as the program passes it; where the ABI has an offset, with or without it
  /// @return empty when the table has no such row
  public Optional<SyscallFacts> facts(Abi abi, long number) {
    return row(abi, number).map(row -> facts(abi, row));
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
  ///     of another may know nothing of its symbols, and cannot rule out every definition
  Optional<SyscallFacts> facts(Abi abi, long number, KernelConfig config, boolean ownSource) {
    Optional<SyscallRow> row = row(abi, number);
    if (row.isEmpty() || !config.isComplete()) {
      return row.map(found -> facts(abi, found));
    }
    KernelConfig all = config.or(usualConfig(abi.architecture()));
    return Optional.of(new SyscallSelection(this, abi, all, ownSource).facts(row.get()));
  }

  /// The facts of a row of [#rows], with a configuration of a kernel of this series deciding.
  ///
  /// @param config where it is [KernelConfig#unknown], the usual configuration is used
  public SyscallFacts facts(Abi abi, SyscallRow row, KernelConfig config) {
    if (!config.isComplete()) {
      return facts(abi, row);
    }
    KernelConfig all = config.or(usualConfig(abi.architecture()));
    return new SyscallSelection(this, abi, all, true).facts(row);
  }

  /// The facts of a row of [#rows].
  public SyscallFacts facts(Abi abi, SyscallRow row) {
    return new SyscallSelection(this, abi, usualConfig(abi.architecture()), false).facts(row);
  }

  /// The facts of a name of the table.
  public Optional<SyscallFacts> named(Abi abi, String name) {
    return row(abi, name).map(row -> facts(abi, row));
  }

  /// The first row of a name of the table.
  Optional<SyscallRow> row(Abi abi, String name) {
    Bytes rows = file.section(IndexFile.ROWS);
    for (int at : rowPlaces(abi)) {
      if (file.string(rows, at + 8).equals(name)) {
        return Optional.of(row(at));
      }
    }
    return Optional.empty();
  }

  /// The row of a number, without looking up what belongs to it.
  ///
  /// @param number as the program passes it; where the ABI has an offset, with or without it
  public Optional<SyscallRow> row(Abi abi, long number) {
    int wanted = (int) number; // the entry code takes the low half of the register
    wanted = abi.offset() > 0 && wanted >= abi.offset() ? wanted - abi.offset() : wanted;
    Bytes rows = file.section(IndexFile.ROWS);
    int[] places = rowPlaces(abi);
    int low = 0;
    int high = places.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (rows.i32(places[middle]) < wanted) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < places.length && rows.i32(places[low]) == wanted
        ? Optional.of(row(places[low]))
        : Optional.empty();
  }

  /// From each instruction that traps to this ABI's dispatch, without the call's own entry point;
  /// the usual instruction first. A path that the source does not show has no stages.
  public List<EntryPath> entryPaths(Abi abi) {
    long at = numbering(abi);
    Bytes numberings = file.section(IndexFile.NUMBERINGS);
    int[] words = at < 0 ? new int[0] : file.list(numberings.i32(at + 16));
    List<EntryPath> paths = new ArrayList<>(1);
    for (int i = 0; i + 1 < words.length; ) {
      String instruction = file.string(words[i]);
      int count = words[i + 1];
      i += 2;
      if (count < 0 || count > (words.length - i) / 4) {
        throw numberings.malformed(at + 16, "an entry path of " + count + " stages");
      }
      List<EntryPath.Stage> stages = new ArrayList<>(count);
      for (int end = i + 4 * count; i < end; i += 4) {
        Place place = new Place(file.string(words[i + 1]), words[i + 2]);
        stages.add(new EntryPath.Stage(file.string(words[i]), place, words[i + 3] != 0));
      }
      paths.add(new EntryPath(instruction, stages));
    }
    return paths;
  }

  /// The path of one instruction.
  ///
  /// @param instruction such as `sysenter`; empty for the usual one
  /// @return without stages when the source does not show it
  public EntryPath entryPath(Abi abi, String instruction) {
    for (EntryPath path : entryPaths(abi)) {
      if (instruction.isEmpty() || path.instruction().equals(instruction)) {
        return path;
      }
    }
    return new EntryPath(instruction, List.of());
  }

  /// The configuration that decides between definitions when nothing is known of the running one:
  /// what the architecture's own `defconfig` gives.
  ///
  /// @param architecture the directory under `arch/`
  public KernelConfig usualConfig(String architecture) {
    return usual.computeIfAbsent(architecture, this::readSettings);
  }

  private KernelConfig readSettings(String architecture) {
    Map<String, KernelConfig.Value> values = new HashMap<>();
    Bytes settings = file.section(IndexFile.SETTINGS);
    int size = IndexFile.SETTING_RECORD;
    int at = file.find(IndexFile.SETTINGS, size, architecture);
    if (at >= 0) {
      int own = settings.i32(at); // one string has one number
      while (at > 0 && settings.i32(at - size) == own) {
        at -= size;
      }
      for (; at < settings.size() && settings.i32(at) == own; at += size) {
        long code = (settings.u32(at + 8) >>> (2 * ordinal)) & 3;
        values.put(file.string(settings, at + 4), KernelConfig.ofCode(code));
      }
    }
    return new KernelConfig(values, false);
  }

  /// What could not be indexed of this version.
  public List<Gap> gaps() {
    List<Gap> found = new ArrayList<>();
    Bytes gaps = file.section(IndexFile.GAPS);
    for (int at = 0; at < gaps.size(); at += IndexFile.GAP_RECORD) {
      if (gaps.u32(at) == ordinal) {
        found.add(
            new Gap(
                new Place(file.string(gaps, at + 4), gaps.i32(at + 8)),
                file.string(gaps, at + 12)));
      }
    }
    return found;
  }

  /// Every function of this version; empty when the index holds none.
  ///
  /// @throws trapline.model.MalformedBinary when they do not fit their checksum, which is looked at
  ///     in the first call
  public Optional<FunctionIndex> functions() {
    FunctionIndex known = functions;
    if (known == null) {
      Bytes section = file.functions();
      if (section.isEmpty()) {
        return Optional.empty();
      }
      known = FunctionIndex.read(section, ordinal);
      functions = known;
    }
    return known.size() == 0 ? Optional.empty() : Optional.of(known);
  }

  /// What Kbuild asks for before it compiles a file, outermost directory first; empty when that is
  /// nothing, or the index does not say.
  public List<String> gates(String path) {
    int at = file.find(IndexFile.FILES, file.recordSize(IndexFile.FILES), path);
    return at < 0
        ? List.of()
        : file.strings(file.section(IndexFile.FILES).i32(at + 4L + 4L * ordinal));
  }

  /// Every definition of this version, by entry point.
  public List<SyscallDefinition> definitions() {
    List<SyscallDefinition> all = new ArrayList<>();
    int entries = file.section(IndexFile.ENTRIES).size();
    for (int at = 0; at < entries; at += IndexFile.ENTRY_RECORD) {
      all.addAll(definitions(at));
    }
    return all;
  }

  /// Every declaration of this version, by entry point.
  public List<SyscallDeclaration> declarations() {
    List<SyscallDeclaration> all = new ArrayList<>();
    int entries = file.section(IndexFile.ENTRIES).size();
    for (int at = 0; at < entries; at += IndexFile.ENTRY_RECORD) {
      all.addAll(declarations(at));
    }
    return all;
  }

  /// What replaces entry points on an architecture.
  public List<IndexContent.Redirection> redirections() {
    List<IndexContent.Redirection> known = redirections;
    if (known == null) {
      known = List.copyOf(readRedirections());
      redirections = known;
    }
    return known;
  }

  private List<IndexContent.Redirection> readRedirections() {
    List<IndexContent.Redirection> all = new ArrayList<>();
    Bytes section = file.section(IndexFile.REDIRECTIONS);
    int size = file.recordSize(IndexFile.REDIRECTIONS);
    for (int at = 0; at < section.size(); at += size) {
      int line = section.i32(at + 16 + 4L * ordinal);
      if (line != 0) {
        all.add(
            new IndexContent.Redirection(
                file.string(section, at),
                file.string(section, at + 4),
                file.string(section, at + 8),
                new Place(file.string(section, at + 12), line)));
      }
    }
    return all;
  }

  /// The definitions of an entry point on all architectures.
  List<SyscallDefinition> definitionsOf(String entry) {
    int at = file.find(IndexFile.ENTRIES, IndexFile.ENTRY_RECORD, entry);
    return at < 0 ? List.of() : definitions(at);
  }

  /// The prototypes of an entry point on all architectures.
  List<SyscallDeclaration> declarationsOf(String entry) {
    int at = file.find(IndexFile.ENTRIES, IndexFile.ENTRY_RECORD, entry);
    return at < 0 ? List.of() : declarations(at);
  }

  /// Whether the kernel may be built without an entry point.
  boolean isOptional(String entry) {
    int at = file.find(IndexFile.ENTRIES, IndexFile.ENTRY_RECORD, entry);
    return at >= 0 && (file.section(IndexFile.ENTRIES).u32(at + 20L) >>> ordinal & 1) != 0;
  }

  /// The function that the dispatch calls for a row of [#rows].
  String symbol(Abi abi, SyscallRow row) {
    return SyscallSelection.symbol(this, abi, row);
  }

  /// How the dispatch names what it calls.
  DispatchNames dispatchNames(Abi abi) {
    DispatchNames known = names.get(abi.label());
    if (known == null) {
      long at = numbering(abi);
      Bytes numberings = file.section(IndexFile.NUMBERINGS);
      known =
          at < 0
              ? DispatchNames.of("")
              : new DispatchNames(
                  file.string(numberings, at + 4),
                  pairs(numberings.i32(at + 8)),
                  pairs(numberings.i32(at + 12)));
      names.put(abi.label(), known);
    }
    return known;
  }

  private Map<String, String> pairs(int list) {
    List<String> words = file.strings(list);
    Map<String, String> pairs = new HashMap<>();
    for (int i = 0; i + 1 < words.size(); i += 2) {
      pairs.put(words.get(i), words.get(i + 1));
    }
    return pairs;
  }

  /// Where this version's part of a numbering is; -1 when it has not got it.
  private long numbering(Abi abi) {
    Bytes numberings = file.section(IndexFile.NUMBERINGS);
    int size = file.recordSize(IndexFile.NUMBERINGS);
    for (int at = 0; at < numberings.size(); at += size) {
      if (file.string(numberings, at).equals(abi.label())) {
        long own = at + 8 + (long) IndexFile.NUMBERING_PART * ordinal;
        return numberings.u32(own) != 0 ? own : -1;
      }
    }
    return -1;
  }

  /// The records of this version's rows, by number.
  private int[] rowPlaces(Abi abi) {
    return rowsOf.computeIfAbsent(abi.label(), key -> readRowPlaces(abi));
  }

  private int[] readRowPlaces(Abi abi) {
    long at = numbering(abi);
    if (at < 0) {
      return new int[0];
    }
    int[] ids =
        file.list(
            file.section(IndexFile.NUMBERINGS)
                .i32(at - 4 - (long) IndexFile.NUMBERING_PART * ordinal));
    Bytes rows = file.section(IndexFile.ROWS);
    int size = file.recordSize(IndexFile.ROWS);
    int[] places = new int[ids.length];
    int count = 0;
    for (int id : ids) {
      long place = Integer.toUnsignedLong(id) * size;
      if (rows.i32(place + 28 + 4L * ordinal) != 0) {
        places[count++] = (int) place;
      }
    }
    return java.util.Arrays.copyOf(places, count);
  }

  private SyscallRow row(int at) {
    Bytes rows = file.section(IndexFile.ROWS);
    return new SyscallRow(
        rows.i32(at),
        file.string(rows, at + 4),
        file.string(rows, at + 8),
        file.string(rows, at + 12),
        file.string(rows, at + 16),
        rows.u32(at + 20) != 0,
        new Place(file.string(rows, at + 24), rows.i32(at + 28 + 4L * ordinal)));
  }

  private List<SyscallDeclaration> declarations(int entry) {
    Bytes entries = file.section(IndexFile.ENTRIES);
    Bytes declarations = file.section(IndexFile.DECLARATIONS);
    String name = file.string(entries, entry);
    int size = file.recordSize(IndexFile.DECLARATIONS);
    int count = count(entry + 8);
    List<SyscallDeclaration> found = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long at = (entries.u32(entry + 4) + i) * size;
      int line = declarations.i32(at + 12 + 4L * ordinal);
      if (line != 0) {
        found.add(
            new SyscallDeclaration(
                name,
                file.string(declarations, at),
                new Place(file.string(declarations, at + 4), line),
                file.strings(declarations.i32(at + 8))));
      }
    }
    return found;
  }

  private List<SyscallDefinition> definitions(int entry) {
    Bytes entries = file.section(IndexFile.ENTRIES);
    Bytes definitions = file.section(IndexFile.DEFINITIONS);
    String name = file.string(entries, entry);
    int size = file.recordSize(IndexFile.DEFINITIONS);
    int count = count(entry + 16);
    List<SyscallDefinition> found = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long at = (entries.u32(entry + 12) + i) * size;
      int line = definitions.i32(at + 24 + 8L * ordinal);
      if (line != 0) {
        found.add(
            new SyscallDefinition(
                name,
                file.string(definitions, at),
                file.string(definitions, at + 4),
                parameters(definitions.i32(at + 12)),
                new Place(file.string(definitions, at + 8), line),
                definitions.i32(at + 28 + 8L * ordinal),
                file.strings(definitions.i32(at + 16)),
                file.strings(definitions.i32(at + 20))));
      }
    }
    return found;
  }

  private List<Parameter> parameters(int list) {
    List<String> words = file.strings(list);
    List<Parameter> parameters = new ArrayList<>(words.size() / 2);
    for (int i = 0; i + 1 < words.size(); i += 2) {
      parameters.add(new Parameter(words.get(i), words.get(i + 1)));
    }
    return parameters;
  }

  private int count(long at) {
    Bytes entries = file.section(IndexFile.ENTRIES);
    long count = entries.u32(at);
    if (count > MAX_OF_ONE) {
      throw entries.malformed(at, "too many of one entry point: " + count);
    }
    return (int) count;
  }
}
