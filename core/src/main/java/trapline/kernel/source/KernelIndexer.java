package trapline.kernel.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import trapline.bytes.Bytes;
import trapline.kernel.Condition;
import trapline.kernel.IndexContent;
import trapline.kernel.KernelConfig;
import trapline.kernel.KernelIndex;
import trapline.kernel.KernelSource;
import trapline.kernel.KernelSource.Progress;
import trapline.kernel.KernelVersion;
import trapline.kernel.SyscallAbi;
import trapline.kernel.SyscallDeclaration;
import trapline.kernel.SyscallDefinition;
import trapline.kernel.SyscallRow;
import trapline.model.Abi;
import trapline.model.MalformedBinary;

/// Makes an index of a kernel's source, its x86-64 side: the tables, declarations, definitions and
/// entry paths.
public final class KernelIndexer {
  private static final String ARCH = "x86";
  private static final String TABLE_64 = "arch/x86/entry/syscalls/syscall_64.tbl";
  private static final String TABLE_32 = "arch/x86/entry/syscalls/syscall_32.tbl";
  private static final String DEFCONFIG = "arch/x86/configs/x86_64_defconfig";

  /// Folders without code of the running kernel.
  private static final Set<String> PASSED_OVER =
      Set.of(
          "Documentation/",
          "LICENSES/",
          "samples/",
          "scripts/",
          "tools/",
          "rust/",
          ".git/",
          "arch/x86/um/",
          "arch/x86/boot/",
          "arch/x86/realmode/",
          "arch/x86/purgatory/");

  /// Bounds for hostile trees: a real one keeps 10 MB and has some 1,200 entry points.
  private static final long MAX_KEPT = 256L << 20;

  private static final int MAX_ENTRY_POINTS = 100_000;

  private final KernelSource source;
  private final AtomicLong kept = new AtomicLong();
  private final AtomicInteger entryPoints = new AtomicInteger();
  private final Map<String, byte[]> makefiles = new ConcurrentHashMap<>();
  private final Map<String, byte[]> kconfigs = new ConcurrentHashMap<>();
  private final Map<String, byte[]> entryFiles = new ConcurrentHashMap<>();
  private final Map<String, byte[]> tables = new ConcurrentHashMap<>();
  private final Map<String, SourceScanner.Found> scanned = new ConcurrentHashMap<>();
  private final Map<String, byte[]> wants = new ConcurrentHashMap<>();

  /// C files that another C file includes, with those that include them.
  private final Map<String, Set<String>> includedBy = new ConcurrentHashMap<>();

  private KernelIndexer(KernelSource source) {
    this.source = source;
  }

  /// Indexes a source. The folder or archive is read once.
  ///
  /// @throws IOException when the source cannot be read
  /// @throws MalformedBinary when it is not a kernel's source for x86, or a tarball does not follow
  ///     its format
  public static KernelIndex index(KernelSource source, IndexOptions options, Progress progress)
      throws IOException {
    return KernelIndex.of(source.origin(), read(source, options, progress));
  }

  /// Finds what an index of the source holds; the same as [#index].
  public static IndexContent read(KernelSource source, IndexOptions options, Progress progress)
      throws IOException {
    KernelIndexer indexer = new KernelIndexer(source);
    source.read(KernelIndexer::wanted, indexer::take, progress);
    return indexer.content(options);
  }

  static boolean wanted(String path) {
    if (path.endsWith("/")) {
      if (path.startsWith("arch/") && path.indexOf('/', 5) == path.length() - 1) {
        return path.equals("arch/x86/");
      }
      return !PASSED_OVER.contains(path);
    }
    if (path.endsWith(".c")) {
      return true;
    }
    String name = path.substring(path.lastIndexOf('/') + 1);
    return name.equals("Makefile")
        || name.equals("Kbuild")
        || name.startsWith("Kconfig")
        || path.equals(TABLE_64)
        || path.equals(TABLE_32)
        || path.equals(DEFCONFIG)
        || path.equals("debian/changelog")
        || isHeader(path)
        || EntryPathFinder.wanted(path);
  }

  /// The headers that may declare entry points.
  private static boolean isHeader(String path) {
    return path.endsWith(".h")
        && (path.startsWith("include/linux/")
            || path.startsWith("include/asm-generic/")
            || path.startsWith("arch/x86/include/"));
  }

