package trapline.kernel;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import trapline.bytes.Bytes;
import trapline.kernel.SyscallDefinition.Parameter;
import trapline.model.Abi;
import trapline.model.Place;

/// Writes an index file, the format of which [IndexFile] describes. What several versions say alike
/// but for the line is written once. The same content gives the same bytes.
final class IndexWriter {
  private final List<IndexContent> versions;
  private final Map<String, Integer> stringIds = new HashMap<>();
  private final List<byte[]> strings = new ArrayList<>();
  private final Words lists = new Words();
  private final Map<List<Integer>, Integer> listIds = new HashMap<>();

  private IndexWriter(List<IndexContent> versions) {
    this.versions = versions;
  }

  /// @param versions at least one, oldest first
  /// @throws IllegalArgumentException when there are more than fit
  static byte[] write(List<IndexContent> versions) {
    if (versions.isEmpty() || versions.size() > IndexFile.MAX_VERSIONS) {
      throw new IllegalArgumentException(versions.size() + " versions in one index");
    }
    return new IndexWriter(versions).encode();
  }

  private byte[] encode() {
    string("");
    lists.add(0); // the empty list
    listIds.put(List.of(), 0);
    Words[] sections = new Words[IndexFile.LISTS];
    sections[IndexFile.VERSIONS] = provenance();
    sections[IndexFile.ROWS] = new Words();
    sections[IndexFile.NUMBERINGS] = numberings(sections[IndexFile.ROWS]);
    sections[IndexFile.DECLARATIONS] = new Words();
    sections[IndexFile.DEFINITIONS] = new Words();
    sections[IndexFile.ENTRIES] =
        entries(sections[IndexFile.DECLARATIONS], sections[IndexFile.DEFINITIONS]);
    sections[IndexFile.REDIRECTIONS] = redirections();
    sections[IndexFile.SETTINGS] = settings();
    sections[IndexFile.GAPS] = gaps();
    sections[IndexFile.FILES] = fileGates();
    return file(sections);
  }

  private Words provenance() {
    Words words = new Words();
    for (IndexContent content : versions) {
      words.add(string(content.version().release()));
      words.add(string(content.version().packageVersion()));
      words.add(string(content.version().distribution()));
      words.add(string(content.version().sha256()));
    }
    return words;
  }

  private Words numberings(Words rows) {
    Map<List<Integer>, Integer> rowIds = new HashMap<>();
    Words words = new Words();
    for (Abi abi : Abi.all()) {
      List<Optional<IndexContent.Table>> tables = new ArrayList<>();
      for (IndexContent content : versions) {
        tables.add(content.tables().stream().filter(t -> t.abi().equals(abi)).findFirst());
      }
      if (tables.stream().allMatch(Optional::isEmpty)) {
        continue;
      }
      words.add(string(abi.label()));
      words.add(rowList(tables, rows, rowIds));
      for (Optional<IndexContent.Table> table : tables) {
        words.add(table.isPresent() ? 1 : 0);
        DispatchNames names = table.map(IndexContent.Table::names).orElse(DispatchNames.of(""));
        words.add(string(names.prefix()));
        words.add(pairs(names.ofRows()));
        words.add(pairs(names.aliases()));
        words.add(paths(table.map(IndexContent.Table::paths).orElse(List.of())));
      }
    }
    return words;
  }

  /// Tables of several numberings that have rows in common share the records, as those of
  /// `scripts/syscall.tbl` do.
  private int rowList(
      List<Optional<IndexContent.Table>> tables, Words rows, Map<List<Integer>, Integer> rowIds) {
    List<List<SyscallRow>> facts =
        tables.stream().map(t -> t.map(IndexContent.Table::rows).orElse(List.of())).toList();
    List<MergedFact<SyscallRow>> merged =
        MergedFact.merge(
            facts,
            row ->
                new SyscallRow(
                    row.number(),
                    row.tableAbi(),
                    row.name(),
                    row.entry(),
                    row.compat(),
                    row.noReturn(),
                    new Place(row.place().file(), 0)),
            SyscallRow::place,
            row -> 0);
    merged.sort(
        Comparator.comparingInt((MergedFact<SyscallRow> row) -> row.key().number())
            .thenComparing(row -> row.key().place().file())
            .thenComparingInt(MergedFact::newest)
            .thenComparing(row -> row.key().name()));
    List<Integer> ids = new ArrayList<>(merged.size());
    for (MergedFact<SyscallRow> row : merged) {
      SyscallRow key = row.key();
      List<Integer> record = new ArrayList<>();
      record.add(key.number());
      record.add(string(key.tableAbi()));
      record.add(string(key.name()));
      record.add(string(key.entry()));
      record.add(string(key.compat()));
      record.add(key.noReturn() ? 1 : 0);
      record.add(string(key.place().file()));
      record.addAll(row.lines());
      Integer known = rowIds.get(record);
      if (known == null) {
        known = rowIds.size();
        rowIds.put(record, known);
        record.forEach(rows::add);
      }
      ids.add(known);
    }
    return list(ids);
  }

