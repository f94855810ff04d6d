package trapline.elf;

import org.jspecify.annotations.Nullable;
import trapline.model.LinkAddress;

/// One piece of the procedure linkage table (psABI AMD64, 5.2).
///
/// @param address its first byte
/// @param size in bytes
/// @param section `.plt`, `.plt.sec`, `.plt.got`; empty when the file has no section headers
/// @param slot `null` for [Kind#HEADER] only
/// @param name as objdump shows it: `socket@plt`, or `*ABS*+0x401000@plt` for an indirect function
public record PltStub(
    LinkAddress address, int size, String section, Kind kind, @Nullable GotSlot slot, String name) {
  /// The shapes that linkers write.
  public enum Kind {
    /// `jmp *slot(%rip); push $n; jmp header`: called by the program, and the way to the resolver.
    LAZY,
    /// `jmp *slot(%rip)` alone: `.plt.got`, `.plt.sec`, or everything under `-z now`.
    DIRECT,
    /// `push $n; jmp header`, the way to the resolver where `.plt.sec` or `.plt.got` is called.
    RESOLVE,
    /// The table's first entry: `push link_map; jmp *resolver`.
    HEADER
  }

  public boolean contains(LinkAddress at) {
    return Long.compareUnsigned(at.value() - address.value(), size) < 0;
  }
}
