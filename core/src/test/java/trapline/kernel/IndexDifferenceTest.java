package trapline.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.kernel.SyscallChange.Kind;
import trapline.kernel.SyscallDefinition.Parameter;
import trapline.model.Abi;
import trapline.model.Place;
import trapline.testing.Command;
import trapline.testing.Tools;

@Tag("host")
class IndexDifferenceTest {
  private static final Abi X86_64 = Abi.named("x86_64").orElseThrow();
  private static final String TABLE = "arch/x86/entry/syscalls/syscall_64.tbl";

  @TempDir Path folder;

  /// Added and removed names equal what comm(1) says of the rows that awk takes out of the tables.
  @Test
  void addedAndRemovedAreAsCommSaysOfTheRawTables() throws IOException {
    String before = table("6.1");
    String after = table("6.12");
    assertThat(names("6.1", "6.12", Kind.ADDED)).isEqualTo(comm("-13", before, after));
    assertThat(names("6.1", "6.12", Kind.REMOVED)).isEqualTo(comm("-23", before, after));
    assertThat(names("6.12", "6.1", Kind.ADDED)).isEqualTo(comm("-23", before, after));
  }

  /// Sorted lines `number name` of the rows for x86-64.
  private String table(String series) throws IOException {
    String tarball = "/usr/src/linux-source-" + series + ".tar.xz";
    Tools.require("tar", "xz", "comm", "awk", tarball);
    Path file = folder.resolve(series);
    Command.run(
            "sh",
            "-c",
            "tar -xJOf "
                + tarball
                + " --occurrence=1 linux-source-"
                + series
                + "/"
                + TABLE
                + " | awk '$1 ~ /^[0-9]+$/ && ($2 == \"common\" || $2 == \"64\") {print $1, $3}'"
                + " | LC_ALL=C sort > "
                + file)
        .orFail();
    assertThat(Files.size(file)).isPositive();
    return file.toString();
  }

  private static TreeSet<String> comm(String columns, String before, String after) {
    String lines = Command.run("comm", columns, before, after).orFail();
    return new TreeSet<>(lines.lines().toList());
  }

