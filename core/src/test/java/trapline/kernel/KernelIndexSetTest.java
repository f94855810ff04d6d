package trapline.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.bytes.Bytes;
import trapline.kernel.SyscallDefinition.Parameter;
import trapline.model.Abi;
import trapline.model.MalformedBinary;
import trapline.model.Place;

/// Several versions in one file say what each says alone.
@Tag("unit")
class KernelIndexSetTest {
  private static final Abi X86_64 = Abi.named("x86_64").orElseThrow();
  private static final Abi X32 = Abi.named("x32").orElseThrow();
  private static final Abi ARM64 = Abi.named("arm64").orElseThrow();
  private static final Abi RISCV = Abi.named("riscv64").orElseThrow();

  /// What a source of some years' changes looks like: every kind of fact stays, moves, comes, goes,
  /// or stands twice.
  private static final List<IndexContent> VERSIONS =
      List.of(first("5.10.1"), second("6.1.2"), third("6.12.3"));

  @Test
  void mergedVersionsEqualTheSingleOnes() {
    KernelIndexSet set = set(VERSIONS);

    assertThat(set.versions()).isEqualTo(VERSIONS.stream().map(IndexContent::version).toList());
    for (int i = 0; i < VERSIONS.size(); i++) {
      IndexContent content = VERSIONS.get(i);
      assertHolds(set.index(i), content);
      assertHolds(KernelIndex.of("one", content), content);
    }
  }

  @Test
  void theOrderInWhichVersionsAreGivenIsNoMatter() {
    List<IndexContent> reversed = new ArrayList<>(VERSIONS).reversed();

    assertThat(KernelIndexSet.write(reversed)).isEqualTo(KernelIndexSet.write(VERSIONS));
  }

  @Test
  void architecturesThatShareATableShareItsRecords() {
    List<IndexContent> one = List.of(onlyTables(List.of(table(ARM64, generic(1)))));
    List<IndexContent> two =
        List.of(onlyTables(List.of(table(ARM64, generic(1)), table(RISCV, generic(1)))));

    int numbering = IndexFile.recordSize(IndexFile.NUMBERINGS, 1);
    int strings = "riscv64".length() + 4 + "__riscv_".length() + 4;
    assertThat(KernelIndexSet.write(two).length - KernelIndexSet.write(one).length)
        .isEqualTo(numbering + strings);
  }

  /// What is embedded, read as one set and written version by version from what its index says.
  @Test
  void embeddedVersionsComeBackFromTheirOwnFacts() {
    KernelIndexSet embedded = KernelIndexSet.embedded();
    for (int i = 0; i < embedded.versions().size(); i++) {
      KernelIndex index = embedded.index(i);
      assertHolds(KernelIndex.of("again", content(index)), content(index));
    }
  }

  @Test
  void theEmbeddedIndexIsSmall() throws IOException {
    byte[] file = KernelIndexSet.embedded().index(0).write();
    ByteArrayOutputStream deflated = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(deflated)) {
      out.write(file);
    }
    System.out.println("embedded index: " + file.length + " bytes, deflated " + deflated.size());

