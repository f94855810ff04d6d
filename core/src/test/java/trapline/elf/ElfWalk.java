package trapline.elf;

import java.util.List;
import trapline.bytes.Bytes;
import trapline.model.LinkAddress;
import trapline.model.MalformedBinary;
import trapline.model.Unsupported;

/// Asks a file everything that there is to ask, so that only the two promised exceptions come out.
final class ElfWalk {
  private static final int MANY = 3000;

  private ElfWalk() {}

  /// @return how many of the questions were answered
  static int everything(byte[] file) {
    ElfFile elf;
    try {
      ElfIdentity.of(Bytes.of("fuzz", file));
      elf = ElfFile.of(Bytes.of("fuzz", file));
    } catch (MalformedBinary | Unsupported e) {
      return 0;
    }
    List<Runnable> questions =
        List.of(
            elf::segments,
            elf::type,
            elf::entry,
            elf::isStatic,
            elf::interpreter,
            elf::sections,
            elf::buildId,
            elf::hasIndirectBranchTracking,
            elf::debugLink,
            elf::debugAltLink,
            elf::hasDebugInfo,
            elf::diagnostics,
            () -> elf.sections().stream().limit(MANY).forEach(section -> data(elf, section)),
            () -> elf.debugSection(".debug_info"),
            () -> elf.debugSection(".debug_line"),
            () -> each(elf.symbols()),
            () -> each(elf.dynamicSymbols()),
            () -> each(elf.relocations()),
            () -> each(elf.pltRelocations()),
            () -> elf.dynamic().needed(),
            () -> each(elf.neededVersions()),
            () -> each(elf.definedVersions()),
            () -> elf.dynamic().soname(),
            () -> elf.dynamic().rpath(),
            () -> elf.dynamic().runpath(),
            () -> elf.dynamic().pltGot(),
            () -> elf.functionAt(elf.entry()),
            () -> functions(elf),
            () -> elf.symbols().named("main"),
            () -> elf.dynamicSymbols().named("puts"),
            () -> each(elf.plt().stubs()),
            () -> elf.plt().stubAt(elf.entry()),
            () -> elf.plt().stubAt(new LinkAddress(elf.entry().value() - 0x70)),
            () -> elf.plt().slotAt(elf.entry()),
            elf::ehFrame,
            elf::ehFrameHeader,
            elf::executableRegions,
            () -> elf.bytesAt(elf.entry(), 16),
            () -> elf.bytesAt(new LinkAddress(-8), 16),
            () -> elf.mappedAt(elf.offsetOf(elf.entry()), true));
    int answered = 0;
    for (Runnable question : questions) {
      try {
        question.run();
        answered++;
      } catch (MalformedBinary | Unsupported e) {
        // What was promised.
      }
    }
    return answered;
  }

  private static void data(ElfFile elf, Section section) {
    try {
      elf.data(section);
    } catch (MalformedBinary | Unsupported e) {
      // What was promised.
    }
  }

  private static void each(List<?> table) {
    for (int i = 0; i < Math.min(MANY, table.size()); i++) {
      try {
        table.get(i);
      } catch (MalformedBinary e) {
        // What was promised.
      }
    }
  }

  private static void functions(ElfFile elf) {
    for (int i = 0; i < Math.min(MANY, elf.symbols().size()); i++) {
      elf.functionAt(elf.symbols().get(i).address());
    }
  }
}