  private int paths(List<EntryPath> paths) {
    List<Integer> words = new ArrayList<>();
    for (EntryPath path : paths) {
      words.add(string(path.instruction()));
      words.add(path.stages().size());
      for (EntryPath.Stage stage : path.stages()) {
        words.add(string(stage.symbol()));
        words.add(string(stage.place().file()));
        words.add(stage.place().line());
        words.add(stage.inlined() ? 1 : 0);
      }
    }
    return list(words);
  }

  private int pairs(Map<String, String> texts) {
    List<String> words = new ArrayList<>();
    new TreeMap<>(texts)
        .forEach(
            (key, value) -> {
              words.add(key);
              words.add(value);
            });
    return strings(words);
  }

  /// Entry points in the order of their names, with the ranges of what belongs to them.
  private Words entries(Words declarations, Words definitions) {
    TreeMap<String, int[]> byEntry = new TreeMap<>();
    int count = 0;
    for (MergedFact<SyscallDeclaration> merged : declarations()) {
      SyscallDeclaration d = merged.key();
      int[] range = byEntry.computeIfAbsent(d.entry(), key -> new int[5]);
      range[0] = range[1]++ == 0 ? count : range[0];
      count++;
      declarations.add(string(d.text()));
      declarations.add(string(d.place().file()));
      declarations.add(strings(d.conditions()));
      merged.lines().forEach(declarations::add);
    }
    count = 0;
    for (MergedFact<SyscallDefinition> merged : definitions()) {
      SyscallDefinition d = merged.key();
      int[] range = byEntry.computeIfAbsent(d.entry(), key -> new int[5]);
      range[2] = range[3]++ == 0 ? count : range[2];
      count++;
      List<String> arguments = new ArrayList<>();
      for (Parameter parameter : d.arguments()) {
        arguments.add(parameter.type());
        arguments.add(parameter.name());
      }
      definitions.add(string(d.macro()));
      definitions.add(string(d.signature()));
      definitions.add(string(d.place().file()));
      definitions.add(strings(arguments));
      definitions.add(strings(d.conditions()));
      definitions.add(strings(d.gates()));
      for (int i = 0; i < versions.size(); i++) {
        definitions.add(merged.lines().get(i));
        definitions.add(merged.ends().get(i));
      }
    }
    for (int i = 0; i < versions.size(); i++) {
      for (String name : versions.get(i).optional()) {
        byEntry.computeIfAbsent(name, key -> new int[5])[4] |= 1 << i;
      }
    }
    Words words = new Words();
    byEntry.forEach(
        (name, range) -> {
          words.add(string(name));
          for (int value : range) {
            words.add(value);
          }
        });
    return words;
  }

  private List<MergedFact<SyscallDeclaration>> declarations() {
    List<MergedFact<SyscallDeclaration>> merged =
        MergedFact.merge(
            versions.stream().map(IndexContent::declarations).toList(),
            d ->
                new SyscallDeclaration(
                    d.entry(), d.text(), new Place(d.place().file(), 0), d.conditions()),
            SyscallDeclaration::place,
            d -> 0);
    merged.sort(
        Comparator.comparing((MergedFact<SyscallDeclaration> d) -> d.key().entry())
            .thenComparing(d -> d.key().place().file())
            .thenComparingInt(MergedFact::newest)
            .thenComparing(d -> d.key().toString()));
    return merged;
  }

  private List<MergedFact<SyscallDefinition>> definitions() {
    List<MergedFact<SyscallDefinition>> merged =
        MergedFact.merge(
            versions.stream().map(IndexContent::definitions).toList(),
            d ->
                new SyscallDefinition(
                    d.entry(),
                    d.macro(),
                    d.signature(),
                    d.arguments(),
                    new Place(d.place().file(), 0),
                    0,
                    d.conditions(),
                    d.gates()),
            SyscallDefinition::place,
            SyscallDefinition::endLine);
    merged.sort(
        Comparator.comparing((MergedFact<SyscallDefinition> d) -> d.key().entry())
            .thenComparing(d -> d.key().place().file())
            .thenComparingInt(MergedFact::newest)
            .thenComparing(d -> d.key().toString()));
    return merged;
  }

  private Words redirections() {
    List<MergedFact<IndexContent.Redirection>> merged =
        MergedFact.merge(
            versions.stream().map(IndexContent::redirections).toList(),
            r ->
                new IndexContent.Redirection(
                    r.architecture(), r.from(), r.to(), new Place(r.place().file(), 0)),
            IndexContent.Redirection::place,
            r -> 0);
    merged.sort(
        Comparator.comparing((MergedFact<IndexContent.Redirection> r) -> r.key().toString())
            .thenComparingInt(MergedFact::newest));
    Words words = new Words();
    for (MergedFact<IndexContent.Redirection> r : merged) {
      words.add(string(r.key().architecture()));
      words.add(string(r.key().from()));
      words.add(string(r.key().to()));
      words.add(string(r.key().place().file()));
      r.lines().forEach(words::add);
    }
    return words;
  }