    assertThat(deflated.size()).isBetween(20_000, 1_000_000);
  }

  @Test
  void theEmbeddedIndexHasTheSeriesThatItPromises() {
    for (String series : List.of("5.10", "6.1", "6.12", "6.18", "7.2", "7.3")) {
      KernelVersion version = KernelIndexSet.embedded().series(series).orElseThrow().version();
      assertThat(version.release()).startsWith(series + ".");
      assertThat(version.sha256()).matches("[0-9a-f]{64}");
      assertThat(version.packageVersion().isEmpty()).isEqualTo(version.distribution().isEmpty());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "6.12.117, 6.12.117",
    "6.12.117+deb13-cloud-amd64, 6.12.117",
    "6.12.1, 6.12.117",
    "6.12.500-custom, 6.12.117",
    "6.13.0, 6.12.117",
    "6.18.44, 6.18.15",
    "6.2.0-26-generic, 6.1.192",
    "7.9, 7.3.4",
    "7.10.1, 7.10.0",
    "7.11-rc3, 7.10.0",
    "10.0.1, 7.10.0",
    "5.10.1, 5.10.262",
    "4.19.0, 5.10.262",
    "'', 5.10.262",
    "nonsense, 5.10.262",
    "99999999999.1, 5.10.262",
  })
  void theNearestVersionServes(String running, String expected) {
    List<IndexContent> contents = new ArrayList<>();
    for (String release :
        List.of("7.10.0", "6.12.117", "5.10.262", "7.3.4", "6.1.192", "6.18.15", "7.2.13")) {
      contents.add(onlyVersion(release));
    }

    assertThat(set(contents).nearest(running).version().release()).isEqualTo(expected);
  }

  @Test
  void aSeriesIsFoundByItsNameOrRelease() {
    KernelIndexSet set = set(VERSIONS);

    assertThat(set.series("6.1").orElseThrow().version().release()).isEqualTo("6.1.2");
    assertThat(set.series("6.12.3").orElseThrow().version().release()).isEqualTo("6.12.3");
    assertThat(set.series("6.12.4")).isEmpty();
    assertThat(set.series("6")).isEmpty();
  }

  @Test
  void whatIsNoIndexIsRefusedWithItsReason() {
    byte[] whole = KernelIndexSet.write(VERSIONS);
    byte[] older = whole.clone();
    older[8] = 1;

    assertRefused(new byte[0], "not a kernel index");
    assertRefused("\u007fELF, and more".getBytes(), "not a kernel index");
    assertRefused(Arrays.copyOf(whole, 5), "not a kernel index");
    assertRefused(older, "a kernel index of format 1; this Trapline reads format 4");
    assertRefused(Arrays.copyOf(whole, 10), "beyond the end");
    assertRefused(Arrays.copyOf(whole, whole.length - 1), "the index is cut");
    assertRefused(Arrays.copyOf(whole, whole.length + 1), "the index is cut");
  }

  @Test
  void noChangedByteIsBelieved() {
    byte[] whole = KernelIndexSet.write(VERSIONS);
    for (int at = 0; at < whole.length; at++) {
      byte[] changed = whole.clone();
      changed[at] ^= 0x10;
      assertThatThrownBy(() -> KernelIndexSet.read(Bytes.of("changed.idx", changed)))
          .as("byte " + at)
          .isInstanceOf(MalformedBinary.class);
    }
  }

  @Test
  void noChangedByteOfFunctionsIsBelieved() {
    byte[] whole = KernelIndexSet.write(List.of(withFunctions("6.1.2", 10)));
    int from =
        whole.length
            - KernelIndexSet.read(Bytes.of("whole", whole))
                .index(0)
                .functions()
                .orElseThrow()
                .write()
                .length;
    for (int at = from; at < whole.length; at++) {
      byte[] changed = whole.clone();
      changed[at] ^= 0x10;
      KernelIndex index = KernelIndexSet.read(Bytes.of("changed.idx", changed)).index(0);
      assertThat(index.rows(X86_64)).isEmpty(); // what is whole is of use
      assertThatThrownBy(index::functions)
          .as("byte " + at)
          .isInstanceOf(MalformedBinary.class)
          .hasMessageContaining("changed.idx")
          .hasMessageContaining("the checksum of its functions differs");
    }
  }

  @Test
  void functionsOfSeveralVersionsAreEachVersionsOwn() {
    List<IndexContent> contents =
        List.of(withFunctions("6.1.2", 10), onlyVersion("6.6.1"), withFunctions("6.12.3", 400));
    KernelIndexSet set = set(contents);

    for (int i = 0; i < contents.size(); i += 2) {
      List<KernelFunction> merged = new ArrayList<>();
      List<KernelFunction> alone = new ArrayList<>();
      FunctionIndex own = set.index(i).functions().orElseThrow();
      own.forEach(merged::add);
      FunctionIndex.read(contents.get(i).functions()).forEach(alone::add);
      assertThat(merged).containsExactlyInAnyOrderElementsOf(alone);
      assertThat(own.size()).isEqualTo(alone.size());
      for (KernelFunction function : alone) {
        assertThat(own.named(function.name())).contains(function);
      }
    }
    assertThat(set.index(1).functions()).isEmpty();
    assertThat(set.index(0).functions().orElseThrow().named("only400")).isEmpty();
    assertThat(set.index(2).functions().orElseThrow().named("only400")).hasSize(1);
    assertThat(KernelIndexSet.write(contents.reversed())).isEqualTo(KernelIndexSet.write(contents));
  }

  /// Static ones of one name in several files, twice in one file, headed by a macro, moved.
  private static IndexContent withFunctions(String release, int line) {
    FunctionIndexWriter writer =
        new FunctionIndexWriter(
            List.of("b.c", "a.c", "c.h"), List.of("SYSCALL_DEFINE1"), 300, 9000);
    for (int i = 0; i < 90; i++) {
      add(writer, "function" + i, i % 3, line + i, i % 2 == 0, -1);
    }
    add(writer, "same", 0, line, true, -1);
    add(writer, "same", 1, line + 1, true, -1);
    add(writer, "same", 1, line + 70, true, -1);
    add(writer, "sys_x", 1, line + 9, false, 0);
    add(writer, "only" + line, 2, 7, true, -1);
    IndexContent content = onlyVersion(release);
    return new IndexContent(
        content.version(),
        List.of(),
        List.of(),
        List.of(),
        Set.of(),
        List.of(),
        Map.of(),
        List.of(),
        Bytes.of("functions", writer.write()));
  }

  private static void add(
      FunctionIndexWriter writer, String name, int file, int line, boolean isStatic, int macro) {
    byte[] bytes = name.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    writer.add(bytes, 0, bytes.length, file, line, isStatic, macro);
  }

  @Test
  void moreVersionsThanFitAreRefused() {
    List<IndexContent> many = new ArrayList<>();
    for (int i = 0; i <= IndexFile.MAX_VERSIONS; i++) {
      many.add(onlyVersion("6." + i));
    }

    assertThatThrownBy(() -> KernelIndexSet.write(many))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(set(many.subList(1, many.size())).versions()).hasSize(IndexFile.MAX_VERSIONS);
  }

  private static void assertRefused(byte[] file, String reason) {
    assertThatThrownBy(() -> KernelIndexSet.read(Bytes.of("refused.idx", file)))
        .isInstanceOf(MalformedBinary.class)
        .hasMessageContaining("refused.idx")
        .hasMessageContaining(reason);
  }

  /// Everything that the content says, and nothing else.
  private static void assertHolds(KernelIndex index, IndexContent content) {
    assertThat(index.version()).isEqualTo(content.version());
    assertThat(index.abis())
        .isEqualTo(content.tables().stream().map(IndexContent.Table::abi).toList());
    for (IndexContent.Table table : content.tables()) {
      assertThat(index.rows(table.abi())).containsExactlyInAnyOrderElementsOf(table.rows());
      assertThat(index.dispatchNames(table.abi())).isEqualTo(table.names());
      assertThat(index.entryPaths(table.abi())).isEqualTo(table.paths());
      for (SyscallRow row : table.rows()) {
        assertThat(index.row(table.abi(), row.number()).orElseThrow().number())
            .isEqualTo(row.number());
        assertThat(index.row(table.abi(), row.number() + (long) table.abi().offset()))
            .isEqualTo(index.row(table.abi(), row.number()));
      }
    }
    assertThat(index.definitions()).containsExactlyInAnyOrderElementsOf(content.definitions());
    assertThat(index.declarations()).containsExactlyInAnyOrderElementsOf(content.declarations());
    assertThat(index.redirections()).containsExactlyInAnyOrderElementsOf(content.redirections());
    assertThat(index.gaps()).isEqualTo(content.gaps());
    assertThat(optional(index)).isEqualTo(content.optional());
    content
        .configs()
        .forEach(
            (architecture, values) ->
                values.forEach(
                    (symbol, value) ->
                        assertThat(index.usualConfig(architecture).value(symbol))
                            .as(architecture + " " + symbol)
                            .isEqualTo(value)));
  }

  private static Set<String> optional(KernelIndex index) {
    Set<String> names = new TreeSet<>(List.of("sys_old", "sys_socket", "sys_nothing"));
    index.definitions().forEach(d -> names.add(d.entry()));
    index.declarations().forEach(d -> names.add(d.entry()));
    names.removeIf(name -> !index.isOptional(name));
    return names;
  }

  /// What an index says of all but configurations, which it does not list.
  private static IndexContent content(KernelIndex index) {
    List<IndexContent.Table> tables = new ArrayList<>();
    for (Abi abi : index.abis()) {
      tables.add(
          new IndexContent.Table(
              abi, index.rows(abi), index.dispatchNames(abi), index.entryPaths(abi)));
    }
    return new IndexContent(
        index.version(),
        tables,
        index.declarations(),
        index.definitions(),
        optional(index),
        index.redirections(),
        Map.of(),
        index.gaps(),
        Bytes.empty("none"));
  }

  private static KernelIndexSet set(List<IndexContent> contents) {
    return KernelIndexSet.read(Bytes.of("set", KernelIndexSet.write(contents)));
  }

  private static IndexContent first(String release) {
    return new IndexContent(
        new KernelVersion(release, "", "", "ab".repeat(32)),
        List.of(
            table(
                X86_64,
                List.of(
                    row(0, "common", "read", "sys_read", 11),
                    row(2, "common", "old", "sys_old", 13),
                    row(3, "64", "none", "", 14))),
            table(X32, List.of(row(0, "common", "read", "sys_read", 11)))),
        List.of(
            declaration("sys_read", "long sys_read(int);", 5),
            declaration("sys_read", "long sys_read(int);", 9)),
        List.of(
            definition("sys_read", "fs/read_write.c", 600, List.of("CONFIG_A")),
            definition("sys_old", "kernel/old.c", 7, List.of())),
        Set.of("sys_old"),
        List.of(),
        Map.of("x86", Map.of("CONFIG_A", KernelConfig.Value.BUILT_IN)),
        List.of(new Gap(new Place("arch/x86/new.tbl", 0), "of an unknown form")),
        Bytes.empty("none"));
  }

  private static IndexContent second(String release) {
    return new IndexContent(
        new KernelVersion(release, release + "-1", "Debian", "cd".repeat(32)),
        List.of(
            table(
                X86_64,
                List.of(
                    row(0, "common", "read", "sys_read", 12),
                    row(2, "common", "old", "", 13),
                    row(41, "common", "socket", "sys_socket", 50))),
            table(X32, List.of(row(0, "common", "read", "sys_read", 12))),
            table(ARM64, generic(100))),
        List.of(declaration("sys_read", "long sys_read(int);", 7)),
        List.of(
            definition("sys_read", "fs/read_write.c", 610, List.of("CONFIG_A")),
            definition("sys_read", "fs/read_write.c", 640, List.of("CONFIG_A")),
            definition("sys_socket", "net/socket.c", 1700, List.of("CONFIG_NET"))),
        Set.of("sys_socket"),
        List.of(
            new IndexContent.Redirection(
                "arm64", "sys_read", "sys_arm64_read", new Place("arch/arm64/kernel/sys.c", 40))),
        Map.of(
            "x86", Map.of("CONFIG_A", KernelConfig.Value.MODULE),
            "arm64", Map.of("CONFIG_A", KernelConfig.Value.OFF)),
        List.of(),
        Bytes.empty("none"));
  }

  private static IndexContent third(String release) {
    return new IndexContent(
        new KernelVersion(release, "", "", ""),
        List.of(
            table(
                X86_64,
                List.of(
                    row(0, "common", "read", "sys_read", 12),
                    row(41, "common", "socket", "sys_socket", 51))),
            table(ARM64, generic(7)),
            table(RISCV, generic(7))),
        List.of(declaration("sys_socket", "long sys_socket(int, int, int);", 70)),
        List.of(definition("sys_socket", "net/socket.c", 1722, List.of("CONFIG_NET"))),
        Set.of(),
        List.of(
            new IndexContent.Redirection(
                "arm64", "sys_read", "sys_arm64_read", new Place("arch/arm64/kernel/sys.c", 44))),
        Map.of("x86", Map.of("CONFIG_A", KernelConfig.Value.UNKNOWN)),
        List.of(
            new Gap(new Place("arch/x86/new.tbl", 3), "a row without a name"),
            new Gap(new Place("arch/x86/new.tbl", 4), "a row without a name")),
        Bytes.empty("none"));
  }

  private static IndexContent onlyVersion(String release) {
    return new IndexContent(
        new KernelVersion(release, "", "", ""),
        List.of(),
        List.of(),
        List.of(),
        Set.of(),
        List.of(),
        Map.of(),
        List.of(),
        Bytes.empty("none"));
  }

  private static IndexContent onlyTables(List<IndexContent.Table> tables) {
    return new IndexContent(
        new KernelVersion("6.1", "", "", ""),
        tables,
        List.of(),
        List.of(),
        Set.of(),
        List.of(),
        Map.of(),
        List.of(),
        Bytes.empty("none"));
  }

  private static IndexContent.Table table(Abi abi, List<SyscallRow> rows) {
    EntryPath path =
        new EntryPath(
            "trap",
            List.of(
                new EntryPath.Stage("entry", new Place("arch/entry.S", 1 + rows.size())),
                new EntryPath.Stage("dispatch", new Place("arch/entry.c", 30), true)));
    DispatchNames names =
        new DispatchNames(
            "__" + abi.architecture() + "_",
            Map.of("private", "__own_"),
            Map.of("__own_sys_a", "sys_b"));
    return new IndexContent.Table(
        abi, rows, names, List.of(path, new EntryPath("another", List.of())));
  }

  private static List<SyscallRow> generic(int line) {
    List<SyscallRow> rows = new ArrayList<>();
    for (int number = 0; number < 20; number++) {
      rows.add(
          new SyscallRow(
              number,
              "common",
              "call" + number,
              "sys_call" + number,
              number % 3 == 0 ? "compat_sys_call" + number : "",
              number == 7,
              new Place("scripts/syscall.tbl", line + number)));
    }
    return rows;
  }

  private static SyscallRow row(int number, String abi, String name, String entry, int line) {
    return new SyscallRow(
        number, abi, name, entry, "", false, new Place("arch/x86/syscall_64.tbl", line));
  }

  private static SyscallDeclaration declaration(String entry, String text, int line) {
    return new SyscallDeclaration(
        entry, text, new Place("include/linux/syscalls.h", line), List.of("!CONFIG_X"));
  }

  private static SyscallDefinition definition(
      String entry, String file, int line, List<String> gates) {
    return new SyscallDefinition(
        entry,
        "SYSCALL_DEFINE1",
        "SYSCALL_DEFINE1(" + entry.substring(4) + ", int, fd)",
        List.of(new Parameter("int", "fd")),
        new Place(file, line),
        line + 4,
        List.of("CONFIG_MMU"),
        gates);
  }
}
