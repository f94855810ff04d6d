package trapline.kernel.source;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import trapline.kernel.SyscallDefinition;
import trapline.model.MalformedBinary;

/// What one reading of a kernel's source leaves behind: small files whole, of code what was
/// found in it. Takes files from several threads.
final class SourceFiles {
  /// Folders without code of a kernel that runs on hardware.
  private static final Set<String> PASSED_OVER =
      Set.of(
          "Documentation/",
          "LICENSES/",
          "samples/",
          "tools/",
          "rust/",
          ".git/",
          "arch/um/",
          "arch/x86/um/",
          "arch/x86/boot/",
          "arch/x86/realmode/",
          "arch/x86/purgatory/");

  /// Bounds for hostile trees: a real one keeps 20 MB and has some 60,000 candidates.
  private static final long MAX_KEPT = 256L << 20;

  private static final int MAX_ENTRY_POINTS = 1_000_000;

  /// What must occur in code that is worth a closer look: in none but some hundred files.
  private static final WordFinder CLUES = new WordFinder("SYSCALL", "asmlinkage", ".c\"", "sys");

  private static final int SYSCALL = 1;
  private static final int ASMLINKAGE = 2;
  private static final int INCLUDE = 4;
  private static final int SYS = 8;

  private final String origin;
  private final AtomicLong kept = new AtomicLong();
  private final AtomicInteger entryPoints = new AtomicInteger();
  private final Map<String, byte[]> makefiles = new ConcurrentHashMap<>();
  private final Map<String, byte[]> kconfigs = new ConcurrentHashMap<>();
  private final Map<String, byte[]> entryCode = new ConcurrentHashMap<>();
  private final Map<String, byte[]> tables = new ConcurrentHashMap<>();
  private final Map<String, byte[]> unistd = new ConcurrentHashMap<>();
  private final Map<String, SourceScanner.Found> scanned = new ConcurrentHashMap<>();
  private final Map<String, List<SyscallDefinition>> assembly = new ConcurrentHashMap<>();
  private final Map<String, ArchitectureMacros.Found> macros = new ConcurrentHashMap<>();

  /// Files that another one includes, with those that include them.
  private final Map<String, Set<String>> includedBy = new ConcurrentHashMap<>();

  SourceFiles(String origin) {
    this.origin = origin;
  }

  /// Whether a file, or a directory that ends in `/`, is of use.
  static boolean wanted(String path) {
    if (path.endsWith("/")) {
      return !PASSED_OVER.contains(path);
    }
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (path.startsWith("scripts/")) {
      return Numberings.wanted(path) || name.startsWith("Kconfig");
    }
    return path.endsWith(".c")
        || name.equals("Makefile")
        || name.equals("Kbuild")
        || name.startsWith("Kconfig")
        || (path.startsWith("arch/") && name.endsWith("defconfig"))
        || path.equals("debian/changelog")
        || isHeader(path)
        || isAssembly(path)
        || Numberings.wanted(path)
        || EntryPathFinder.wanted(path);
  }

  /// The headers that may declare entry points.
  private static boolean isHeader(String path) {
    return path.endsWith(".h")
        && (path.startsWith("include/linux/")
            || path.startsWith("include/asm-generic/")
            || (path.startsWith("arch/")
                && (path.contains("/include/asm/") || path.contains("/kernel/"))));
  }

  private static boolean isAssembly(String path) {
    return path.endsWith(".S")
        && path.startsWith("arch/")
        && (path.contains("/kernel/") || path.contains("/entry/"));
  }

  /// Takes one file.
  ///
  /// @param text the file, in the first `length` bytes; what is kept of it is copied
  /// @return whether its text may be asked for again
  boolean take(String path, byte[] text, int length) {
    boolean c = path.endsWith(".c");
    boolean ofArchitecture = path.startsWith("arch/");
    if (c && !ofArchitecture && !EntryPathFinder.wanted(path)) {
      int clues = CLUES.in(text, length);
      return clues != 0 && takeCode(path, Arrays.copyOf(text, length), clues);
    }
    return takeAny(path, Arrays.copyOf(text, length));
  }

