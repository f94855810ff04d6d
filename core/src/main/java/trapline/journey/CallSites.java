package trapline.journey;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.code.Instruction;
import trapline.code.OperandKind;
import trapline.decode.ArgumentDecoder;
import trapline.model.Argument;
import trapline.model.CodeLine;
import trapline.model.Evidence;
import trapline.model.Hop;
import trapline.model.HopKind;
import trapline.model.SyscallId;
import trapline.unwind.PhysicalFrame;

/// Finds the instruction that made a call, and builds the call-site hop.
final class CallSites {
  /// Notes longer than this push everything else out of sight.
  private static final int NOTE = 44;

  /// Where a call was made, or why that could not be found.
  ///
  /// @param missing the hop that says why; `null` when it was found
  /// @param image the object file; `null` when it was not found
  /// @param code the calling function's instructions; `null` when it was not found
  /// @param index of the call or trap in `code`
  record Found(
      Hop.@Nullable Missing missing,
      @Nullable Image image,
      @Nullable FunctionCode code,
      int index) {
    /// The call or trap instruction; `null` when it was not found.
    @Nullable Instruction call() {
      return code == null ? null : code.get(index);
    }

    /// Where the call, or the jump of a tail call, leads; `null` when it was not found or is none.
    @Nullable Branch branch() {
      Instruction call = call();
      return call == null || code == null || image == null
          ? null
          : switch (call.flow()) {
            case CALL, INDIRECT_CALL, JUMP, INDIRECT_JUMP, CONDITIONAL_JUMP ->
                Branch.of(code, index, image);
            default -> null;
          };
    }
  }

  private CallSites() {}

  /// Looks for the call site in the stack's calling frame.
  static Found find(CallStack stack, AddressSpace space) {
    PhysicalFrame frame = stack.callFrame();
    Image image = space.at(frame.lookupPc());
    if (image == null) {
      return missing(space.whyNoImage(frame.lookupPc()), "");
    }
    if (!stack.rule().isEmpty() && !stack.alone().isEmpty()) {
      return missing(stack.alone(), "");
    }
    boolean traps = stack.call() == 0;
    if (!traps && stack.physical().get(stack.call() - 1).signal()) {
      return missing("a signal interrupted the program here; it made no call", "");
    }
    if (stack.isInUnknownHandler()) {
      return missing(
          stack.handlerIsLibrarys(space)
              ? "the signal's handler is a library function, which the kernel calls"
              : "a signal handler makes the call, and which function that is, is not known",
          "");
    }
    if (!frame.isPlaceKnown()) {
      String function = stack.levelsOf(stack.call()).getFirst().function();
      return missing(
          (function.isEmpty() ? "the calling function" : function)
              + " has left by a jump, and which one is not known",
          "");
    }
    FunctionCode code = FunctionCode.endingAt(image, frame.lookupPc(), frame.pc().value());
    int call = code == null ? -1 : code.indexEndingAt(frame.pc().value());
    if (code == null || call < 0) {
      return missing(
          "the instruction before "
              + image.shortName()
              + "+"
              + image.link(frame.pc())
              + " could not be found: no symbol or unwind entry says where its function starts",
          "");
    }
    return new Found(null, image, code, call);
  }

  /// The hop of a call site.
  ///
  /// @param callee the function that was called, by its symbol; empty when not known
  static Hop hop(
      Found site,
      CallStack stack,
      SyscallId id,
      String name,
      String callee,
      List<Argument> arguments) {
    Image image = site.image();
    FunctionCode code = site.code();
    if (image == null || code == null) {
      return java.util.Objects.requireNonNull(site.missing());
    }
    boolean traps = stack.call() == 0;
    CallMapping mapping = traps ? null : CallMapping.of(callee, name);
    List<CodeLine> lines = lines(code, site.index(), traps, mapping, id, arguments);
    String function = stack.levelsOf(stack.call()).getLast().function();
    Evidence evidence =
        stack.rule().isEmpty()
            ? new Evidence.Symbols(image.name())
            : new Evidence.Inferred(stack.rule());
    return new Hop.CallSite(evidence, image.name(), function, lines);
  }

  private static Found missing(String why, String remedy) {
    return new Found(new Hop.Missing(HopKind.CALL_SITE, why, remedy), null, null, -1);
  }

  private static List<CodeLine> lines(
      FunctionCode code,
      int call,
      boolean traps,
      @Nullable CallMapping mapping,
      SyscallId id,
      List<Argument> arguments) {
    int[] registers = traps ? ArgumentSlice.SYSCALL : ArgumentSlice.FUNCTION;
    int count = mapping == null && !traps ? registers.length : arguments.size();
    if (mapping != null && !mapping.sameCall()) {
      count = Math.min(mapping.parameters().size(), registers.length);
      while (count > 1 && mapping.parameters().get(count - 1) >= arguments.size()) {
        count--;
      }
    }
    int[] used = Arrays.copyOf(registers, Math.min(count, registers.length));
    if (traps) {
      used = Arrays.copyOf(used, used.length + 1);
      used[used.length - 1] = 0;
    }
    List<CodeLine> lines = new ArrayList<>();
    for (ArgumentSlice.Part part : ArgumentSlice.before(code, call, used)) {
      Instruction instruction = code.get(part.index());
      String note = "";
      if (traps && part.parameter() == used.length - 1) {
        note = "number = " + id.passed();
      } else if (part.parameter() >= 0) {
        note = note(part.parameter(), instruction, traps, mapping, id, arguments);
      }
      lines.add(code.line(part.index(), note, false));
    }
    lines.add(code.line(call, "", traps));
    return lines;
  }

  /// What an instruction that sets an argument register means: `family = AF_INET`.
  private static String note(
      int register,
      Instruction instruction,
      boolean traps,
      @Nullable CallMapping mapping,
      SyscallId id,
      List<Argument> arguments) {
    int parameter = register;
    if (!traps) {
      if (mapping == null) {
        return "argument " + (register + 1);
      }
      if (register >= mapping.parameters().size()) {
        return "";
      }
      parameter = mapping.parameters().get(register);
      if (parameter < 0) {
        return mapping.function().equals("syscall") ? "number = " + id.passed() : "";
      }
    }
    if (parameter >= arguments.size()) {
      return "";
    }
    Argument argument = arguments.get(parameter);
    String text = argument.value().text();
    // An instruction that changes what is there, such as `or`, does not state the whole value.
    if (instruction.operandCount() == 2
        && instruction.kind(0) == OperandKind.IMMEDIATE
        && !instruction.reads(1)) {
      long value = instruction.immediate(0);
      boolean same =
          value == argument.raw()
              || (instruction.size(1) == 4
                  && (value & 0xffff_ffffL) == (argument.raw() & 0xffff_ffffL));
      if (!same) {
        // The library passed something else on; here stands what the program asked for.
        text = new ArgumentDecoder().decodeValue(id, parameter, value).text();
      }
    }
    return argument.name() + " = " + shortened(text);
  }

  private static String shortened(String text) {
    return text.length() <= NOTE ? text : text.substring(0, NOTE - 1) + "…";
  }
}
