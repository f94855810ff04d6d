package trapline.kernel;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import trapline.kernel.SyscallDefinition.Parameter;
import trapline.model.Abi;

/// Writes an index file, the format of which [KernelIndex] describes. The same content gives the
/// same bytes.
final class IndexWriter {
  private static final Comparator<SyscallDefinition> DEFINITION_ORDER =
      Comparator.comparing(SyscallDefinition::entry)
          .thenComparing(d -> d.place().file())
          .thenComparingInt(d -> d.place().line());
  private static final Comparator<SyscallDeclaration> DECLARATION_ORDER =
      Comparator.comparing(SyscallDeclaration::entry)
          .thenComparing(d -> d.place().file())
          .thenComparingInt(d -> d.place().line());
  private static final Comparator<SyscallRow> ROW_ORDER =
      Comparator.comparingInt(SyscallRow::number).thenComparingInt(row -> row.place().line());

  private final Map<String, Integer> stringIds = new HashMap<>();
  private final List<byte[]> strings = new ArrayList<>();
  private final Words lists = new Words();
  private final Map<List<Integer>, Integer> listIds = new HashMap<>();

  private IndexWriter() {}

  static byte[] write(IndexContent content) {
    return new IndexWriter().encode(content);
  }

  private byte[] encode(IndexContent content) {
    string("");
    lists.add(0); // the empty list
    listIds.put(List.of(), 0);
    Words head = new Words();
    head.add(string(content.version().release()));
    head.add(string(content.version().packageVersion()));
    head.add(string(content.version().distribution()));
    for (Abi abi : List.of(Abi.X86_64, Abi.X32, Abi.I386)) {
      head.add(string(content.prefixes().getOrDefault(abi, "")));
      List<Integer> path = new ArrayList<>();
      for (EntryPath.Stage stage :
          content.paths().getOrDefault(abi, new EntryPath(List.of())).stages()) {
        path.add(string(stage.symbol()));
        path.add(string(stage.place().file()));
        path.add(stage.place().line());
        path.add(stage.inlined() ? 1 : 0);
      }
      head.add(list(path));
    }
    Words rows64 = rows(content.rows64());
    Words rows32 = rows(content.rows32());
    Words declarations = new Words();
    Words definitions = new Words();
    Words entries = entries(content, declarations, definitions);
    Words config = new Words();
    new TreeMap<>(content.config())
        .forEach(
            (symbol, value) -> {
              config.add(string(symbol));
              config.add(KernelConfig.code(value));
            });
    return file(List.of(head, rows64, rows32, entries, declarations, definitions, config, lists));
  }

  private Words rows(List<SyscallRow> rows) {
    Words words = new Words();
    rows.stream()
        .sorted(ROW_ORDER)
        .forEach(
            row -> {
              words.add(row.number());
              words.add(string(row.tableAbi()));
              words.add(string(row.name()));
              words.add(string(row.entry()));
              words.add(string(row.compat()));
              words.add(row.noReturn() ? 1 : 0);
              words.add(string(row.place().file()));
              words.add(row.place().line());
            });
    return words;
  }

  /// Entry points in the order of their names, with the ranges of what belongs to them.
  private Words entries(IndexContent content, Words declarations, Words definitions) {
    TreeMap<String, int[]> byEntry = new TreeMap<>();
    int count = 0;
    for (SyscallDeclaration d :
        content.declarations().stream().sorted(DECLARATION_ORDER).toList()) {
      int[] range = byEntry.computeIfAbsent(d.entry(), key -> new int[5]);
      range[0] = range[1]++ == 0 ? count : range[0];
      count++;
      declarations.add(string(d.text()));
      declarations.add(string(d.place().file()));
      declarations.add(d.place().line());
      declarations.add(strings(d.conditions()));
    }
    count = 0;
    for (SyscallDefinition d : content.definitions().stream().sorted(DEFINITION_ORDER).toList()) {
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
      definitions.add(d.place().line());
      definitions.add(d.endLine());
      definitions.add(strings(arguments));
      definitions.add(strings(d.conditions()));
      definitions.add(strings(d.gates()));
    }
    for (String name : content.optional()) {
      byEntry.computeIfAbsent(name, key -> new int[5])[4] = 1;
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

  private byte[] file(List<Words> sections) {
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
    parts.add(offsets.bytes());
    parts.add(text.toByteArray());
    Words header = new Words();
    int at = KernelIndex.HEADER + 8 * parts.size();
    header.add(KernelIndex.FORMAT);
    header.add(parts.size());
    for (byte[] part : parts) {
      header.add(at);
      header.add(part.length);
      at += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(at);
    out.writeBytes(KernelIndex.MAGIC.getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(header.bytes());
    parts.forEach(out::writeBytes);
    return out.toByteArray();
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
      listIds.put(words, known);
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
