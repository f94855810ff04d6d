package trapline.journey;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.code.Flow;
import trapline.code.Instruction;
import trapline.code.X86Decoder;
import trapline.model.Abi;
import trapline.model.CodeLine;
import trapline.model.Evidence;
import trapline.model.Hop;
import trapline.model.HopKind;
import trapline.model.LinkAddress;
import trapline.model.RemoteAddress;

/// Code that no object file can be read for, such as what a program made at run time: it is read
/// from the process' memory.
final class MemoryCode {
  /// Encodings of `syscall`, `int` and `sysenter`.
  private static final int TRAP = Abi.NATIVE.machine().restartLength();

  private MemoryCode() {}

  /// The instruction at an address; `null` when there is none, or it cannot be read.
  static @Nullable Instruction at(AddressSpace space, RemoteAddress pc) {
    byte[] code = new byte[X86Decoder.MAX_LENGTH];
    int length = space.memory().read(pc.value(), code, 0, code.length);
    Instruction instruction = new Instruction();
    return length > 0 && new X86Decoder().decode(code, 0, length, pc.value(), instruction)
        ? instruction
        : null;
  }

  /// The trap that ends at an address; `null` when there is none.
  static @Nullable Instruction trapBefore(AddressSpace space, RemoteAddress end) {
    Instruction instruction = at(space, new RemoteAddress(end.value() - TRAP));
    return instruction != null
            && instruction.length() == TRAP
            && (instruction.flow() == Flow.SYSCALL || instruction.flow() == Flow.INTERRUPT)
        ? instruction
        : null;
  }

  /// The call that ends at an address: a direct one whose target may be executed, else the longest
  /// that can be read there, for prefixes belong to it.
  ///
  /// @return `null` when there is none
  private static @Nullable Instruction callBefore(AddressSpace space, RemoteAddress end) {
    Instruction found = null;
    for (int length = 2; length <= X86Decoder.MAX_LENGTH; length++) {
      Instruction instruction = at(space, new RemoteAddress(end.value() - length));
      if (instruction == null || instruction.length() != length) {
        continue;
      }
      if (instruction.flow() == Flow.CALL
          && space.isExecutable(new RemoteAddress(instruction.target()))) {
        return instruction;
      }
      if (instruction.flow() == Flow.INDIRECT_CALL) {
        found = instruction;
      }
    }
    return found;
  }

  /// The call site in code without a file.
  static Hop callSite(CallStack stack, AddressSpace space) {
    RemoteAddress end = stack.callFrame().pc();
    if (stack.call() > 0 && stack.physical().get(stack.call() - 1).signal()) {
      return new Hop.Missing(
          HopKind.CALL_SITE, "a signal interrupted the program here; it made no call", "");
    }
    Instruction call = stack.call() == 0 ? trapBefore(space, end) : callBefore(space, end);
    AddressSpace.FileOffset raw = space.rawFile(stack.callFrame().lookupPc());
    return call == null
        ? new Hop.Missing(HopKind.CALL_SITE, space.whyNoImage(stack.callFrame().lookupPc()), "")
        : new Hop.CallSite(
            Evidence.OBSERVED,
            raw == null ? "" : raw.path(),
            "",
            List.of(line(space, call, "", true)));
  }

  /// An instruction as it is shown: there is no file whose addresses it could have.
  static CodeLine line(AddressSpace space, Instruction instruction, String note, boolean here) {
    RemoteAddress address = new RemoteAddress(instruction.address());
    return new CodeLine(
        address,
        new LinkAddress(address.value()),
        "",
        instruction.text(space.symbols()),
        note,
        here);
  }
}
