package trapline.journey;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.abi.Errnos;
import trapline.code.Instruction;
import trapline.model.CodeLine;
import trapline.model.Evidence;
import trapline.model.Hop;
import trapline.model.Registers;
import trapline.model.RemoteAddress;

/// Builds the return hop from the instructions that ran after the trap.
final class Returns {
  /// How many of the wrapper's instructions are shown.
  private static final int SHOWN = 10;

  private final AddressSpace space;
  private final CallStack stack;
  private final Wrappers.@Nullable Trap trap;
  private final ReturnTrace trace;
  private final long result;
  private final boolean isAddress;

  /// @param isAddress whether the call returned an address
  Returns(
      AddressSpace space,
      CallStack stack,
      Wrappers.@Nullable Trap trap,
      ReturnTrace trace,
      boolean isAddress) {
    this.space = space;
    this.stack = stack;
    this.trap = trap;
    this.trace = trace;
    this.result = trace.states().getFirst().result();
    this.isAddress = isAddress;
  }

  /// What the branch behind the trap did: `jae not taken: no error`; empty when there is none.
  String branch() {
    if (trap == null || trap.branch() < 0) {
      return "";
    }
    Instruction branch = trap.code().get(trap.branch());
    List<Registers> states = trace.states();
    for (int i = 0; i + 1 < states.size(); i++) {
      if (states.get(i).instructionPointer() == branch.address() && i + 1 != trace.gap()) {
        boolean taken = states.get(i + 1).instructionPointer() == branch.target();
        return branchText(branch, taken);
      }
    }
    return "";
  }

  private String branchText(Instruction branch, boolean taken) {
    return branch.mnemonic()
        + (taken ? " taken" : " not taken")
        + (Errnos.isError(result) ? ": an error" : ": no error");
  }

  Hop hop() {
    String place = "";
    Assignment assignment = Assignment.NONE;
    if (trace.caller() >= 0) {
      RemoteAddress back =
          new RemoteAddress(trace.states().get(trace.caller()).instructionPointer());
      Image image = space.at(back);
      String described = image == null ? null : image.describe(image.link(back));
      place = described == null ? back.toString() : described;
      assignment =
          image == null
              ? Assignment.NONE
              : Assignment.find(
                  space,
                  image,
                  trace,
                  stack.returnFrame().cfa().value(),
                  EntryValues.of(stack.physical(), stack.returnIndex(), stack.memory(), space),
                  isAddress);
    }
    List<CodeLine> code = new ArrayList<>();
    String errno = code(assignment, code);
    return new Hop.Return(
        Evidence.OBSERVED, result, code, branch(), errno, assignment.text(), place, trace.ended());
  }

  /// Fills in the instructions that are shown: the wrapper's, in brief when they are many, and the
  /// caller's up to the one that stores the result.
  ///
  /// @return where errno was stored; empty when it was not
  private String code(Assignment assignment, List<CodeLine> into) {
    String errno = "";
    int inner = trace.caller() < 0 ? trace.states().size() - 1 : trace.caller();
    int last = assignment.step() < 0 ? inner - 1 : assignment.step();
    for (int i = 0; i <= last; i++) {
      Registers before = trace.states().get(i);
      RemoteAddress pc = new RemoteAddress(before.instructionPointer());
      Image image = space.at(pc);
      Instruction filed = image == null ? null : FunctionCode.single(image, pc);
      Instruction instruction = filed == null ? MemoryCode.at(space, pc) : filed;
      if (instruction == null) {
        continue;
      }
      String note = i == assignment.step() ? assignment.text() : "";
      String store =
          i < inner && image != null ? ErrnoStore.place(instruction, before, image, result) : "";
      if (!store.isEmpty()) {
        errno = store;
        note = "errno = " + Errnos.of((int) -result).name();
      }
      if (inner <= SHOWN || !note.isEmpty() || i < 3 || i >= inner - 1) {
        into.add(
            image == null || filed == null
                ? MemoryCode.line(space, instruction, note, false)
                : FunctionCode.line(image, instruction, note, false));
      }
    }
    return errno;
  }
}
