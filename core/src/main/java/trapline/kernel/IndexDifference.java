package trapline.kernel;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import trapline.kernel.SyscallChange.Kind;
import trapline.model.Abi;

/// What differs between two versions' system calls of one ABI.
///
/// Calls are matched by name. Of those that only one version has, two with the same number are one
/// call that was renamed.
public final class IndexDifference {
  /// What can change in a call that both versions have under one name and number.
  private static final List<Kind> WITHIN =
      List.of(Kind.ENTRY, Kind.SIGNATURE, Kind.STATE, Kind.MOVED);

  private IndexDifference() {}

  /// The differences, in the order of [Kind] and then of the numbers.
  public static List<SyscallChange> between(KernelIndex before, KernelIndex after, Abi abi) {
    return between(facts(before, abi), facts(after, abi));
  }

  private static List<SyscallFacts> facts(KernelIndex index, Abi abi) {
    List<SyscallFacts> all = new ArrayList<>();
    for (SyscallRow row : index.rows(abi)) {
      all.add(index.facts(abi, row));
    }
    return all;
  }

  /// The differences between two lists of calls of one ABI.
  static List<SyscallChange> between(List<SyscallFacts> before, List<SyscallFacts> after) {
    List<SyscallFacts> gone = new ArrayList<>(before);
    List<SyscallFacts> come = new ArrayList<>(after);
    List<SyscallChange> changes = new ArrayList<>();
    // A name may have several rows: those with equal numbers belong together before all others.
    pair(gone, come, facts -> facts.row().number() + " " + facts.row().name(), changes);
    pair(gone, come, facts -> facts.row().name(), changes);
    pair(gone, come, facts -> Integer.toString(facts.row().number()), changes);
    for (SyscallFacts facts : come) {
      changes.add(new SyscallChange(Kind.ADDED, Optional.empty(), Optional.of(facts)));
    }
    for (SyscallFacts facts : gone) {
      changes.add(new SyscallChange(Kind.REMOVED, Optional.of(facts), Optional.empty()));
    }
    changes.sort(
        Comparator.comparing(SyscallChange::kind)
            .thenComparingInt(change -> change.facts().row().number()));
    return changes;
  }

  private interface Key {
    String of(SyscallFacts facts);
  }

  /// Takes out of both lists what has one key, and notes how the pairs differ.
  private static void pair(
      List<SyscallFacts> gone, List<SyscallFacts> come, Key key, List<SyscallChange> changes) {
    Map<String, List<SyscallFacts>> wanted = new HashMap<>();
    for (SyscallFacts facts : gone) {
      wanted.computeIfAbsent(key.of(facts), none -> new ArrayList<>(1)).add(facts);
    }
    List<SyscallFacts> unmatched = new ArrayList<>();
    for (SyscallFacts facts : come) {
      List<SyscallFacts> same = wanted.get(key.of(facts));
      if (same == null || same.isEmpty()) {
        unmatched.add(facts);
      } else {
        changes.addAll(within(same.removeFirst(), facts));
      }
    }
    come.clear();
    come.addAll(unmatched);
    gone.clear();
    wanted.values().forEach(gone::addAll);
  }

  /// How two versions of one call differ, in the order of [Kind].
  static List<SyscallChange> within(SyscallFacts before, SyscallFacts after) {
    List<SyscallChange> changes = new ArrayList<>(0);
    boolean renamed = !before.row().name().equals(after.row().name());
    if (renamed) {
      changes.add(new SyscallChange(Kind.RENAMED, Optional.of(before), Optional.of(after)));
    }
    if (before.row().number() != after.row().number()) {
      changes.add(new SyscallChange(Kind.RENUMBERED, Optional.of(before), Optional.of(after)));
    }
    for (Kind kind : WITHIN) {
      if (SyscallChange.differs(kind, before, after)) {
        changes.add(new SyscallChange(kind, Optional.of(before), Optional.of(after)));
      }
    }
    return changes;
  }
}
