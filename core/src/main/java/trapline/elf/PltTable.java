package trapline.elf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.model.LinkAddress;

/// The procedure linkage table and the slots that it jumps through (psABI AMD64, 5.2).
///
/// Stubs are recognised by their instruction bytes and by the relocation of the slot that they jump
/// through, never by their number, so that any linker's layout is read alike. With section headers
/// they are looked for in the sections `.plt…` and `.iplt…`, without them in all executable
/// segments.
public final class PltTable {
  private static final int MAX_SLOTS = 1 << 20;
  private static final int STEP = 8;
  private static final int ENTRY = 16;

  private final ElfFile elf;
  private final Relocations.Rela pltRelocations;
  private final Relocations.Rela relocations;
  private final Lazy<Map<Long, Relocation>> filled = new Lazy<>(this::readSlots);
  private final Lazy<List<Section>> sections = new Lazy<>(this::findSections);
  private final Lazy<List<PltStub>> stubs = new Lazy<>(this::findStubs);

  PltTable(ElfFile elf, Relocations.Rela pltRelocations, Relocations.Rela relocations) {
    this.elf = elf;
    this.pltRelocations = pltRelocations;
    this.relocations = relocations;
  }

  /// The stub that covers an address.
  ///
  /// @return `null` when there is none
  public @Nullable PltStub stubAt(LinkAddress address) {
    if (sections.get().isEmpty()) {
      return loneStubAt(address);
    }
    List<PltStub> all = stubs.get();
    int low = 0;
    int high = all.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(all.get(middle).address().value(), address.value()) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low > 0 && all.get(low - 1).contains(address) ? all.get(low - 1) : null;
  }

  /// The slot at an address, as in `call *slot(%rip)`.
  ///
  /// @return `null` when no relocation that brings a function's address fills the word there
  public @Nullable GotSlot slotAt(LinkAddress address) {
    Relocation known = filled.get().get(address.value());
    if (known != null) {
      return slot(known);
    }
    for (int i = 0; i < relocations.size(); i++) {
      if (relocations.place(i) == address.value()
          && relocations.type(i) == Relocation.ABS64
          && relocations.symbolIndex(i) != 0) {
        return slot(relocations.get(i));
      }
    }
    return null;
  }

  /// All stubs by rising address.
  public List<PltStub> stubs() {
    return stubs.get();
  }

  private GotSlot slot(Relocation relocation) {
    Bytes word = elf.bytesAt(relocation.place(), 8);
    return new GotSlot(
        relocation.place(), relocation, new LinkAddress(word == null ? 0 : word.u64(0)));
  }

  private Map<Long, Relocation> readSlots() {
    Map<Long, Relocation> slots = new HashMap<>();
    for (Relocations.Rela table : List.of(pltRelocations, relocations)) {
      for (int i = 0; i < table.size(); i++) {
        int type = table.type(i);
        if (type == Relocation.JUMP_SLOT
            || type == Relocation.GLOB_DAT
            || type == Relocation.IRELATIVE) {
          Relocation relocation = table.get(i);
          slots.putIfAbsent(relocation.place().value(), relocation);
          if (slots.size() > MAX_SLOTS) {
            throw elf.bytes().malformed(0, "more than " + MAX_SLOTS + " slots for functions");
          }
        }
      }
    }
    return slots;
  }

  private List<Section> findSections() {
    List<Section> found = new ArrayList<>();
    for (Section section : elf.sections()) {
      if (section.isExecutable()
          && section.hasContents()
          && (section.name().startsWith(".plt") || section.name().startsWith(".iplt"))) {
        found.add(section);
      }
    }
    return found;
  }

  private List<PltStub> findStubs() {
    List<PltStub> found = new ArrayList<>();
    if (sections.get().isEmpty()) {
      for (Region region : elf.executableRegions()) {
        scan(region, "", found);
      }
    } else {
      for (Section section : sections.get()) {
        scan(new Region(section.address(), elf.data(section)), section.name(), found);
      }
    }
    found.sort((a, b) -> Long.compareUnsigned(a.address().value(), b.address().value()));
    return List.copyOf(found);
  }

  private void scan(Region region, String section, List<PltStub> found) {
    Bytes code = region.data();
    long base = region.address().value();
    long at = -base & (STEP - 1);
    while (at < code.size()) {
      PltStub stub = stub(code, at, base + at, section);
      if (stub != null) {
        found.add(stub);
        at += stub.size();
      } else {
        at += STEP;
      }
    }
  }

