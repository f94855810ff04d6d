package trapline.journey;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import trapline.bytes.LittleEndian;
import trapline.code.Flow;
import trapline.code.Instruction;
import trapline.elf.GotSlot;
import trapline.elf.PltStub;
import trapline.elf.Section;
import trapline.elf.Symbol;
import trapline.elf.SymbolVersion;
import trapline.model.Evidence;
import trapline.model.Hop;
import trapline.model.HopKind;
import trapline.model.LinkAddress;
import trapline.model.MalformedBinary;
import trapline.model.RemoteAddress;

/// Builds the plt hop: from a call instruction through the procedure linkage table to the library.
final class PltLookup {
  private PltLookup() {}

  /// @param site the call, or the jump of a tail call
  /// @param branch where it leads; `null` when that is not known
  /// @param alone whether the called function itself made the trap, so that each call of it traps
  static Hop hop(
      CallSites.Found site,
      @Nullable Branch branch,
      Image image,
      AddressSpace space,
      SlotHistory history,
      boolean bindNow,
      boolean alone) {
    try {
      return lookUp(site, branch, image, space, history, bindNow, alone);
    } catch (MalformedBinary e) {
      return missing("the linkage table cannot be read: " + e.getMessage());
    }
  }

  private static Hop lookUp(
      CallSites.Found site,
      @Nullable Branch branch,
      Image image,
      AddressSpace space,
      SlotHistory history,
      boolean bindNow,
      boolean alone) {
    Instruction call = site.call();
    if (call == null) {
      return missing("the call instruction was not found");
    }
    if (call.flow() == Flow.SYSCALL || call.flow() == Flow.INTERRUPT) {
      return missing("the program traps by itself and calls no library");
    }
    if (branch == null) {
      return missing("the frame was not entered by a call (" + call.mnemonic() + ")");
    }
    GotSlot slot = branch.slot();
    if (slot != null) {
      return throughSlot(
          branch.stub(), slot, image, space, history, bindNow, alone, remark(branch));
    }
    if (branch.word() != null) {
      return missing("the call goes through a pointer in memory at " + branch.word());
    }
    if (branch.direct() == null) {
      return missing(
          "the call goes through a pointer ("
              + (branch.thunk() ? "in " + branch.register() + ", by a thunk" : text(call, space))
              + ")");
    }
    return missing(
        image.elf().isStatic()
            ? "statically linked: the call goes straight to the function"
            : "the function is in " + image.shortName() + " itself: the call goes straight to it");
  }

  private static String text(Instruction call, AddressSpace space) {
    return call.text(space.symbols());
  }

  /// What is special about the way through a slot; empty when nothing is.
  private static String remark(Branch branch) {
    PltStub stub = branch.stub();
    if (stub != null) {
      return stub.section().equals(".plt.sec") ? "for indirect branch tracking" : "";
    }
    if (branch.register().isEmpty()) {
      return "-fno-plt: no stub";
    }
    return "-fno-plt: no stub, the slot is read into "
        + branch.register()
        + (branch.thunk() ? " for a thunk" : "");
  }

  private static Hop throughSlot(
      @Nullable PltStub stub,
      GotSlot slot,
      Image image,
      AddressSpace space,
      SlotHistory history,
      boolean bindNow,
      boolean alone,
      String note) {
    RemoteAddress at = image.remote(slot.address());
    byte[] held = space.memory().readExactly(at.value(), 8);
    if (held == null) {
      return missing("the slot at " + at + " cannot be read");
    }
    RemoteAddress target = new RemoteAddress(LittleEndian.number(held, 0, held.length));
    boolean unbound = slot.isLazy() && target.value() == image.remote(slot.initial()).value();
    Image library = unbound ? null : space.at(target);
    Symbol symbol = slot.relocation().symbol();
    SymbolVersion version = symbol == null ? null : symbol.version();
    Section section = image.elf().sectionAt(slot.address());
    String name = symbol == null ? "" : symbol.name();
    if (name.isEmpty() && library != null) {
      String found = library.describe(library.link(target));
      name = found == null ? "" : found;
    }
    String remark = note;
    if (isIndirectFunction(slot, name, library, target)) {
      remark = (remark.isEmpty() ? "" : remark + "; ") + "IFUNC: a resolver chose the function";
    }
    return new Hop.Plt(
        Evidence.OBSERVED,
        stub == null ? "" : stub.name(),
        stub == null ? Optional.empty() : Optional.of(image.remote(stub.address())),
        stub != null ? stub.section() : section == null ? "" : section.name(),
        at,
        slot.address(),
        slot.relocation().typeName(),
        name,
        version == null ? "" : version.name(),
        library == null ? "" : library.name(),
        target,
        binding(slot, image, history, bindNow, unbound, alone),
        remark);
  }

  private static Hop.Binding binding(
      GotSlot slot,
      Image image,
      SlotHistory history,
      boolean bindNow,
      boolean unbound,
      boolean alone) {
    if (unbound) {
      return Hop.Binding.UNBOUND;
    }
    if (!slot.isLazy() || bindNow || image.elf().dynamic().bindsNow()) {
      return Hop.Binding.AT_LOAD;
    }
    return switch (history.before(image, slot)) {
      case UNBOUND -> alone ? Hop.Binding.ON_THIS_CALL : Hop.Binding.SINCE_LAST_STOP;
      case BOUND -> Hop.Binding.BY_EARLIER_CALL;
      case NOT_SEEN -> Hop.Binding.BEFORE_SEEN;
    };
  }

  private static boolean isIndirectFunction(
      GotSlot slot, String name, @Nullable Image library, RemoteAddress target) {
    if (slot.isIndirect()) {
      return true;
    }
    if (library == null || name.isEmpty()) {
      return false;
    }
    LinkAddress link = library.link(target);
    for (Symbol each : library.exported(name)) {
      if (each.isDefined() && each.isIndirect() && each.address().value() != link.value()) {
        return true;
      }
    }
    return false;
  }

  private static Hop missing(String why) {
    return new Hop.Missing(HopKind.PLT, why, "");
  }
}
