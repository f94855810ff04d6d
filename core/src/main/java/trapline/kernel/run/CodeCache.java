package trapline.kernel.run;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trapline.code.Flow;
import trapline.code.Instruction;
import trapline.code.SymbolLookup;
import trapline.code.X86Decoder;

/// The instructions of a recording, each decoded once.
final class CodeCache {
  private static final int MAX_CACHED = 1 << 18;

  private final KernelCode code;
  private final KernelSymbols symbols;
  private final X86Decoder decoder = new X86Decoder();
  private final byte[] bytes = new byte[X86Decoder.MAX_LENGTH];
  private final Map<Long, Instruction> known = new HashMap<>();

  CodeCache(KernelCode code, KernelSymbols symbols) {
    this.code = code;
    this.symbols = symbols;
  }

  /// The instruction at an address; `null` when its code is not known, or is none.
  @Nullable Instruction at(long pc) {
    Instruction cached = known.get(pc);
    if (cached != null) {
      return cached;
    }
    int length = code.read(pc, bytes);
    if (length <= 0) {
      return null;
    }
    Instruction instruction = new Instruction();
    if (!decoder.decode(bytes, 0, length, pc, instruction)) {
      return null;
    }
    if (known.size() == MAX_CACHED) {
      known.clear();
    }
    known.put(pc, instruction);
    return instruction;
  }

  /// Whether an address is in the function that starts at another one, or in the part of it that
  /// the compiler moved away.
  boolean isPartOf(long target, long function) {
    int there = symbols.at(target);
    int its = symbols.at(function);
    return there != KernelSymbols.NONE
        && its != KernelSymbols.NONE
        && (there == its || (symbols.isCold(there) && symbols.isColdPartOf(there, its)));
  }

  /// Its AT&T text; empty when it is not known.
  String text(long pc) {
    Instruction instruction = at(pc);
    return instruction == null ? "" : instruction.text(lookup());
  }

  /// The text of a call or jump to a function as it ran: the kernel replaces calls of jump pads by
  /// calls through the register when it starts. Empty when the code is not that.
  String call(long pc, CallNode called) {
    Instruction instruction = at(pc);
    if (instruction == null) {
      return "";
    }
    long target = instruction.target();
    if (target == 0 || target == called.address()) {
      return instruction.flow() == Flow.NEXT ? "" : instruction.text(lookup());
    }
    int function = symbols.at(target);
    String name = function == KernelSymbols.NONE ? "" : symbols.symbol(function);
    int register = name.lastIndexOf('_');
    return Role.THUNK.holds(name)
        ? instruction.mnemonic() + " *%" + name.substring(register + 1)
        : "";
  }

  private SymbolLookup lookup() {
    return address -> {
      int function = symbols.at(address);
      if (function == KernelSymbols.NONE || !isKernelCode(address)) {
        return null;
      }
      long offset = address - symbols.start(function);
      String name = symbols.symbol(function);
      return offset == 0 ? name : name + "+0x" + Long.toHexString(offset);
    };
  }

  private static boolean isKernelCode(long address) {
    return address >>> 31 == 0x1_ffff_ffffL;
  }
}
