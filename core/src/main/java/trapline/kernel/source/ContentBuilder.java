package trapline.kernel.source;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import trapline.bytes.Bytes;
import trapline.kernel.Condition;
import trapline.kernel.DispatchNames;
import trapline.kernel.EntryPath;
import trapline.kernel.FunctionIndex;
import trapline.kernel.Gap;
import trapline.kernel.IndexContent;
import trapline.kernel.KernelConfig;
import trapline.kernel.KernelVersion;
import trapline.kernel.SyscallDeclaration;
import trapline.kernel.SyscallDefinition;
import trapline.kernel.SyscallRow;
import trapline.model.Abi;
import trapline.model.Place;

/// Joins what was read of a source into what its index holds: which functions serve the tables'
/// rows, what the build asks for before it compiles them, and what is usually configured.
final class ContentBuilder {
  /// Whose makefiles say what is built outside of `arch/`: they do not differ there.
  private static final String ANY = "x86";

  /// The architectures whose kernels Trapline observes.
  private static final Set<String> TRACED =
      Abi.traced().stream().map(Abi::architecture).collect(Collectors.toSet());

  private final SourceFiles files;
  private final List<Gap> unread;
  private final UsualConfigs usual;
  private final Map<String, Kbuild> kbuilds = new ConcurrentHashMap<>();

  /// @param unread what could not be read of the source
  ContentBuilder(SourceFiles files, List<Gap> unread) {
    this.files = files;
    this.unread = List.copyOf(unread);
    this.usual = new UsualConfigs(files);
  }

  /// @param functions makes the function index, asked for at the end; empty when none is wanted
  /// @throws trapline.model.MalformedBinary when it is not a kernel's source
  IndexContent content(IndexOptions options, Supplier<Bytes> functions) {
    KernelVersion version = version(options);
    Numberings numberings = new Numberings(files.tables());
    if (numberings.found().isEmpty()) {
      throw files.malformed(
          "no kernel source: it has no table of system calls, such as "
              + Numberings.places(Abi.X86_64).getFirst());
    }
    List<IndexContent.Redirection> redirections = redirections();
    Set<String> served = served(numberings, redirections);
    List<SyscallDefinition> definitions = definitions(served);
    List<SyscallDeclaration> declarations = declarations(served);
    Set<String> optional = new TreeSet<>();
    files.scanned().values().forEach(found -> optional.addAll(found.optional()));

    Set<String> architectures = new TreeSet<>();
    numberings.found().forEach(numbering -> architectures.add(numbering.abi().architecture()));
    Bytes functionIndex = functions.get();
    Map<String, List<String>> fileGates = fileGates(functionIndex);
    Map<String, Map<String, KernelConfig.Value>> configs = new ConcurrentHashMap<>();
    architectures.parallelStream()
        .forEach(
            name -> {
              Set<String> symbols = symbols(name, definitions, declarations);
              if (TRACED.contains(name)) {
                fileGates.forEach(
                    (path, gates) -> gates.forEach(text -> UsualConfigs.symbols(text, symbols)));
              }
              configs.put(name, usual.of(name, symbols));
            });
    List<Gap> gaps = new ArrayList<>(unread);
    gaps.addAll(numberings.gaps());
    for (Abi abi : Abi.traced()) {
      if (numberings.found().stream().noneMatch(found -> found.abi().equals(abi))) {
        String place = Numberings.places(abi).getFirst();
        gaps.add(new Gap(new Place(place, 0), "no table of " + abi.label() + " was found here"));
      }
    }
    List<IndexContent.Table> tables = tables(numberings, configs, gaps);
    return new IndexContent(
        version,
        tables,
        declarations,
        definitions,
        optional,
        redirections,
        configs,
        gaps,
        functionIndex,
        fileGates);
  }

  private KernelVersion version(IndexOptions options) {
    String makefile =
        files
            .makefile()
            .orElseThrow(() -> files.malformed("no kernel source: it has no top Makefile"));
    KernelVersion version =
        KernelVersion.of(
            makefile,
            Optional.ofNullable(files.tables().get("debian/changelog")),
            options.packageVersion(),
            options.sha256());
    if (version.release().isEmpty()) {
      throw files.malformed("no kernel source: its Makefile sets no VERSION and PATCHLEVEL");
    }
    return version;
  }

  /// The redirections in files and branches that are built for the architecture as it is usually
  /// configured.
  private List<IndexContent.Redirection> redirections() {
    List<IndexContent.Redirection> found = new ArrayList<>();
    for (ArchitectureMacros.Replacement replacement : files.redirections()) {
      String path = replacement.redirection().place().file();
      List<String> needs = new ArrayList<>(replacement.conditions());
      if (!path.endsWith(".h")) {
        needs.addAll(gates(path, 0));
      }
      Set<String> symbols = new TreeSet<>();
      needs.forEach(text -> UsualConfigs.symbols(text, symbols));
      KernelConfig config =
          new KernelConfig(usual.of(replacement.redirection().architecture(), symbols), false);
      if (Condition.isPossible(needs, config)) {
        found.add(replacement.redirection());
      }
    }
    return found;
  }

  /// The functions that tables name, and what these are replaced by.
  private static Set<String> served(
      Numberings numberings, List<IndexContent.Redirection> redirections) {
    Set<String> served = new HashSet<>();
    for (Numberings.Numbering numbering : numberings.found()) {
      for (SyscallRow row : numbering.rows()) {
        served.add(row.entry());
        served.add(row.compat());
      }
    }
    redirections.forEach(redirection -> served.add(redirection.to()));
    return served;
  }

  private static boolean isEntryPoint(String name, Set<String> served) {
    return name.startsWith("sys_") || name.startsWith("compat_sys_") || served.contains(name);
  }

