package trapline.elf;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.model.LinkAddress;

/// The procedure linkage table and the slots that it jumps through.
///
/// Stubs are recognised by their instruction bytes and by the relocation of the slot that they jump
/// through, never by their number, so that any linker's layout is read alike.
@SuppressWarnings("DoNotCallSuggester")
public final class PltTable {
  PltTable() {}

  /// The stub that covers an address.
  ///
  /// @return `null` when there is none
  public @Nullable PltStub stubAt(LinkAddress address) {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// The slot at an address, as in `call *slot(%rip)`.
  ///
  /// @return `null` when no relocation that brings a function's address fills the word there
  public @Nullable GotSlot slotAt(LinkAddress address) {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// All stubs by rising address.
  public List<PltStub> stubs() {
    throw new UnsupportedOperationException("follows in the next commit");
  }
}
