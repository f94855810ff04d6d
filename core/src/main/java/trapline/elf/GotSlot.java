package trapline.elf;

import trapline.model.LinkAddress;

/// A word of the global offset table that the dynamic linker fills with a function's address.
///
/// @param address where the word is
/// @param relocation what fills it: `R_X86_64_JUMP_SLOT`, `GLOB_DAT`, `64` or `IRELATIVE`
/// @param initial what the file holds there, as a link address: the second half of the PLT stub
///     while a lazy slot is unbound; 0 when the slot is not lazy. At run time an unbound lazy slot
///     holds this plus the load bias.
public record GotSlot(LinkAddress address, Relocation relocation, LinkAddress initial) {
  /// Whether the slot may stay unbound until its first use. It still is not when the program asks
  /// for immediate binding ([DynamicSection#bindsNow], or `LD_BIND_NOW` in the environment).
  public boolean isLazy() {
    return relocation.type() == Relocation.JUMP_SLOT && initial.value() != 0;
  }

  /// Whether a resolver in this file chooses the target (`R_X86_64_IRELATIVE`): the relocation's
  /// addend is the resolver's address, and there is no symbol.
  public boolean isIndirect() {
    return relocation.type() == Relocation.IRELATIVE;
  }
}
