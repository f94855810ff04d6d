package trapline.journey;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.code.Flow;
import trapline.code.Instruction;
import trapline.code.OperandKind;
import trapline.model.Abi;
import trapline.model.LinkAddress;
import trapline.model.MalformedBinary;
import trapline.model.RemoteAddress;
import trapline.model.Unsupported;
import trapline.unwind.CallFrameInfo;
import trapline.unwind.CfaRule;
import trapline.unwind.FrameRow;
import trapline.unwind.UnwindModule;

/// The jumps by which a function leaves for another one, read from its code.
///
/// A jump is a tail call where the frame is gone: the unwind table says that only the return
/// address is on the stack. A jump out of the function with more on the stack leads to another part
/// of the same function, as compilers split off what runs seldom.
///
/// @param jumps the tail calls
/// @param parts where the function goes on outside of its own range
record FunctionExits(List<Exit> jumps, List<RemoteAddress> parts) {
  private static final int MOST_PARTS = 8;
  private static final int STACK_POINTER = Abi.NATIVE.machine().dwarfStackPointer();

  /// @param behind the address behind the jump
  /// @param branch where it leads
  record Exit(RemoteAddress behind, Branch branch) {}

  /// The exits of the function that is entered at an address.
  static FunctionExits of(Image image, RemoteAddress entry) {
    List<Exit> jumps = new ArrayList<>();
    List<RemoteAddress> parts = new ArrayList<>();
    Set<Long> seen = new HashSet<>();
    Deque<RemoteAddress> open = new ArrayDeque<>(List.of(entry));
    while (!open.isEmpty() && seen.size() < MOST_PARTS) {
      RemoteAddress part = open.remove();
      UnwindModule.FunctionRange range = image.function(image.link(part));
      FunctionCode code = range == null ? null : FunctionCode.around(image, part);
      if (range == null || range.size() <= 0 || code == null || !seen.add(range.start())) {
        continue;
      }
      if (!part.equals(entry)) {
        parts.add(part);
      }
      scan(image, range, code, jumps, open);
    }
    return new FunctionExits(List.copyOf(jumps), List.copyOf(parts));
  }

  private static void scan(
      Image image,
      UnwindModule.FunctionRange range,
      FunctionCode code,
      List<Exit> jumps,
      Deque<RemoteAddress> parts) {
    Set<Long> called = new HashSet<>();
    for (int i = 0; i < code.size(); i++) {
      if (code.get(i).flow() == Flow.CALL) {
        called.add(code.get(i).target());
      }
    }
    for (int i = 0; i < code.size(); i++) {
      Instruction instruction = code.get(i);
      switch (instruction.flow()) {
        case JUMP, CONDITIONAL_JUMP -> {
          RemoteAddress target = new RemoteAddress(instruction.target());
          long distance = image.link(target).value() - range.start();
          if (distance >= 0 && distance < range.size()) {
            continue;
          }
          if (isFrameGone(image, code, i)) {
            if (isSplitPart(image, range, target)) {
              parts.add(target);
            } else {
              jumps.add(exit(instruction, Branch.of(code, i, image)));
            }
          } else if (image.function(image.link(target)) != null) {
            parts.add(target);
          }
        }
        case INDIRECT_JUMP -> {
          if (!usesTable(code, i) && isFrameGone(image, code, i)) {
            jumps.add(exit(instruction, Branch.of(code, i, image)));
          }
        }
        case CALL -> {
          if (!called.contains(instruction.address())
              && Branch.isInlineThunk(code, i)
              && isFrameGone(image, code, i)) {
            jumps.add(exit(instruction, Branch.of(code, i, image)));
          }
        }
        default -> {}
      }
    }
  }

  /// Whether an indirect jump goes on in the function, by a table: the table is indexed, or holds
  /// distances that are added to its address.
  private static boolean usesTable(FunctionCode code, int index) {
    Instruction jump = code.get(index);
    if (jump.kind(0) == OperandKind.MEMORY) {
      return jump.index(0) != Instruction.NONE;
    }
    for (int i = index - 1; i >= 0 && i >= index - 4; i--) {
      Instruction before = code.get(i);
      if ((before.writtenRegisters() >> jump.register(0) & 1) != 0) {
        return before.mnemonic().startsWith("add");
      }
    }
    return false;
  }

  private static Exit exit(Instruction instruction, Branch branch) {
    return new Exit(new RemoteAddress(instruction.next()), branch);
  }

  /// Whether a jump leads to what symbols call a part of this function: `main.cold`.
  private static boolean isSplitPart(
      Image image, UnwindModule.FunctionRange range, RemoteAddress target) {
    UnwindModule.FunctionRange part = image.function(image.link(target));
    return part != null
        && !range.name().isEmpty()
        && part.name().startsWith(range.name() + ".cold");
  }

  /// Whether only the return address is left on the stack at an instruction. Where no table covers
  /// it, that is taken to be so.
  private static boolean isFrameGone(Image image, FunctionCode code, int index) {
    CfaRule rule = cfa(image, code.get(index));
    // gcc lets what holds inside of an inline thunk hold behind its return, too.
    for (int i = index - 1; i > 0; i--) {
      if (code.get(i).flow() == Flow.RETURN
          && Branch.overwrittenReturn(code, i - 1) >= 0
          && Objects.equals(cfa(image, code.get(i - 1)), rule)) {
        i--;
        rule = i == 0 ? rule : cfa(image, code.get(i - 1));
      }
    }
    return rule == null
        || (rule instanceof CfaRule.RegisterOffset(int register, long offset)
            && register == STACK_POINTER
            && offset == 8);
  }

  private static @Nullable CfaRule cfa(Image image, Instruction instruction) {
    LinkAddress at = image.link(new RemoteAddress(instruction.address()));
    for (CallFrameInfo table : image.tables()) {
      try {
        FrameRow row = table.rowAt(at).orElse(null);
        if (row != null) {
          return row.cfa();
        }
      } catch (MalformedBinary | Unsupported e) {
        return null;
      }
    }
    return null;
  }
}
