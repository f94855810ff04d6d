package trapline.kernel;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import trapline.model.Place;

/// Puts the functions of several versions into one function index, the format of which
/// [FunctionIndex] describes. What they have alike but for the line is written once. The same
/// functions give the same bytes.
final class FunctionMerge {
  private static final Comparator<String> BYTES =
      Comparator.comparing(text -> text.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

  private FunctionMerge() {}

  /// @param versions at most [IndexFile#MAX_VERSIONS], each with its functions or none
  static byte[] write(List<Optional<FunctionIndex>> versions) {
    List<List<KernelFunction>> functions = new ArrayList<>();
    for (Optional<FunctionIndex> version : versions) {
      List<KernelFunction> own = new ArrayList<>();
      version.ifPresent(index -> index.forEach(own::add));
      functions.add(own);
    }
    List<MergedFact<KernelFunction>> merged =
        MergedFact.merge(
            functions,
            f ->
                new KernelFunction(
                    f.name(), new Place(f.place().file(), 0), f.isStatic(), f.macro()),
            KernelFunction::place,
            f -> 0);
    merged.sort(
        Comparator.comparing((MergedFact<KernelFunction> f) -> f.key().name(), BYTES)
            .thenComparing(f -> f.key().place().file(), BYTES)
            .thenComparing(f -> f.key().macro())
            .thenComparing(f -> f.key().isStatic())
            .thenComparing(f -> f.lines().toString()));
    TreeSet<String> files = new TreeSet<>(BYTES);
    TreeSet<String> macros = new TreeSet<>(BYTES);
    for (MergedFact<KernelFunction> function : merged) {
      files.add(function.key().place().file());
      macros.add(function.key().macro());
    }
    macros.remove("");
    GrowingBytes out = new GrowingBytes();
    SortedStrings.u32(out, FunctionIndex.FORMAT);
    SortedStrings.u32(out, versions.size());
    functions.forEach(own -> SortedStrings.u32(out, own.size()));
    Map<String, Integer> fileNumbers = write(files, out);
    Map<String, Integer> macroNumbers = write(macros, out);
    places(merged, fileNumbers, macroNumbers, out);
    return out.toByteArray();
  }

  /// @param strings in their order
  private static Map<String, Integer> write(Set<String> strings, GrowingBytes out) {
    SortedStrings.Writer writer = new SortedStrings.Writer();
    Map<String, Integer> numbers = new HashMap<>();
    for (String string : strings) {
      numbers.put(string, numbers.size());
      writer.add(string);
    }
    writer.write(out);
    return numbers;
  }

  private static void places(
      List<MergedFact<KernelFunction>> merged,
      Map<String, Integer> files,
      Map<String, Integer> macros,
      GrowingBytes out) {
    SortedStrings.Writer names = new SortedStrings.Writer();
    GrowingBytes starts = new GrowingBytes();
    GrowingBytes places = new GrowingBytes();
    int distinct = 0;
    int lastFile = 0;
    for (int i = 0; i < merged.size(); i++) {
      KernelFunction key = merged.get(i).key();
      if (i == 0 || !merged.get(i - 1).key().name().equals(key.name())) {
        if (distinct % SortedStrings.BLOCK == 0) {
          SortedStrings.u32(starts, places.size());
          lastFile = 0;
        }
        distinct++;
        names.add(key.name());
      }
      boolean more = i + 1 < merged.size() && merged.get(i + 1).key().name().equals(key.name());
      int file = files.getOrDefault(key.place().file(), 0);
      int flags =
          (more ? FunctionIndex.MORE : 0)
              | (key.macro().isEmpty() ? 0 : FunctionIndex.HEADED)
              | (file == lastFile ? FunctionIndex.SAME_FILE : 0)
              | (key.isStatic() ? FunctionIndex.STATIC : 0);
      List<Integer> lines = merged.get(i).lines();
      int line = lines.stream().filter(each -> each != 0).findFirst().orElse(0);
      SortedStrings.uleb(places, line << FunctionIndex.FLAG_BITS | flags);
      if (file != lastFile) {
        signed(places, file - lastFile);
        lastFile = file;
      }
      if (!key.macro().isEmpty()) {
        SortedStrings.uleb(places, macros.getOrDefault(key.macro(), 0));
      }
      if (lines.size() > 1) {
        versions(places, lines, line);
      }
    }
    names.write(out);
    out.writeBytes(starts.toByteArray());
    SortedStrings.u32(out, places.size());
    out.writeBytes(places.toByteArray());
  }

  /// In which versions it is, and how far it has moved from each of them to the next.
  private static void versions(GrowingBytes places, List<Integer> lines, int first) {
    int mask = 0;
    for (int v = 0; v < lines.size(); v++) {
      mask |= lines.get(v) == 0 ? 0 : 1 << v;
    }
    SortedStrings.uleb(places, mask);
    int last = first;
    boolean begun = false;
    for (int line : lines) {
      if (line != 0) {
        if (begun) {
          signed(places, line - last);
        }
        last = line;
        begun = true;
      }
    }
  }

  private static void signed(GrowingBytes out, int value) {
    SortedStrings.uleb(out, value << 1 ^ value >> 31);
  }
}
