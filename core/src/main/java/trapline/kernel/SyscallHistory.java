package trapline.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import trapline.model.Abi;

/// One call of one ABI over the versions of an index.
///
/// @param stations one for each indexed version, oldest first
public record SyscallHistory(List<Station> stations) {
  public SyscallHistory {
    stations = List.copyOf(stations);
  }

  /// One version.
  ///
  /// @param facts the call in it; empty when its table has no such row
  /// @param changes how the call differs from the version before; empty in the first version that
  ///     has it
  public record Station(
      KernelVersion version, Optional<SyscallFacts> facts, List<SyscallChange> changes) {
    public Station {
      changes = List.copyOf(changes);
    }
  }

  /// The call of that name in every version. Of several rows of one name, the one with this number
  /// counts, if there is one.
  public static SyscallHistory of(KernelIndexSet set, Abi abi, SyscallRow row) {
    List<Station> stations = new ArrayList<>();
    Optional<SyscallFacts> before = Optional.empty();
    for (int i = 0; i < set.versions().size(); i++) {
      KernelIndex index = set.index(i);
      Optional<SyscallFacts> facts =
          index
              .row(abi, abi.passed(row.number()))
              .filter(same -> same.name().equals(row.name()))
              .or(() -> index.row(abi, row.name()))
              .map(found -> index.facts(abi, found));
      List<SyscallChange> changes =
          before.isPresent() && facts.isPresent()
              ? IndexDifference.within(before.get(), facts.get())
              : List.of();
      stations.add(new Station(set.versions().get(i), facts, changes));
      before = facts;
    }
    return new SyscallHistory(stations);
  }

  /// The first version that has the call; empty when none has.
  public Optional<KernelVersion> since() {
    for (Station station : stations) {
      if (station.facts().isPresent()) {
        return Optional.of(station.version());
      }
    }
    return Optional.empty();
  }

  /// Whether the oldest version has it already, so that nobody knows from here how old it is.
  public boolean sinceOldest() {
    return !stations.isEmpty() && stations.getFirst().facts().isPresent();
  }
}
