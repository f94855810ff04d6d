package trapline.unwind;

import org.jspecify.annotations.Nullable;

/// What was stored where, as far as following the code can tell. It never changes: storing gives
/// another one, which shares nearly everything with this one. So each branch of the code can keep
/// its own, however many branches and slots there are.
///
/// A tree in which each node holds an address, and the bits of an address decide the way to it: no
/// choice of addresses makes the tree much deeper than they have bits.
final class StoredSlots {
  /// Spreads addresses that lie close together over the upper bits (the golden ratio times 2^64).
  private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

  private final TrackedValue address;
  private final TrackedValue value;
  private final @Nullable StoredSlots zero;
  private final @Nullable StoredSlots one;

  private StoredSlots(
      TrackedValue address,
      TrackedValue value,
      @Nullable StoredSlots zero,
      @Nullable StoredSlots one) {
    this.address = address;
    this.value = value;
    this.zero = zero;
    this.one = one;
  }

  /// What was stored last at an address.
  ///
  /// @return `null` when nothing was
  static @Nullable TrackedValue at(@Nullable StoredSlots slots, TrackedValue address) {
    StoredSlots node = slots;
    for (int depth = 0; node != null; depth++) {
      if (node.address.equals(address)) {
        return node.value;
      }
      node = isOne(address, depth) ? node.one : node.zero;
    }
    return null;
  }

  /// These slots and a value stored at an address.
  static StoredSlots with(@Nullable StoredSlots slots, TrackedValue address, TrackedValue value) {
    return with(slots, address, value, 0);
  }

  private static StoredSlots with(
      @Nullable StoredSlots node, TrackedValue address, TrackedValue value, int depth) {
    if (node == null) {
      return new StoredSlots(address, value, null, null);
    }
    if (node.address.equals(address)) {
      return new StoredSlots(address, value, node.zero, node.one);
    }
    return isOne(address, depth)
        ? new StoredSlots(
            node.address, node.value, node.zero, with(node.one, address, value, depth + 1))
        : new StoredSlots(
            node.address, node.value, with(node.zero, address, value, depth + 1), node.one);
  }

  /// Where the value that a register had at the beginning was saved on the stack: the place
  /// nearest to the return address.
  ///
  /// @return `null` when it was saved nowhere
  static @Nullable TrackedValue saved(@Nullable StoredSlots slots, int register) {
    if (slots == null) {
      return null;
    }
    TrackedValue best = later(saved(slots.zero, register), saved(slots.one, register));
    boolean here = slots.value.isInitial(register) && slots.address.isRelativeTo(TrackedState.RSP);
    return here ? later(slots.address, best) : best;
  }

  private static @Nullable TrackedValue later(
      @Nullable TrackedValue one, @Nullable TrackedValue other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.offset() >= other.offset() ? one : other;
  }

  /// The bit that decides the way below a node: first those of the offset, then of the addend.
  private static boolean isOne(TrackedValue address, int depth) {
    long number = depth < Long.SIZE ? address.offset() : address.addend();
    return (number * SPREAD) << depth < 0;
  }
}
