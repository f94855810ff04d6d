package trapline.kernel;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Writes a function index, the format of which [FunctionIndex] describes. The same functions give
/// the same bytes, in whatever order they come.
public final class FunctionIndexWriter {
  private final List<String> files;
  private final List<String> macros;
  private final int[] fileOrder;
  private final int[] macroOrder;
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
    this.fileOrder = order(files);
    this.macroOrder = order(macros);
    this.fileRank = ranks(fileOrder);
    this.macroRank = ranks(macroOrder);
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
    int[] order = NameOrder.of(names, nameAt, count, file, line, macro);
    SortedStrings.Writer text = new SortedStrings.Writer();
    GrowingBytes starts = new GrowingBytes();
    GrowingBytes places = new GrowingBytes();
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
    GrowingBytes out = new GrowingBytes();
    SortedStrings.u32(out, FunctionIndex.FORMAT);
    SortedStrings.u32(out, 1);
    SortedStrings.u32(out, order.length);
    write(files, fileOrder, out);
    write(macros, macroOrder, out);
    text.write(out);
    out.writeBytes(starts.toByteArray());
    SortedStrings.u32(out, places.size());
    out.writeBytes(places.toByteArray());
    return out.toByteArray();
  }

  private static void write(List<String> strings, int[] order, GrowingBytes out) {
    SortedStrings.Writer writer = new SortedStrings.Writer();
    for (int i : order) {
      writer.add(strings.get(i));
    }
    writer.write(out);
  }

  private static int[] order(List<String> strings) {
    byte[][] bytes = new byte[strings.size()][];
    int[] at = new int[strings.size() + 1];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = strings.get(i).getBytes(StandardCharsets.UTF_8);
      at[i + 1] = at[i] + bytes[i].length;
    }
    byte[] all = new byte[at[bytes.length]];
    for (int i = 0; i < bytes.length; i++) {
      System.arraycopy(bytes[i], 0, all, at[i], bytes[i].length);
    }
    return NameOrder.of(all, at, bytes.length);
  }

  private static int[] ranks(int[] order) {
    int[] ranks = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      ranks[order[i]] = i;
    }
    return ranks;
  }

  private int compareNames(int a, int b) {
    return Arrays.compareUnsigned(names, nameAt[a], nameAt[a + 1], names, nameAt[b], nameAt[b + 1]);
  }
}
