package trapline.kernel;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Writes a function index, the format of which [FunctionIndex] describes. The same functions give
/// the same bytes, in whatever order they come.
public final class FunctionIndexWriter {
  private final List<String> files;
  private final List<String> macros;
  private final int[] fileRank;
  private final int[] macroRank;
  private final byte[] names;
  private int nameLength;
  private final int[] nameAt;
  private final int[] file;
  private final int[] line;
  private final int[] macro;
  private int count;

  /// @param files the paths that functions are said to be in, by number
  /// @param macros the macros that head functions, by number
  /// @param functions how many functions come at most
  /// @param nameBytes the length of their names in all
  public FunctionIndexWriter(
      List<String> files, List<String> macros, int functions, int nameBytes) {
    this.files = files;
    this.macros = macros;
    this.fileRank = ranks(files);
    this.macroRank = ranks(macros);
    this.names = new byte[nameBytes];
    this.nameAt = new int[functions + 1];
    this.file = new int[functions];
    this.line = new int[functions];
    this.macro = new int[functions];
  }

  /// Adds a function.
  ///
  /// @param macroId -1 without
  public void add(
      byte[] name, int at, int length, int fileId, int lineNumber, boolean isStatic, int macroId) {
    System.arraycopy(name, at, names, nameLength, length);
    nameAt[count] = nameLength;
    nameLength += length;
    file[count] = fileRank[fileId];
    line[count] = lineNumber << 1 | (isStatic ? 1 : 0);
    macro[count] = macroId < 0 ? 0 : macroRank[macroId] + 1;
    count++;
    nameAt[count] = nameLength;
  }

  /// The index. To be called once.
  public byte[] write() {
    int[] order = sorted();
    SortedStrings.Writer text = new SortedStrings.Writer();
    ByteArrayOutputStream starts = new ByteArrayOutputStream();
    ByteArrayOutputStream places = new ByteArrayOutputStream();
    int distinct = 0;
    int lastFile = 0;
    for (int i = 0; i < order.length; ) {
      int end = i + 1;
      while (end < order.length && compareNames(order[i], order[end]) == 0) {
        end++;
      }
      if (distinct % SortedStrings.BLOCK == 0) {
        SortedStrings.u32(starts, places.size());
        lastFile = 0;
      }
      distinct++;
      text.add(names, nameAt[order[i]], nameAt[order[i] + 1] - nameAt[order[i]]);
      for (; i < end; i++) {
        int at = order[i];
        boolean same = file[at] == lastFile;
        int flags =
            (i + 1 < end ? FunctionIndex.MORE : 0)
                | (macro[at] > 0 ? FunctionIndex.HEADED : 0)
                | (same ? FunctionIndex.SAME_FILE : 0)
                | (line[at] & 1) * FunctionIndex.STATIC;
        SortedStrings.uleb(places, (line[at] >>> 1) << FunctionIndex.FLAG_BITS | flags);
        if (!same) {
          int delta = file[at] - lastFile;
          SortedStrings.uleb(places, delta << 1 ^ delta >> 31);
          lastFile = file[at];
        }
        if (macro[at] > 0) {
          SortedStrings.uleb(places, macro[at] - 1);
        }
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SortedStrings.u32(out, FunctionIndex.FORMAT);
    SortedStrings.u32(out, 1);
    SortedStrings.u32(out, order.length);
    write(files, out);
    write(macros, out);
    text.write(out);
    out.writeBytes(starts.toByteArray());
    SortedStrings.u32(out, places.size());
    out.writeBytes(places.toByteArray());
    return out.toByteArray();
  }

  private static void write(List<String> strings, ByteArrayOutputStream out) {
    SortedStrings.Writer writer = new SortedStrings.Writer();
    Integer[] order = order(strings);
    for (int i : order) {
      writer.add(strings.get(i));
    }
    writer.write(out);
  }

  private static Integer[] order(List<String> strings) {
    byte[][] bytes =
        strings.stream().map(s -> s.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
    Integer[] order = IntStream.range(0, bytes.length).boxed().toArray(Integer[]::new);
    Arrays.sort(order, Comparator.comparing(i -> bytes[i], Arrays::compareUnsigned));
    return order;
  }

  private static int[] ranks(List<String> strings) {
    Integer[] order = order(strings);
    int[] ranks = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      ranks[order[i]] = i;
    }
    return ranks;
  }

  /// Functions by name, file and line. Their first eight bytes decide about most pairs of names, so
  /// those are sorted as numbers, on all processors.
  private int[] sorted() {
    Key[] keys = new Key[count];
    for (int i = 0; i < count; i++) {
      long start = 0;
      int length = nameAt[i + 1] - nameAt[i];
      if (length >= 8) {
        start = ByteBuffer.wrap(names, nameAt[i], 8).getLong();
      } else {
        for (int k = 0; k < length; k++) {
          start |= (names[nameAt[i] + k] & 0xffL) << (56 - 8 * k);
        }
      }
      keys[i] = new Key(start, i);
    }
    Arrays.parallelSort(
        keys,
        (a, b) -> {
          int byStart = Long.compareUnsigned(a.start, b.start);
          return byStart != 0 ? byStart : compare(a.function, b.function);
        });
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = keys[i].function;
    }
    return order;
  }

  private record Key(long start, int function) {}

  private int compare(int a, int b) {
    int byName = compareNames(a, b);
    if (byName != 0) {
      return byName;
    }
    int byFile = Integer.compare(file[a], file[b]);
    return byFile != 0 ? byFile : Integer.compare(line[a], line[b]);
  }

  private int compareNames(int a, int b) {
    return Arrays.compareUnsigned(names, nameAt[a], nameAt[a + 1], names, nameAt[b], nameAt[b + 1]);
  }
}