  private Words settings() {
    Set<String> architectures = new TreeSet<>();
    versions.forEach(content -> architectures.addAll(content.configs().keySet()));
    Words words = new Words();
    for (String architecture : architectures) {
      Set<String> symbols = new TreeSet<>();
      for (IndexContent content : versions) {
        symbols.addAll(content.configs().getOrDefault(architecture, Map.of()).keySet());
      }
      for (String symbol : symbols) {
        int values = 0;
        for (int i = 0; i < versions.size(); i++) {
          KernelConfig.Value value =
              versions
                  .get(i)
                  .configs()
                  .getOrDefault(architecture, Map.of())
                  .getOrDefault(symbol, KernelConfig.Value.UNKNOWN);
          values |= KernelConfig.code(value) << (2 * i);
        }
        words.add(string(architecture));
        words.add(string(symbol));
        words.add(values);
      }
    }
    return words;
  }

  private Words gaps() {
    Words words = new Words();
    for (int i = 0; i < versions.size(); i++) {
      for (Gap gap : versions.get(i).gaps()) {
        words.add(i);
        words.add(string(gap.place().file()));
        words.add(gap.place().line());
        words.add(string(gap.reason()));
      }
    }
    return words;
  }

  private Words fileGates() {
    Set<String> files = new TreeSet<>();
    versions.forEach(content -> files.addAll(content.fileGates().keySet()));
    Words words = new Words();
    for (String file : files) {
      words.add(string(file));
      for (IndexContent content : versions) {
        words.add(strings(content.fileGates().getOrDefault(file, List.of())));
      }
    }
    return words;
  }

  private byte[] file(Words[] sections) {
    Words offsets = new Words();
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (byte[] string : strings) {
      offsets.add(text.size());
      text.writeBytes(string);
    }
    offsets.add(text.size());
    List<byte[]> parts = new ArrayList<>();
    for (Words section : sections) {
      parts.add(section.bytes());
    }
    parts.add(lists.bytes());
    parts.add(offsets.bytes());
    parts.add(text.toByteArray());
    Bytes functions = functions();
    parts.add(functions.copy(0, functions.size()));
    Words table = new Words();
    int at = IndexFile.HEADER + 8 * parts.size();
    for (byte[] part : parts) {
      table.add(at);
      table.add(part.length);
      at += part.length;
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream(at);
    Words functionsSum = new Words();
    functionsSum.add(IndexFile.sum(functions));
    body.writeBytes(functionsSum.bytes());
    body.writeBytes(table.bytes());
    parts.subList(0, IndexFile.FUNCTIONS).forEach(body::writeBytes);
    CRC32C sum = new CRC32C();
    sum.update(body.toByteArray());
    Words header = new Words();
    header.add(IndexFile.FORMAT);
    header.add(parts.size());
    header.add(at);
    header.add((int) sum.getValue());
    ByteArrayOutputStream out = new ByteArrayOutputStream(at);
    out.writeBytes(IndexFile.MAGIC.getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(header.bytes());
    out.writeBytes(body.toByteArray());
    out.writeBytes(parts.getLast());
    return out.toByteArray();
  }

  private Bytes functions() {
    if (versions.size() == 1) {
      return versions.getFirst().functions();
    }
    List<Optional<FunctionIndex>> each = new ArrayList<>();
    for (IndexContent content : versions) {
      each.add(
          content.functions().isEmpty()
              ? Optional.empty()
              : Optional.of(FunctionIndex.read(content.functions(), 0)));
    }
    return each.stream().allMatch(Optional::isEmpty)
        ? Bytes.empty("functions")
        : Bytes.of("functions", FunctionMerge.write(each));
  }

  private int string(String text) {
    Integer known = stringIds.get(text);
    if (known == null) {
      known = strings.size();
      stringIds.put(text, known);
      strings.add(text.getBytes(StandardCharsets.UTF_8));
    }
    return known;
  }

  private int strings(List<String> texts) {
    List<Integer> ids = new ArrayList<>(texts.size());
    for (String text : texts) {
      ids.add(string(text));
    }
    return list(ids);
  }

  private int list(List<Integer> words) {
    Integer known = listIds.get(words);
    if (known == null) {
      known = lists.count();
      listIds.put(List.copyOf(words), known);
      lists.add(words.size());
      words.forEach(lists::add);
    }
    return known;
  }

  /// Little-endian 32-bit words.
  private static final class Words {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    void add(int word) {
      out.write(word);
      out.write(word >>> 8);
      out.write(word >>> 16);
      out.write(word >>> 24);
    }

    int count() {
      return out.size() / 4;
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }
}
