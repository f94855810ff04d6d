package trapline.kernel.source;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import trapline.bytes.Bytes;
import trapline.kernel.FunctionIndex;
import trapline.kernel.FunctionIndexWriter;
import trapline.kernel.IndexContent;
import trapline.kernel.KernelConfig;
import trapline.kernel.KernelFunction;

/// Takes from what was found in a source the functions that come with Trapline: those of the
/// folders in `core-folders.txt`, by name, place and linkage.
public final class CoreFunctions {
  private static final List<String> FOLDERS =
      Resource.rows("core-folders.txt").stream().map(List::getFirst).toList();

  /// What of `arch/x86` is not in the kernel that runs.
  private static final List<String> OUTSIDE =
      List.of("arch/x86/um/", "arch/x86/tools/", "arch/x86/boot/", "arch/x86/entry/vdso/");

  private CoreFunctions() {}

  /// Whether a file's functions are among them.
  public static boolean isCore(String file) {
    return FOLDERS.stream().anyMatch(file::startsWith)
        && OUTSIDE.stream().noneMatch(file::startsWith);
  }

  /// A content that holds these functions and the version, and nothing else.
  public static IndexContent of(IndexContent content) {
    List<KernelFunction> core = new ArrayList<>();
    FunctionIndex.read(content.functions(), 0)
        .forEach(
            function -> {
              if (isCore(function.place().file())) {
                core.add(function);
              }
            });
    Map<String, Integer> numbers = new HashMap<>();
    List<String> files = new ArrayList<>();
    int length = 0;
    for (KernelFunction function : core) {
      length += function.name().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
      String file = function.place().file();
      if (numbers.putIfAbsent(file, files.size()) == null) {
        files.add(file);
      }
    }
    FunctionIndexWriter writer = new FunctionIndexWriter(files, List.of(), core.size(), length);
    for (KernelFunction function : core) {
      byte[] name = function.name().getBytes(java.nio.charset.StandardCharsets.UTF_8);
      int file = numbers.getOrDefault(function.place().file(), 0);
      writer.add(name, 0, name.length, file, function.place().line(), function.isStatic(), -1);
    }
    return new IndexContent(
        content.version(),
        List.of(),
        List.of(),
        List.of(),
        Set.of(),
        List.of(),
        configs(content),
        List.of(),
        Bytes.of("core functions", writer.write()),
        content.fileGates());
  }

  /// How an x86 kernel is usually configured, as far as it decides which of the files are built.
  private static Map<String, Map<String, KernelConfig.Value>> configs(IndexContent content) {
    Set<String> symbols = new TreeSet<>();
    content
        .fileGates()
        .values()
        .forEach(gates -> gates.forEach(gate -> UsualConfigs.symbols(gate, symbols)));
    Map<String, KernelConfig.Value> values =
        new TreeMap<>(content.configs().getOrDefault("x86", Map.of()));
    values.keySet().retainAll(symbols);
    return Map.of("x86", values);
  }
}