  /// Takes one file; called by several threads.
  private boolean take(String path, Bytes content) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    byte[] text = content.copy(0, content.size());
    if (name.equals("Makefile") || name.equals("Kbuild")) {
      keep(makefiles, path, text);
    } else if (name.startsWith("Kconfig") || path.equals(DEFCONFIG)) {
      keep(kconfigs, path, text);
    } else if (path.endsWith(".tbl") || path.equals("debian/changelog")) {
      keep(tables, path, text);
    } else {
      if (EntryPathFinder.wanted(path)) {
        keep(entryFiles, path, text);
      }
      if (path.equals("arch/x86/include/asm/unistd.h")) {
        wants.put(path, text);
      }
      return takeCode(path, text);
    }
    return false;
  }

  private void keep(Map<String, byte[]> files, String path, byte[] text) {
    if (kept.addAndGet(text.length) > MAX_KEPT) {
      throw malformed("its makefiles, Kconfig files and tables exceed " + MAX_KEPT + " bytes");
    }
    files.put(path, text);
  }

  private boolean takeCode(String path, byte[] text) {
    if (path.endsWith(".c")) {
      for (String included : SourceScanner.includedSources(path, text)) {
        includedBy.computeIfAbsent(included, key -> ConcurrentHashMap.newKeySet()).add(path);
      }
    }
    if (path.endsWith(".S") || !SourceScanner.worthScanning(text)) {
      return false;
    }
    SourceScanner.Found found = SourceScanner.scan(path, text, false);
    if (found.definitions().isEmpty()
        && found.declarations().isEmpty()
        && found.optional().isEmpty()) {
      return false;
    }
    if (entryPoints.addAndGet(found.definitions().size() + found.declarations().size())
        > MAX_ENTRY_POINTS) {
      throw malformed("it defines and declares more than " + MAX_ENTRY_POINTS + " entry points");
    }
    scanned.put(path, found);
    return !found.definitions().isEmpty();
  }

  private IndexContent content(IndexOptions options) {
    byte[] makefile = makefiles.get("Makefile");
    if (makefile == null) {
      throw malformed("no kernel source: it has no top Makefile");
    }
    KernelVersion version =
        KernelVersion.of(
            new String(makefile, StandardCharsets.UTF_8),
            Optional.ofNullable(tables.get("debian/changelog")),
            options.packageVersion(),
            options.sha256());
    if (version.release().isEmpty()) {
      throw malformed("no kernel source: its Makefile sets no VERSION and PATCHLEVEL");
    }
    Kbuild kbuild = new Kbuild(makefiles, ARCH);
    List<SyscallDefinition> definitions = new ArrayList<>();
    List<SyscallDeclaration> declarations = new ArrayList<>();
    Set<String> optional = new TreeSet<>();
    Set<String> symbols = new TreeSet<>();
    for (Map.Entry<String, SourceScanner.Found> file : new TreeMap<>(scanned).entrySet()) {
      SourceScanner.Found found = file.getValue();
      optional.addAll(found.optional());
      if (file.getKey().endsWith(".h")) {
        declarations.addAll(found.declarations());
        for (SyscallDeclaration declaration : found.declarations()) {
          declaration.conditions().forEach(text -> configSymbols(text, symbols));
        }
      }
      if (file.getKey().endsWith(".c") && !found.definitions().isEmpty()) {
        List<String> gates = gates(kbuild, file.getKey(), 0);
        for (SyscallDefinition definition : found.definitions()) {
          definitions.add(gated(definition, gates));
          definition.conditions().forEach(text -> configSymbols(text, symbols));
        }
        gates.forEach(text -> configSymbols(text, symbols));
      }
    }
    dropUnbuilt(definitions);
    Kconfig kconfig = new Kconfig(kconfigs, ARCH, DEFCONFIG);
    Map<String, KernelConfig.Value> usual = usual(kconfig, symbols);
    KernelConfig config = new KernelConfig(usual, false);
    EntryPathFinder finder = new EntryPathFinder(entryFiles, kbuild, entryConfig(kconfig, config));
    List<IndexContent.Table> found = new ArrayList<>();
    for (Abi abi : Abi.values()) {
      List<SyscallRow> rows = new ArrayList<>();
      for (SyscallRow row : table(abi == Abi.I386 ? TABLE_32 : TABLE_64)) {
        if (belongs(row, abi)) {
          rows.add(row);
        }
      }
      String prefix = finder.prefix(abi).orElse("");
      found.add(new IndexContent.Table(SyscallAbi.of(abi), rows, prefix, finder.path(abi)));
    }
    return new IndexContent(
        version,
        found,
        declarations,
        definitions,
        optional,
        List.of(),
        Map.of(ARCH, usual),
        List.of(),
        Bytes.empty("functions"));
  }

  private static boolean belongs(SyscallRow row, Abi abi) {
    return switch (abi) {
      case X86_64 -> row.tableAbi().equals("common") || row.tableAbi().equals("64");
      case X32 -> row.tableAbi().equals("common") || row.tableAbi().equals("x32");
      case I386 -> true;
    };
  }

  private List<SyscallRow> table(String path) {
    byte[] text = tables.get(path);
    if (text == null) {
      throw malformed("it has no " + path);
    }
    return SyscallTable.parse(Bytes.of(path, text));
  }

  /// A file that no makefile names may be included by one that a makefile names.
  private List<String> gates(Kbuild kbuild, String path, int depth) {
    Optional<List<String>> own = kbuild.gates(path);
    if (own.isPresent() || depth > 3) {
      return own.orElse(List.of(NOT_BUILT));
    }
    for (String includer : new TreeSet<>(includedBy.getOrDefault(path, Set.of()))) {
      List<String> gates = gates(kbuild, includer, depth + 1);
      if (!gates.contains(NOT_BUILT)) {
        return gates;
      }
    }
    return List.of(NOT_BUILT);
  }

  /// Where the build knows some definitions of an entry point, those in files that it does not
  /// compile for this architecture (`process_32.c`) are none of it.
  private static void dropUnbuilt(List<SyscallDefinition> definitions) {
    Set<String> built = new TreeSet<>();
    for (SyscallDefinition definition : definitions) {
      if (!definition.gates().contains(NOT_BUILT)) {
        built.add(definition.entry());
      }
    }
    definitions.removeIf(d -> d.gates().contains(NOT_BUILT) && built.contains(d.entry()));
  }

  /// The gate of a file that no makefile names. It cannot be evaluated.
  private static final String NOT_BUILT = "MAKE(named by no makefile)";

  private static SyscallDefinition gated(SyscallDefinition d, List<String> gates) {
    return new SyscallDefinition(
        d.entry(),
        d.macro(),
        d.signature(),
        d.arguments(),
        d.place(),
        d.endLine(),
        d.conditions(),
        gates);
  }

  private Map<String, KernelConfig.Value> usual(Kconfig kconfig, Set<String> symbols) {
    Map<String, KernelConfig.Value> usual = new TreeMap<>();
    if (kconfig.isEmpty()) {
      return usual;
    }
    Set<String> wanted = architectureWants(kconfig);
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

  /// What the entry code's `#if`s name besides.
  private KernelConfig entryConfig(Kconfig kconfig, KernelConfig known) {
    Set<String> symbols = new LinkedHashSet<>();
    entryFiles
        .values()
        .forEach(text -> configSymbols(new String(text, StandardCharsets.UTF_8), symbols));
    makefiles.forEach(
        (path, text) -> {
          if (path.startsWith("arch/x86/entry/")) {
            configSymbols(new String(text, StandardCharsets.UTF_8), symbols);
          }
        });
    Map<String, KernelConfig.Value> values = usual(kconfig, symbols);
    // Who asks for the path of an ABI has a kernel that is built with it.
    values.put("CONFIG_X86_X32_ABI", KernelConfig.Value.BUILT_IN);
    values.put("CONFIG_IA32_EMULATION", KernelConfig.Value.BUILT_IN);
    return new KernelConfig(values, false).or(known);
  }

  /// `__ARCH_WANT_X` that the architecture defines (`arch/x86/include/asm/unistd.h`) when it is
  /// built for 64 bits.
  private Set<String> architectureWants(Kconfig kconfig) {
    Set<String> defined = new TreeSet<>();
    byte[] header = wants.get("arch/x86/include/asm/unistd.h");
    if (header == null) {
      return defined;
    }
    Set<String> symbols = new TreeSet<>();
    configSymbols(new String(header, StandardCharsets.UTF_8), symbols);
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

  private static void configSymbols(String text, Set<String> into) {
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

  private MalformedBinary malformed(String what) {
    return new MalformedBinary(source.origin(), 0, what);
  }
}
