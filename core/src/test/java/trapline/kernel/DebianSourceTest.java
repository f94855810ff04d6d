package trapline.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.kernel.source.CoreFunctions;
import trapline.kernel.source.IndexOptions;
import trapline.kernel.source.KernelIndexer;
import trapline.kernel.source.TarballSource;
import trapline.model.Abi;
import trapline.testing.Command;
import trapline.testing.Tools;

/// Indexes Debian's source packages and compares with awk, grep and Universal Ctags on the same
/// files.
@Tag("host")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DebianSourceTest {
  @TempDir static Path folder;
  private final Map<String, KernelIndex> indexed = new HashMap<>();
  private final Map<String, Path> unpacked = new HashMap<>();

  /// Fact by fact: the embedded file holds other versions, too, and is merged from all.
  @ParameterizedTest
  @ValueSource(strings = {"6.12", "6.1"})
  void theEmbeddedIndexIsWhatTheSourceGives(String series) throws IOException {
    KernelIndex embedded = KernelIndexSet.embedded().series(series).orElseThrow();
    Tools.requireHost(
        packageVersion(series).equals(embedded.version().packageVersion()),
        "Debian's linux-source-"
            + series
            + " of version "
            + embedded.version().packageVersion()
            + " (tools/make-kernel-index fetches it)");
    KernelIndex made = index(series);

    assertThat(made.version()).isEqualTo(embedded.version());
    assertThat(made.abis()).isEqualTo(embedded.abis());
    for (Abi abi : made.abis()) {
      assertThat(embedded.rows(abi)).as(abi.label()).isEqualTo(made.rows(abi));
      assertThat(embedded.entryPaths(abi)).as(abi.label()).isEqualTo(made.entryPaths(abi));
      for (SyscallRow row : made.rows(abi)) {
        assertThat(embedded.facts(abi, row)).isEqualTo(made.facts(abi, row));
      }
    }
    assertThat(embedded.definitions()).containsExactlyInAnyOrderElementsOf(made.definitions());
    assertThat(embedded.declarations()).containsExactlyInAnyOrderElementsOf(made.declarations());
    assertThat(embedded.redirections()).containsExactlyInAnyOrderElementsOf(made.redirections());
    assertThat(embedded.gaps()).isEqualTo(made.gaps());
  }

  /// Every function of the kernel's core, and no other, at its place.
  @ParameterizedTest
  @ValueSource(strings = {"6.12", "6.1"})
  void theEmbeddedFunctionsAreWhatTheSourceGives(String series) throws IOException {
    KernelIndex embedded = KernelIndexSet.embeddedFunctions().series(series).orElseThrow();
    Tools.requireHost(
        packageVersion(series).equals(embedded.version().packageVersion()),
        "Debian's linux-source-"
            + series
            + " of version "
            + embedded.version().packageVersion()
            + " (tools/make-kernel-index fetches it)");
    KernelIndex made = index(series);
    TreeSet<String> expected = new TreeSet<>();
    made.functions()
        .orElseThrow()
        .forEach(
            f -> {
              if (CoreFunctions.isCore(f.place().file())) {
                expected.add(f.name() + " " + f.place() + " " + f.isStatic());
              }
            });
    TreeSet<String> found = new TreeSet<>();
    embedded
        .functions()
        .orElseThrow()
        .forEach(f -> found.add(f.name() + " " + f.place() + " " + f.isStatic()));
    System.out.println(series + ": " + found.size() + " functions of the core");

    assertThat(embedded.version()).isEqualTo(made.version());
    assertThat(found).isEqualTo(expected).hasSizeGreaterThan(50_000);
  }

  /// Each stage's line, as tar unpacks it, has the stage's name, or the macro that makes it.
  @ParameterizedTest
  @ValueSource(strings = {"6.12", "6.1"})
  void theStagesOfEntryPathsStandWhereTheyAreSaidToBe(String series) throws IOException {
    KernelIndex index = index(series);
    TreeSet<String> files = new TreeSet<>();
    List<EntryPath.Stage> stages = new ArrayList<>();
    for (Abi abi : index.abis()) {
      for (EntryPath path : index.entryPaths(abi)) {
        assertThat(path.stages()).as(abi.label() + " " + path.instruction()).isNotEmpty();
        stages.addAll(path.stages());
      }
    }
    stages.forEach(stage -> files.add("linux-source-" + series + "/" + stage.place().file()));
    Path to = Files.createDirectory(folder.resolve("entry-" + series));
    List<String> command = new ArrayList<>(List.of("tar", "-C", to.toString(), "-xJf"));
    command.add(tarball(series).toString());
    command.add("--strip-components=1");
    command.addAll(files);
    Command.run(command.toArray(new String[0])).orFail();
    for (EntryPath.Stage stage : stages) {
      List<String> lines =
          Files.readAllLines(to.resolve(stage.place().file()), StandardCharsets.UTF_8);
      int line = stage.place().line();
      // A C function's name may stand on the line after its attributes.
      String text = lines.get(line - 1) + " " + lines.get(line);
      boolean made = stage.symbol().startsWith("el0t_") || stage.symbol().startsWith("asm_");
      assertThat(text)
          .as(stage.toString())
          .contains(
              made ? (stage.symbol().startsWith("asm_") ? "IDTENTRY" : "sync") : stage.symbol());
    }
    assertThat(stages).hasSizeGreaterThan(40);
  }

  /// Counts rows by their state with awk, and definitions by the macros of the whole tree, and
  /// wants each row in the state that this says.
  @ParameterizedTest
  @ValueSource(strings = {"6.12", "6.1"})
  void statesEqualARecountOfTheRawTable(String series) throws IOException {
    KernelIndex index = index(series);
    Path tree = tree(series);
    String table = tree.resolve("arch/x86/entry/syscalls/syscall_64.tbl").toString();
    String awk =
        "/^[0-9]/ && ($2==\"common\" || $2==\"64\") {"
            + " if ($4==\"\" || $4==\"-\") r++; else if ($4==\"sys_ni_syscall\") n++; else i++ }"
            + " END { print r+0, n+0, i+0 }";
    String[] recount = Command.run("awk", awk, table).orFail().trim().split(" ");
    TreeSet<String> defined = new TreeSet<>();
    for (String line : macros(tree)) {
      int name = line.indexOf("DEFINE") + 8;
      defined.add(line.substring(name, line.indexOf(',') < 0 ? line.length() : line.indexOf(',')));
    }

    Map<SyscallState, Integer> counts = new EnumMap<>(SyscallState.class);
    List<String> removed = new ArrayList<>();
    for (SyscallRow row : index.rows(Abi.X86_64)) {
      SyscallFacts facts = index.facts(Abi.X86_64, row.number()).orElseThrow();
      counts.merge(facts.state(), 1, Integer::sum);
      if (facts.state() == SyscallState.REMOVED) {
        removed.add(facts.entry());
      }
    }
    System.out.println(
        index.version().text()
            + ", x86_64: "
            + index.rows(Abi.X86_64).size()
            + " rows "
            + counts
            + ", removed "
            + removed
            + ", definitions "
            + index.definitions().size()
            + ", declarations "
            + index.declarations().size());

    assertThat(counts.getOrDefault(SyscallState.RESERVED, 0))
        .isEqualTo(Integer.parseInt(recount[0]));
    assertThat(counts.getOrDefault(SyscallState.NOT_IMPLEMENTED, 0))
        .isEqualTo(Integer.parseInt(recount[1]));
    assertThat(
            counts.getOrDefault(SyscallState.IMPLEMENTED, 0)
                + counts.getOrDefault(SyscallState.REMOVED, 0))
        .isEqualTo(Integer.parseInt(recount[2]));
    assertThat(removed).isEqualTo(series.equals("6.1") ? List.of("sys_lookup_dcookie") : List.of());
    for (SyscallRow row : index.rows(Abi.X86_64)) {
      if (!row.entry().isEmpty() && !row.entry().equals("sys_ni_syscall")) {
        boolean there = defined.contains(row.entry().substring(4));
        assertThat(index.facts(Abi.X86_64, row.number()).orElseThrow().definitions().isEmpty())
            .as(row.entry())
            .isEqualTo(!there);
      }
    }
  }

  /// Every place where a line of the tree begins with a macro of the family is in the index.
  @ParameterizedTest
  @ValueSource(strings = {"6.12", "6.1"})
  void placesEqualGreps(String series) throws IOException {
    Path tree = tree(series);
    TreeSet<String> expected = new TreeSet<>();
    for (String line : macros(tree)) {
      expected.add(line.substring(0, line.indexOf(':', line.indexOf(':') + 1)));
    }
    TreeSet<String> found = new TreeSet<>();
    for (SyscallDefinition definition : index(series).definitions()) {
      if (!definition.macro().isEmpty() && Files.exists(tree.resolve(definition.place().file()))) {
        found.add(definition.place().toString());
      }
    }
    // The 32-bit kernel's arch_prctl is not built for x86-64 and has a twin that is.
    expected.removeIf(place -> place.startsWith("arch/x86/kernel/process_32.c:"));

    assertThat(found).isEqualTo(expected);
    assertThat(found).hasSizeGreaterThan(500);
  }

  @Test
  void placesEqualCtags() throws IOException {
    Tools.require("ctags");
    Path tree = tree("6.12");
    TreeSet<String> files = new TreeSet<>();
    TreeSet<String> found = new TreeSet<>();
    for (SyscallDefinition definition : index("6.12").definitions()) {
      if (definition.macro().endsWith("_DEFINE0")) {
        continue; // ctags takes `SYSCALL_DEFINE0(fork)` for a declaration in some places
      }
      if (Files.exists(tree.resolve(definition.place().file()))) {
        files.add(definition.place().file());
        found.add(definition.place().toString());
      }
    }
    List<String> command =
        new ArrayList<>(List.of("ctags", "-x", "--c-kinds=f", "--_xformat=%N %n %F"));
    command.addAll(files);
    TreeSet<String> tagged = new TreeSet<>();
    for (String line : Command.runIn(tree, command).orFail().split("\n")) {
      String[] words = line.split(" ");
      if (words[0].matches("(COMPAT_)?SYSCALL(32)?_DEFINE[1-6]")) {
        tagged.add(words[2] + ":" + words[1]);
      }
    }
    TreeSet<String> missing = new TreeSet<>(tagged);
    missing.removeAll(found);
    System.out.println(
        "ctags names " + tagged.size() + " places of macros, the index " + found.size());

    assertThat(missing).isEmpty();
    assertThat(tagged.size()).isGreaterThan(found.size() / 2);
  }

  private KernelIndex index(String series) throws IOException {
    KernelIndex known = indexed.get(series);
    if (known == null) {
      Path tarball = tarball(series);
      known =
          KernelIndexer.index(
              new TarballSource(tarball),
              new IndexOptions(packageVersion(series), sha256(tarball), true),
              KernelSource.Progress.NONE);
      indexed.put(series, known);
    }
    return known;
  }

  private static Path tarball(String series) {
    String file = "/usr/src/linux-source-" + series + ".tar.xz";
    if (series.equals("6.12")) {
      Tools.require(file);
    }
    Tools.requireHost(Files.exists(Path.of(file)), "Debian's linux-source-" + series);
    return Path.of(file);
  }

  private static String sha256(Path tarball) {
    return Command.run("sha256sum", tarball.toString()).orFail().substring(0, 64);
  }

  private static String packageVersion(String series) {
    Tools.require("dpkg-query");
    Command query = Command.run("dpkg-query", "-W", "-f", "${Version}", "linux-source-" + series);
    return query.status() == 0 ? query.out().trim() : "";
  }

  /// The C files and tables of the directories in which system calls are looked for by hand,
  /// unpacked by
  /// tar.
  private Path tree(String series) throws IOException {
    Path known = unpacked.get(series);
    if (known == null) {
      Path to = Files.createDirectory(folder.resolve(series));
      List<String> command = new ArrayList<>(List.of("tar", "-C", to.toString(), "-xJf"));
      command.add(tarball(series).toString());
      command.addAll(List.of("--strip-components=1", "--wildcards"));
      command.add("--exclude=linux-source-*/arch/x86/um/*");
      for (String part :
          List.of(
              "kernel",
              "mm",
              "fs",
              "ipc",
              "net",
              "block",
              "security",
              "io_uring",
              "init",
              "lib",
              "crypto",
              "virt",
              "arch/x86",
              "drivers/char",
              "drivers/pci")) {
        command.add("linux-source-" + series + "/" + part + "/*.c");
      }
      command.add("linux-source-" + series + "/arch/x86/entry/syscalls/syscall_*.tbl");
      Command.run(command.toArray(new String[0])).orFail();
      unpacked.put(series, to);
      known = to;
    }
    return known;
  }

  /// `file:line:SYSCALL_DEFINEn(name, …` of every line that begins so.
  private static List<String> macros(Path tree) {
    String pattern = "^[A-Z0-9_]*SYSCALL[A-Z0-9_]*DEFINE[0-6]\\(";
    String out =
        Command.runIn(tree, List.of("grep", "-rnE", "--include=*.c", pattern, ".")).orFail();
    return out.lines().map(line -> line.substring(2).replace(")", ",")).toList();
  }
}