  /// Without section headers: the stub around an address, where stubs can begin.
  private @Nullable PltStub loneStubAt(LinkAddress address) {
    for (long back = address.value() & (STEP - 1); back < PltDecoder.MAX_SIZE; back += STEP) {
      LinkAddress start = new LinkAddress(address.value() - back);
      Bytes code = elf.executableBytesFrom(start);
      if (code == null) {
        return null;
      }
      PltStub stub = stub(code, 0, start.value(), "");
      if (stub != null) {
        return stub.contains(address) ? stub : null;
      }
    }
    return null;
  }

  /// @param section empty when there are no sections to tell stubs from functions
  private @Nullable PltStub stub(Bytes code, long at, long address, String section) {
    PltDecoder.Shape shape = PltDecoder.decode(code, at, address);
    if (shape == null) {
      return null;
    }
    LinkAddress start = new LinkAddress(address);
    int size = (int) ((shape.end() - at + STEP - 1) & -STEP);
    if (shape.kind() == PltStub.Kind.HEADER) {
      return isHeader(shape, section)
          ? new PltStub(start, size, section, shape.kind(), null, "")
          : null;
    }
    Relocation relocation = relocation(shape);
    if (relocation == null) {
      return null;
    }
    GotSlot slot = slot(relocation);
    if (section.isEmpty() && !isCertain(shape, slot, code, at, address)) {
      return null;
    }
    if (shape.kind() == PltStub.Kind.DIRECT && isPadding(code, at + size, at + ENTRY)) {
      size = ENTRY;
    }
    return new PltStub(start, size, section, shape.kind(), slot, name(relocation));
  }

  private @Nullable Relocation relocation(PltDecoder.Shape shape) {
    if (shape.kind() == PltStub.Kind.RESOLVE) {
      return shape.index() < pltRelocations.size() ? pltRelocations.get((int) shape.index()) : null;
    }
    return filled.get().get(shape.slot());
  }

  /// The header jumps through the third word of `.got.plt`.
  private boolean isHeader(PltDecoder.Shape shape, String section) {
    return !section.isEmpty()
        || elf.dynamic().pltGot().map(got -> got.value() + 16 == shape.slot()).orElse(false);
  }

  /// Whether a jump through a slot is a stub and not the last instruction of a function that was
  /// compiled with `-fno-plt`. Such a function uses a slot that `GLOB_DAT` fills; the stubs that
  /// do so too stand at a multiple of their size, and padding fills that size. A way to the
  /// resolver is where its slot leads.
  private static boolean isCertain(
      PltDecoder.Shape shape, GotSlot slot, Bytes code, long at, long address) {
    long used = shape.end() - at;
    if (shape.kind() == PltStub.Kind.RESOLVE) {
      return Long.compareUnsigned(slot.initial().value() - address, used) < 0;
    }
    if (shape.kind() == PltStub.Kind.LAZY || slot.relocation().type() == Relocation.JUMP_SLOT) {
      return true;
    }
    int size = used > STEP ? ENTRY : STEP;
    return (address & (size - 1)) == 0 && isPadding(code, shape.end(), at + size);
  }

  /// Whether there are only `nop` instructions, or traps, or zeros.
  private static boolean isPadding(Bytes code, long from, long to) {
    if (to > code.size()) {
      return false;
    }
    long at = from;
    while (at < to) {
      int octet = code.u8(at);
      if (octet == 0x66 || octet == 0x2e || octet == 0x90 || octet == 0xcc || octet == 0) {
        at++;
      } else if (octet == 0x0f && at + 2 < code.size() && code.u8(at + 1) == 0x1f) {
        int mode = code.u8(at + 2);
        at += 3 + ((mode & 7) == 4 ? 1 : 0) + (mode >> 6 == 1 ? 1 : mode >> 6 == 2 ? 4 : 0);
      } else {
        return false;
      }
    }
    return true;
  }

  private static String name(Relocation relocation) {
    Symbol symbol = relocation.symbol();
    if (symbol == null || symbol.name().isEmpty()) {
      return "*ABS*+0x" + Long.toHexString(relocation.addend()) + "@plt";
    }
    return symbol.name() + "@plt";
  }
}