  private boolean takeAny(String path, byte[] text) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (name.equals("Makefile") || name.equals("Kbuild")) {
      keep(makefiles, path, text);
    } else if (name.startsWith("Kconfig") || name.endsWith("defconfig")) {
      keep(kconfigs, path, text);
    } else if (Numberings.wanted(path) || path.equals("debian/changelog")) {
      keep(tables, path, text);
    }
    if (EntryPathFinder.wanted(path)) {
      keep(entryCode, path, text);
    }
    boolean ofArchitecture = path.startsWith("arch/");
    if (ofArchitecture && path.endsWith("/include/asm/unistd.h")) {
      keep(unistd, path, text);
    }
    if (ofArchitecture
        && (name.equals("unistd.h")
            || name.equals("syscalls.h")
            || (name.endsWith(".c") && (path.contains("/kernel/") || path.contains("/entry/"))))) {
      takeMacros(path, text);
    }
    if (path.endsWith(".S")) {
      takeAssembly(path, text);
      return false;
    }
    return (path.endsWith(".c") || path.endsWith(".h"))
        && takeCode(path, text, CLUES.in(text, text.length));
  }

  private void keep(Map<String, byte[]> files, String path, byte[] text) {
    if (kept.addAndGet(text.length) > MAX_KEPT) {
      throw malformed("its makefiles, Kconfig files and tables exceed " + MAX_KEPT + " bytes");
    }
    files.put(path, text);
  }

  private void takeAssembly(String path, byte[] text) {
    List<SyscallDefinition> found = AssemblyScanner.scan(path, text);
    count(found.size());
    if (!found.isEmpty()) {
      assembly.put(path, found);
    }
    takeMacros(path, text);
    takeIncludes(path, text);
  }

  private void takeIncludes(String path, byte[] text) {
    for (String included : SourceScanner.includedSources(path, text)) {
      includedBy.computeIfAbsent(included, key -> ConcurrentHashMap.newKeySet()).add(path);
    }
  }

  private void takeMacros(String path, byte[] text) {
    ArchitectureMacros.Found found = ArchitectureMacros.scan(path, text);
    if (!found.isEmpty()) {
      macros.put(path, found);
    }
  }

  /// @param clues which of [#CLUES] the text has
  private boolean takeCode(String path, byte[] text, int clues) {
    boolean c = path.endsWith(".c");
    if (c && (clues & INCLUDE) != 0) {
      takeIncludes(path, text);
    }
    // In an architecture's own code any function may serve a call.
    int wanted = c && path.startsWith("arch/") ? SYSCALL | ASMLINKAGE | SYS : SYSCALL | ASMLINKAGE;
    if ((clues & wanted) == 0) {
      return false;
    }
    SourceScanner.Found found = SourceScanner.scan(path, text, false);
    if (found.definitions().isEmpty()
        && found.declarations().isEmpty()
        && found.optional().isEmpty()) {
      return false;
    }
    count(found.definitions().size() + found.declarations().size());
    scanned.put(path, found);
    return found.definitions().stream().anyMatch(d -> !d.macro().isEmpty());
  }

  private void count(int found) {
    if (entryPoints.addAndGet(found) > MAX_ENTRY_POINTS) {
      throw malformed("it defines and declares more than " + MAX_ENTRY_POINTS + " functions");
    }
  }

  /// Every `Makefile` and `Kbuild`, by path; so the others.
  Map<String, byte[]> makefiles() {
    return makefiles;
  }

  /// Every `Kconfig*`, and the architectures' defconfigs.
  Map<String, byte[]> kconfigs() {
    return kconfigs;
  }

  /// What [EntryPathFinder] wants.
  Map<String, byte[]> entryCode() {
    return entryCode;
  }

  /// What [Numberings] wants.
  Map<String, byte[]> tables() {
    return tables;
  }

  /// `arch/*/include/asm/unistd.h`
  Map<String, byte[]> unistd() {
    return unistd;
  }

  /// What C files and headers hold.
  Map<String, SourceScanner.Found> scanned() {
    return scanned;
  }

  /// Functions that assembly files define.
  Map<String, List<SyscallDefinition>> assembly() {
    return assembly;
  }

  /// What architectures define in the files of their tables.
  Map<String, ArchitectureMacros.Found> macros() {
    return macros;
  }

  /// The files that include this one.
  Set<String> includers(String path) {
    return includedBy.getOrDefault(path, Set.of());
  }

  Optional<String> makefile() {
    byte[] text = makefiles.get("Makefile");
    return text == null ? Optional.empty() : Optional.of(new String(text, StandardCharsets.UTF_8));
  }

  MalformedBinary malformed(String what) {
    return new MalformedBinary(origin, 0, what);
  }

  /// The redirections that were found, in the order of their files.
  List<ArchitectureMacros.Replacement> redirections() {
    return new java.util.TreeMap<>(macros)
        .values().stream().flatMap(found -> found.redirections().stream()).toList();
  }
}
