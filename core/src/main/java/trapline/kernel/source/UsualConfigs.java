package trapline.kernel.source;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import trapline.kernel.Condition;
import trapline.kernel.KernelConfig;

/// What architectures are usually configured to: what their own `make defconfig` gives, and which
/// old calls they want.
final class UsualConfigs {
  /// Where an architecture's makefile makes its defconfig of several files: data.
  private static final List<List<String>> CHOSEN = Resource.rows("defconfigs.txt");

  /// The value of `ARCH`, where it says the size of a word, too.
  private static final Map<String, String> WIDE = Map.of("parisc", "parisc64");

  private final SourceFiles files;
  private final Kconfig common;
  private final Map<String, Kconfig> kconfigs = new ConcurrentHashMap<>();

  UsualConfigs(SourceFiles files) {
    this.files = files;
    this.common = Kconfig.common(files.kconfigs());
  }

  /// The values of these symbols (`CONFIG_X`, `__ARCH_WANT_X`); empty when the source has no
  /// Kconfig.
  Map<String, KernelConfig.Value> of(String architecture, Set<String> symbols) {
    Map<String, KernelConfig.Value> usual = new TreeMap<>();
    Kconfig kconfig = kconfig(architecture);
    if (kconfig.isEmpty()) {
      return usual;
    }
    Set<String> wanted = wants(architecture, kconfig);
    for (String symbol : symbols) {
      if (symbol.startsWith("CONFIG_")) {
        usual.put(symbol, kconfig.value(symbol));
      } else if (!wanted.isEmpty()) {
        usual.put(
            symbol, wanted.contains(symbol) ? KernelConfig.Value.BUILT_IN : KernelConfig.Value.OFF);
      }
    }
    return usual;
  }

  /// The size of a word of the kernel that is usually built.
  int bits(String architecture) {
    Kconfig kconfig = kconfig(architecture);
    boolean wide =
        kconfig.isEmpty() || kconfig.value("CONFIG_64BIT") == KernelConfig.Value.BUILT_IN;
    return wide ? 64 : 32;
  }

  /// What the `#if`s of an architecture's entry code name besides.
  KernelConfig entryConfig(String architecture, KernelConfig known) {
    Set<String> symbols = new LinkedHashSet<>();
    String folder = "arch/" + architecture + "/";
    files
        .entryCode()
        .forEach(
            (path, text) -> {
              if (path.startsWith(folder)) {
                symbols(text(text), symbols);
              }
            });
    files
        .makefiles()
        .forEach(
            (path, text) -> {
              if (path.startsWith(folder + "entry/") || path.startsWith(folder + "kernel/")) {
                symbols(text(text), symbols);
              }
            });
    Map<String, KernelConfig.Value> values = of(architecture, symbols);
    for (String symbol : EntryRules.all().settings(architecture)) {
      values.put(symbol, KernelConfig.Value.BUILT_IN);
    }
    return new KernelConfig(values, false).or(known);
  }

  private Kconfig kconfig(String architecture) {
    return kconfigs.computeIfAbsent(
        architecture,
        name ->
            Kconfig.of(
                files.kconfigs(), common, name, WIDE.getOrDefault(name, name), defconfig(name)));
  }

  /// What `make defconfig` takes (`KBUILD_DEFCONFIG` of `arch/X/Makefile`), that of a 64-bit kernel
  /// where there are two.
  String defconfig(String architecture) {
    List<String> names = new ArrayList<>();
    for (List<String> line : CHOSEN) {
      if (line.get(0).equals(architecture)) {
        names.add(line.get(1));
      }
    }
    byte[] makefile = files.makefiles().get("arch/" + architecture + "/Makefile");
    if (makefile != null) {
      for (String line : text(makefile).split("\n", -1)) {
        int equals = line.indexOf('=');
        if (line.trim().startsWith("KBUILD_DEFCONFIG") && equals > 0) {
          String name = line.substring(equals + 1).trim();
          names.add(name.contains("64") ? 0 : names.size(), name);
        }
      }
    }
    names.add("defconfig");
    for (String name : names) {
      for (String folder : new String[] {"/configs/", "/"}) {
        String path = "arch/" + architecture + folder + name;
        if (files.kconfigs().containsKey(path)) {
          return path;
        }
      }
    }
    return "";
  }

  /// `__ARCH_WANT_X` that the architecture defines (`arch/X/include/asm/unistd.h`).
  private Set<String> wants(String architecture, Kconfig kconfig) {
    Set<String> defined = new TreeSet<>();
    byte[] header = files.unistd().get("arch/" + architecture + "/include/asm/unistd.h");
    if (header == null) {
      return defined;
    }
    Set<String> symbols = new TreeSet<>();
    symbols(text(header), symbols);
    Map<String, KernelConfig.Value> values = new HashMap<>();
    for (String symbol : symbols) {
      if (symbol.startsWith("CONFIG_")) {
        values.put(symbol, kconfig.value(symbol));
      }
    }
    KernelConfig config = new KernelConfig(values, false);
    CLexer lexer = new CLexer(header);
    IfStack ifs = new IfStack();
    while (lexer.advance() != CLexer.END) {
      if (lexer.kind() == CLexer.DIRECTIVE) {
        String line = lexer.joined(lexer.start(), lexer.end());
        int at = line.indexOf("define __ARCH_WANT_");
        if (at > 0 && Condition.isPossible(ifs.conditions(), config)) {
          defined.add(nameAt(line, at + 7));
        }
        ifs.directive(line, 0);
      }
    }
    return defined;
  }

  /// Collects the names that start with `CONFIG_` or `__ARCH_WANT_`.
  static void symbols(String text, Set<String> into) {
    for (String prefix : new String[] {"CONFIG_", "__ARCH_WANT_"}) {
      int at = text.indexOf(prefix);
      while (at >= 0) {
        String name = nameAt(text, at);
        if (name.length() > prefix.length()) {
          into.add(name);
        }
        at = text.indexOf(prefix, at + name.length());
      }
    }
  }

  private static String nameAt(String text, int at) {
    int end = at;
    while (end < text.length()
        && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
      end++;
    }
    return text.substring(at, end);
  }

  private static String text(byte[] file) {
    return new String(file, StandardCharsets.UTF_8);
  }
}