  private List<SyscallDeclaration> declarations(Set<String> served) {
    List<SyscallDeclaration> declarations = new ArrayList<>();
    new TreeMap<>(files.scanned())
        .forEach(
            (path, found) -> {
              for (SyscallDeclaration declaration : found.declarations()) {
                if (path.endsWith(".h") && isEntryPoint(declaration.entry(), served)) {
                  declarations.add(declaration);
                }
              }
            });
    return declarations;
  }

  private List<SyscallDefinition> definitions(Set<String> served) {
    List<SyscallDefinition> definitions = new ArrayList<>();
    Map<String, List<SyscallDefinition>> byFile = new TreeMap<>(files.assembly());
    files
        .scanned()
        .forEach(
            (path, found) -> {
              if (path.endsWith(".c")) {
                byFile.put(path, found.definitions());
              }
            });
    byFile.forEach(
        (path, found) -> {
          List<SyscallDefinition> wanted = new ArrayList<>(0);
          for (SyscallDefinition definition : found) {
            if (isEntryPoint(definition.entry(), served)) {
              wanted.add(definition);
            }
          }
          if (!wanted.isEmpty()) {
            List<String> gates = gates(path, 0);
            wanted.forEach(definition -> definitions.add(gated(definition, gates)));
          }
        });
    dropUnbuilt(definitions);
    return definitions;
  }

  /// When the files of the kernel's core are built, that hold functions.
  private Map<String, List<String>> fileGates(Bytes functions) {
    Map<String, List<String>> found = new TreeMap<>();
    if (!functions.isEmpty()) {
      for (String path : FunctionIndex.read(functions).files()) {
        if (!path.endsWith(".h") && CoreFunctions.isCore(path)) {
          List<String> gates = gates(path, 0);
          if (!gates.isEmpty()) {
            found.put(path, gates);
          }
        }
      }
    }
    return found;
  }

  /// A file that no makefile names may be included by one that a makefile names.
  private List<String> gates(String path, int depth) {
    Optional<List<String>> own = kbuild(architecture(path)).gates(path);
    if (own.isPresent() || depth > 3) {
      return own.orElse(List.of(SyscallDefinition.NOT_BUILT));
    }
    for (String includer : new TreeSet<>(files.includers(path))) {
      List<String> gates = gates(includer, depth + 1);
      if (!gates.contains(SyscallDefinition.NOT_BUILT)) {
        return gates;
      }
    }
    return List.of(SyscallDefinition.NOT_BUILT);
  }

  private Kbuild kbuild(String architecture) {
    return kbuilds.computeIfAbsent(
        architecture.isEmpty() ? ANY : architecture,
        name -> new Kbuild(files.makefiles(), name, usual.bits(name)));
  }

  /// The directory under `arch/`; empty outside of it.
  static String architecture(String path) {
    int end = path.startsWith("arch/") ? path.indexOf('/', 5) : -1;
    return end < 0 ? "" : path.substring(5, end);
  }

  /// Where the build knows some definitions of an entry point, those in files that it does not
  /// compile for this architecture (`process_32.c`) are none of it.
  private static void dropUnbuilt(List<SyscallDefinition> definitions) {
    Set<String> built = new HashSet<>();
    for (SyscallDefinition definition : definitions) {
      if (!definition.gates().contains(SyscallDefinition.NOT_BUILT)) {
        built.add(architecture(definition.place().file()) + " " + definition.entry());
      }
    }
    definitions.removeIf(
        d ->
            d.gates().contains(SyscallDefinition.NOT_BUILT)
                && (built.contains(architecture(d.place().file()) + " " + d.entry())
                    || built.contains(" " + d.entry())));
  }

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

  /// The symbols on which an architecture's facts depend.
  private static Set<String> symbols(
      String architecture,
      List<SyscallDefinition> definitions,
      List<SyscallDeclaration> declarations) {
    Set<String> symbols = new LinkedHashSet<>(List.of("CONFIG_64BIT", "CONFIG_COMPAT"));
    for (SyscallDefinition definition : definitions) {
      String own = architecture(definition.place().file());
      if (own.isEmpty() || own.equals(architecture)) {
        definition.requirements().forEach(text -> UsualConfigs.symbols(text, symbols));
      }
    }
    for (SyscallDeclaration declaration : declarations) {
      String own = architecture(declaration.place().file());
      if (own.isEmpty() || own.equals(architecture)) {
        declaration.conditions().forEach(text -> UsualConfigs.symbols(text, symbols));
      }
    }
    return symbols;
  }

  private List<IndexContent.Table> tables(
      Numberings numberings, Map<String, Map<String, KernelConfig.Value>> configs, List<Gap> gaps) {
    List<IndexContent.Table> tables = new ArrayList<>();
    Map<String, EntryPathFinder> finders = new TreeMap<>();
    for (Numberings.Numbering numbering : numberings.found()) {
      Abi abi = numbering.abi();
      List<EntryPath> paths = List.of();
      if (!EntryRules.all().paths(abi).isEmpty()) {
        paths =
            finders
                .computeIfAbsent(abi.architecture(), name -> entryPathFinder(name, configs))
                .paths(abi);
      }
      DispatchNames names = Dispatch.names(abi, files.macros());
      tables.add(new IndexContent.Table(abi, numbering.rows(), names, paths));
    }
    finders.values().forEach(finder -> gaps.addAll(finder.gaps()));
    return tables;
  }

  private EntryPathFinder entryPathFinder(
      String architecture, Map<String, Map<String, KernelConfig.Value>> configs) {
    KernelConfig known = new KernelConfig(configs.getOrDefault(architecture, Map.of()), false);
    KernelConfig config = usual.entryConfig(architecture, known);
    return new EntryPathFinder(files.entryCode(), architecture, kbuild(architecture), config);
  }
}
