package trapline.dwarf;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.model.LinkAddress;

/// Where something is over the whole of its scope.
///
/// @param entries bounded places, which may overlap; the first one that covers an address is meant
/// @param otherwise the place where no entry covers
public record LocationList(List<Entry> entries, LocationDescription otherwise) {
  /// A place that is valid for some addresses only.
  ///
  /// @param range those addresses
  /// @param location the place
  public record Entry(AddressRange range, LocationDescription location) {}

  /// Known nowhere.
  public static final LocationList NONE = new LocationList(List.of(), LocationDescription.NONE);

  /// The same place everywhere.
  public static LocationList everywhere(LocationDescription location) {
    return new LocationList(List.of(), location);
  }

  /// The place when execution is at `pc`.
  ///
  /// @param pc the next instruction to run; for a caller's frame, the return address less one
  public LocationDescription at(LinkAddress pc) {
    for (Entry entry : entries) {
      if (entry.range().contains(pc)) {
        return entry.location();
      }
    }
    return otherwise;
  }

  /// The range that makes [#at] say what it says; `null` when it is not bounded.
  public @Nullable AddressRange rangeAt(LinkAddress pc) {
    for (Entry entry : entries) {
      if (entry.range().contains(pc)) {
        return entry.range();
      }
    }
    return null;
  }
}
