package trapline.dwarf;

import trapline.model.LinkAddress;

/// A run of addresses.
///
/// @param start the first
/// @param end the one after the last
public record AddressRange(LinkAddress start, LinkAddress end) {
  public static AddressRange of(long start, long end) {
    return new AddressRange(new LinkAddress(start), new LinkAddress(end));
  }

  public boolean contains(LinkAddress address) {
    return Long.compareUnsigned(start.value(), address.value()) <= 0
        && Long.compareUnsigned(address.value(), end.value()) < 0;
  }

  /// Whether the two have an address in common.
  public boolean overlaps(AddressRange other) {
    return Long.compareUnsigned(start.value(), other.end.value()) < 0
        && Long.compareUnsigned(other.start.value(), end.value()) < 0;
  }

  /// In bytes.
  public long size() {
    return end.value() - start.value();
  }

  @Override
  public String toString() {
    return "[" + start + "," + end + ")";
  }
}
