package trapline.journey;

import trapline.elf.GotSlot;

/// What slots of the global offset table held when the process was last stopped before this call.
@FunctionalInterface
public interface SlotHistory {
  /// What a slot held.
  enum Before {
    /// It still led to the resolver.
    UNBOUND,
    /// It held its target.
    BOUND,
    /// It was not looked at.
    NOT_SEEN
  }

  SlotHistory NONE = (image, slot) -> Before.NOT_SEEN;

  Before before(Image image, GotSlot slot);
}
