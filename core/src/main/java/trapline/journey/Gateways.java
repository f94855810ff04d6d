package trapline.journey;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.code.Flow;
import trapline.code.Instruction;
import trapline.code.X86Decoder;
import trapline.dwarf.DebugInfo;
import trapline.elf.GotSlot;
import trapline.elf.PltStub;
import trapline.elf.Region;
import trapline.elf.Symbol;
import trapline.model.LinkAddress;
import trapline.model.MalformedBinary;
import trapline.model.RemoteAddress;
import trapline.model.Unsupported;

/// Finds the places in a program from which it can get into the kernel: its calls of library
/// functions that may trap, and its own traps. A walk instruction by instruction starts there.
public final class Gateways {
  /// In larger files a walk starts at the call, not at the instructions that set its arguments.
  private static final int SMALL = 256 << 10;

  /// More places than this are not watched.
  private static final int MOST = 20_000;

  /// A place where a walk starts.
  ///
  /// @param start the first instruction of the walk
  /// @param call the call, tail jump or trap
  /// @param next the instruction behind it
  /// @param tail whether it is a jump: the library then returns to the function's caller
  /// @param libraryTrap whether it is a trap in a library
  public record Gateway(
      RemoteAddress start,
      RemoteAddress call,
      RemoteAddress next,
      boolean tail,
      boolean libraryTrap) {}

  private final List<Image> libraries;
  private final TrapReach reach = new TrapReach();

  /// @param libraries the C library and what else the program's linkage tables lead to
  public Gateways(List<Image> libraries) {
    this.libraries = List.copyOf(libraries);
  }

  /// The gateways of the program or one of its libraries.
  public List<Gateway> of(Image image, boolean program) {
    List<Gateway> found = new ArrayList<>();
    try {
      for (Region region : image.elf().executableRegions()) {
        scan(image, region, program, found);
      }
    } catch (MalformedBinary e) {
      // What was found before the damage is watched.
      return found;
    }
    return found;
  }

  private void scan(Image image, Region region, boolean program, List<Gateway> found) {
    long start = region.address().value();
    byte[] code = region.data().copy(0, region.data().size());
    FunctionCode whole =
        code.length <= SMALL ? FunctionCode.decode(image, start, code.length) : null;
    X86Decoder decoder = new X86Decoder();
    Instruction instruction = new Instruction();
    for (int offset = 0; offset < code.length && found.size() < MOST; ) {
      long address = image.loadBias() + start + offset;
      decoder.decode(code, offset, code.length, address, instruction);
      offset += instruction.length();
      boolean trap = instruction.flow() == Flow.SYSCALL;
      if (trap ? !isLibraryCode(image, address) : callsOut(image, instruction)) {
        found.add(
            new Gateway(
                new RemoteAddress(walkStart(whole, address, trap)),
                new RemoteAddress(address),
                new RemoteAddress(instruction.next()),
                isJump(instruction),
                trap && !program));
      }
    }
  }

  private static long walkStart(@Nullable FunctionCode whole, long call, boolean trap) {
    int index = whole == null ? -1 : whole.indexOf(call);
    if (whole == null || index < 0) {
      return call;
    }
    List<ArgumentSlice.Part> slice =
        ArgumentSlice.before(whole, index, trap ? ArgumentSlice.SYSCALL : ArgumentSlice.FUNCTION);
    return slice.isEmpty() ? call : whole.get(slice.getFirst().index()).address();
  }

  private static boolean isJump(Instruction instruction) {
    return switch (instruction.flow()) {
      case JUMP, CONDITIONAL_JUMP, INDIRECT_JUMP -> true;
      default -> false;
    };
  }

  /// Whether a call or jump leads out of the program to something that may trap.
  private boolean callsOut(Image image, Instruction instruction) {
    if (instruction.flow() == Flow.INDIRECT_CALL
        || (instruction.flow() == Flow.INDIRECT_JUMP
            && image.elf().plt().stubAt(image.link(new RemoteAddress(instruction.address())))
                == null)) {
      GotSlot slot =
          instruction.hasRipTarget()
              ? image.elf().plt().slotAt(image.link(new RemoteAddress(instruction.ripTarget())))
              : null;
      return slot != null && mayTrap(image, slot);
    }
    if (instruction.flow() != Flow.CALL
        && instruction.flow() != Flow.JUMP
        && instruction.flow() != Flow.CONDITIONAL_JUMP) {
      return false;
    }
    RemoteAddress target = new RemoteAddress(instruction.target());
    PltStub stub = image.elf().plt().stubAt(image.link(target));
    if (stub != null) {
      GotSlot slot = stub.slot();
      return slot != null && mayTrap(image, slot);
    }
    return image.elf().isStatic()
        && !isLibraryCode(image, instruction.address())
        && isLibraryCode(image, target.value())
        && reach.mayTrap(image, target);
  }

  private boolean mayTrap(Image image, GotSlot slot) {
    Symbol wanted = slot.relocation().symbol();
    if (wanted == null) {
      return true;
    }
    for (Image library : libraries) {
      if (library.equals(image)) {
        continue;
      }
      for (Symbol symbol : library.elf().dynamicSymbols().named(wanted.name())) {
        if (symbol.isDefined()) {
          return symbol.isIndirect() || reach.mayTrap(library, library.remote(symbol.address()));
        }
      }
    }
    return true;
  }

  /// In a static program with debug information the library's code is what has none.
  private boolean isLibraryCode(Image image, long address) {
    DebugInfo info = image.elf().isStatic() ? image.debugInfo() : null;
    if (info == null) {
      return false;
    }
    try {
      LinkAddress link = image.link(new RemoteAddress(address));
      return info.lineAt(link).isEmpty();
    } catch (MalformedBinary | Unsupported e) {
      return false;
    }
  }
}