  private static TreeSet<String> names(String before, String after, Kind kind) {
    return between(before, after).stream()
        .filter(change -> change.kind() == kind)
        .map(change -> change.facts().row().number() + " " + change.facts().row().name())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<SyscallChange> between(String before, String after) {
    KernelIndexSet set = KernelIndexSet.embedded();
    return IndexDifference.between(
        set.series(before).orElseThrow(), set.series(after).orElseThrow(), X86_64);
  }

  @Test
  void whatEverybodyKnowsOfTheLastYears() {
    assertThat(names("6.1", "6.12", Kind.ADDED))
        .contains(
            "451 cachestat",
            "452 fchmodat2",
            "453 map_shadow_stack",
            "454 futex_wake",
            "455 futex_wait",
            "456 futex_requeue",
            "462 mseal");
    List<SyscallChange> changes = between("6.1", "6.12");
    assertThat(text(changes))
        .contains("212 lookup_dcookie entry changed: sys_lookup_dcookie -> ")
        .contains("212 lookup_dcookie state changed: removed -> reserved")
        .contains("24 sched_yield moved: kernel/sched/core.c -> kernel/sched/syscalls.c")
        .noneMatch(line -> line.contains(" removed: "));
    assertThat(text(between("5.10", "6.1")))
        .anyMatch(line -> line.startsWith("441 epoll_pwait2 added"));
  }

  @Test
  void aVersionDoesNotDifferFromItselfAndTheWayBackIsTheMirror() {
    KernelIndexSet set = KernelIndexSet.embedded();
    for (int i = 0; i < set.versions().size(); i++) {
      KernelIndex one = set.index(i);
      for (Abi abi : one.abis()) {
        assertThat(IndexDifference.between(one, one, abi)).isEmpty();
        if (i > 0 && set.index(i - 1).abis().contains(abi)) {
          List<SyscallChange> there = IndexDifference.between(set.index(i - 1), one, abi);
          List<SyscallChange> back = IndexDifference.between(one, set.index(i - 1), abi);
          assertThat(back).hasSameSizeAs(there);
          assertThat(count(back, Kind.ADDED)).isEqualTo(count(there, Kind.REMOVED));
        }
      }
    }
  }

  private static long count(List<SyscallChange> changes, Kind kind) {
    return changes.stream().filter(change -> change.kind() == kind).count();
  }

  @Test
  void eachKindIsToldFromTheOthers() {
    SyscallFacts a = call(1, "a", "sys_a", "x.c", 10, "int", "fd");
    assertThat(differences(a, a)).isEmpty();
    assertThat(differences(a, call(1, "a", "sys_a", "x.c", 99, "int", "fd"))).isEmpty();
    assertThat(differences(a, call(1, "b", "sys_a", "x.c", 10, "int", "fd")))
        .containsExactly("1 b renamed: a -> b");
    assertThat(differences(a, call(2, "a", "sys_a", "x.c", 10, "int", "fd")))
        .containsExactly("2 a renumbered: 1 -> 2");
    assertThat(differences(a, call(1, "a", "sys_newa", "x.c", 10, "int", "fd")))
        .containsExactly("1 a entry changed: sys_a -> sys_newa");
    assertThat(differences(a, call(1, "a", "sys_a", "y.c", 10, "int", "fd")))
        .containsExactly("1 a moved: x.c -> y.c");
    assertThat(differences(a, call(1, "a", "sys_a", "x.c", 10, "unsigned int", "fd")))
        .containsExactly("1 a signature changed: (int fd) -> (unsigned int fd)");
    assertThat(differences(a, call(1, "a", "sys_a", "x.c", 10, "int", "file")))
        .containsExactly("1 a signature changed: (int fd) -> (int file)");
    assertThat(differences(a, call(2, "b", "sys_b", "x.c", 10, "int", "fd")))
        .containsExactly("2 b added:  -> (int fd)", "1 a removed: (int fd) -> ");
    assertThat(differences(a, call(1, "a", "", "", 0)))
        .containsExactly(
            "1 a entry changed: sys_a -> ", "1 a state changed: implemented -> reserved");
  }

  /// A table may have one name twice, and a number may go to another name while its own moves on.
  @Test
  void rowsOfOneNameAndNumbersThatAreUsedAgain() {
    SyscallFacts one = call(1, "a", "sys_a", "x.c", 1);
    SyscallFacts two = call(2, "a", "sys_a2", "x.c", 1);
    assertThat(text(IndexDifference.between(List.of(one, two), List.of(two, one)))).isEmpty();
    assertThat(text(IndexDifference.between(List.of(one, two), List.of(two))))
        .containsExactly("1 a removed: () -> ");
    SyscallFacts late = call(2, "b", "sys_b", "x.c", 1);
    assertThat(
            text(
                IndexDifference.between(
                    List.of(one),
                    List.of(call(2, "a", "sys_a", "x.c", 1), call(1, "c", "sys_c", "x.c", 1)))))
        .containsExactly("1 c added:  -> ()", "2 a renumbered: 1 -> 2");
    assertThat(text(IndexDifference.between(List.of(), List.of(late))))
        .containsExactly("2 b added:  -> ()");
  }

  private static List<String> differences(SyscallFacts before, SyscallFacts after) {
    return text(IndexDifference.between(List.of(before), List.of(after)));
  }

  private static List<String> text(List<SyscallChange> changes) {
    List<String> lines = new ArrayList<>();
    for (SyscallChange change : changes) {
      SyscallRow row = change.facts().row();
      lines.add(
          row.number()
              + " "
              + row.name()
              + " "
              + change.kind().label()
              + ": "
              + change.was()
              + " -> "
              + change.is());
    }
    return lines;
  }

  /// @param arguments type, name, type, name…
  private static SyscallFacts call(
      int number, String name, String entry, String file, int line, String... arguments) {
    List<Parameter> parameters = new ArrayList<>();
    for (int i = 0; i < arguments.length; i += 2) {
      parameters.add(new Parameter(arguments[i], arguments[i + 1]));
    }
    Optional<SyscallDefinition> definition =
        entry.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new SyscallDefinition(
                    entry,
                    "SYSCALL_DEFINE",
                    "",
                    parameters,
                    new Place(file, line),
                    line,
                    List.of(),
                    List.of()));
    return new SyscallFacts(
        X86_64,
        new SyscallRow(number, "common", name, entry, "", false, new Place("t.tbl", number)),
        entry,
        entry,
        entry.isEmpty() ? SyscallState.RESERVED : SyscallState.IMPLEMENTED,
        List.of(),
        List.of(),
        definition.stream().toList(),
        List.of(),
        false,
        List.of());
  }
}
