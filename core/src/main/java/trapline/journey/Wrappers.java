package trapline.journey;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.code.Flow;
import trapline.code.Instruction;
import trapline.code.OperandKind;
import trapline.dwarf.DebugInfo;
import trapline.dwarf.SourceFrame;
import trapline.model.Argument;
import trapline.model.CodeLine;
import trapline.model.Evidence;
import trapline.model.Frame;
import trapline.model.Hop;
import trapline.model.HopKind;
import trapline.model.MalformedBinary;
import trapline.model.Place;
import trapline.model.RemoteAddress;
import trapline.model.SyscallId;
import trapline.model.Unsupported;
import trapline.unwind.PhysicalFrame;
import trapline.unwind.UnwindModule;

/// Builds the wrapper hop: the library function around the trap.
final class Wrappers {
  /// How many instructions before and behind the trap are looked at.
  private static final int BEFORE = 14;

  private static final int BEHIND = 6;

  private static final int RAX = 0;
  private static final int FS = 4;

  /// The function around the trap, decoded.
  ///
  /// @param image the object file that it is in
  /// @param code its instructions
  /// @param trap index of the trap
  record Trap(Image image, FunctionCode code, int trap) {
    Instruction instruction() {
      return code.get(trap);
    }

    /// The trapping instruction as text.
    String text() {
      return instruction().text(trapline.code.SymbolLookup.NONE);
    }

    /// The first conditional jump behind the trap; -1 when there is none near.
    int branch() {
      for (int i = trap + 1; i < code.size() && i <= trap + BEHIND; i++) {
        Flow flow = code.get(i).flow();
        if (flow == Flow.CONDITIONAL_JUMP) {
          return i;
        }
        if (flow != Flow.NEXT) {
          return -1;
        }
      }
      return -1;
    }
  }

  private Wrappers() {}

  /// The trap that a thread is stopped behind.
  ///
  /// @return `null` when the instructions there cannot be read
  static @Nullable Trap trap(CallStack stack, AddressSpace space) {
    PhysicalFrame frame = stack.physical().getFirst();
    long end = frame.pc().value();
    for (int length : new int[] {2, 3}) {
      RemoteAddress at = new RemoteAddress(end - length);
      Image image = space.at(at);
      if (image == null) {
        return null;
      }
      FunctionCode code = FunctionCode.around(image, at);
      if (code == null || code.indexEndingAt(end) < 0) {
        code = FunctionCode.decode(image, image.link(at).value(), 64);
      }
      int index = code == null ? -1 : code.indexEndingAt(end);
      if (code != null && index >= 0 && isTrap(code.get(index))) {
        return new Trap(image, code, index);
      }
    }
    return null;
  }

  private static boolean isTrap(Instruction instruction) {
    return instruction.flow() == Flow.SYSCALL || instruction.flow() == Flow.INTERRUPT;
  }

  /// The hop, as far as it is known when the call begins.
  static Hop hop(
      CallStack stack,
      @Nullable Trap trap,
      SyscallId id,
      String name,
      String called,
      List<Argument> arguments,
      String library) {
    if (stack.call() == 0) {
      return new Hop.Missing(
          HopKind.WRAPPER, "the program traps by itself and calls no library", "");
    }
    if (trap == null) {
      return new Hop.Missing(
          HopKind.WRAPPER, "the instructions around the trap cannot be read", "");
    }
    Image image = trap.image();
    Frame innermost = stack.levels().getFirst();
    List<String> path = new ArrayList<>();
    for (int i = 0; i < stack.levels().size() && stack.owner().get(i) < stack.call(); i++) {
      Frame level = stack.levels().get(i);
      if (level.signal()) {
        // What a signal interrupted did not call what its handler calls.
        break;
      }
      if (!(level.inlined() && stack.owner().get(i) == 0)) {
        String named = level.function().isEmpty() ? level.pc().toString() : level.function();
        path.add(stack.owner().get(i) == 0 ? trapping(trap, level.pc(), named) : named);
      }
    }
    Collections.reverse(path);
    String function = path.isEmpty() ? innermost.function() : path.getLast();
    boolean direct = isReachedByJumps(stack);
    if (direct && !path.isEmpty() && !called.isEmpty()) {
      // One address often has several names; the one that was called is the one that helps.
      function = path.size() == 1 ? called : function;
      path.set(0, called);
    }
    Image.Debug debug = image.debug();
    List<SourceFrame> levels = sourceLevels(trap);
    Place place = levels.isEmpty() ? null : levels.getFirst().place();
    boolean placed = place != null;
    String missing =
        placed ? "" : image.whyNoLine(image.link(new RemoteAddress(trap.instruction().address())));
    return new Hop.Wrapper(
        placed ? new Evidence.DebugInfo(debug.file()) : new Evidence.Symbols(image.name()),
        image.name(),
        library,
        function,
        path,
        place,
        missing,
        lines(trap, id),
        changes(trap, name, direct ? path : List.of(), arguments));
  }

  /// Whether the function that was called makes the trap itself, or has only jumped to where it is
  /// made.
  private static boolean isReachedByJumps(CallStack stack) {
    for (int i = 1; i < stack.call(); i++) {
      if (!stack.physical().get(i).tailCall()) {
        return false;
      }
    }
    return true;
  }

  /// The function that the trap is in. The thread stands behind it, where musl has a label that is
  /// a function to symbol tables.
  private static String trapping(Trap trap, RemoteAddress behind, String there) {
    Image image = trap.image();
    RemoteAddress at = new RemoteAddress(trap.instruction().address());
    UnwindModule.FunctionRange function = image.functionAt(image.link(at));
    UnwindModule.FunctionRange next = image.functionAt(image.link(behind));
    return function == null || function.equals(next) ? there : function.name();
  }

  /// The functions that the trap is in, innermost first: those that the compiler put into the
  /// wrapper, and the wrapper itself.
  private static List<SourceFrame> sourceLevels(Trap trap) {
    DebugInfo info = trap.image().role() == Image.Role.VDSO ? null : trap.image().debugInfo();
    if (info == null) {
      return List.of();
    }
    try {
      RemoteAddress at = new RemoteAddress(trap.instruction().address());
      return info.framesAt(trap.image().link(at));
    } catch (MalformedBinary | Unsupported e) {
      return List.of();
    }
  }

  /// The hop with the text of its source lines.
  static Hop withText(Hop hop, @Nullable Trap trap, Quotes quotes) {
    if (!(hop instanceof Hop.Wrapper wrapper) || trap == null || wrapper.place() == null) {
      return hop;
    }
    List<SourceFrame> levels = sourceLevels(trap);
    UsedMacros macros = new UsedMacros(trap);
    List<Hop.InlinedCall> inlined = new ArrayList<>();
    for (int i = levels.size() - 1; i > 0; i--) {
      SourceFrame caller = levels.get(i);
      String text = quotes.text(trap.image(), caller.place());
      macros.add(caller.place(), text);
      inlined.add(
          new Hop.InlinedCall(
              i == levels.size() - 1 ? wrapper.function() : caller.function().qualified(),
              caller.place(),
              text,
              levels.get(i - 1).function().qualified()));
    }
    String text = quotes.text(trap.image(), wrapper.place());
    macros.add(wrapper.place(), text);
    return wrapper.with(text, inlined, macros.list());
  }

  private static List<CodeLine> lines(Trap trap, SyscallId id) {
    FunctionCode code = trap.code();
    int first = Math.max(0, setsNumber(trap));
    int last = trap.branch() >= 0 ? trap.branch() : Math.min(trap.trap() + 2, code.size() - 1);
    List<CodeLine> lines = new ArrayList<>();
    for (int i = first; i <= last; i++) {
      Instruction instruction = code.get(i);
      String note = i == first && i < trap.trap() && loads(instruction, id) ? number(id) : "";
      lines.add(code.line(i, note, i == trap.trap()));
      if (i > trap.trap() && instruction.flow() == Flow.RETURN) {
        break;
      }
    }
    return lines;
  }

  private static String number(SyscallId id) {
    return "number = " + id.passed();
  }

  private static boolean loads(Instruction instruction, SyscallId id) {
    return instruction.operandCount() == 2
        && instruction.kind(0) == OperandKind.IMMEDIATE
        && instruction.immediate(0) == id.number();
  }

  /// The index of the instruction that loads the call's number, else of the trap.
  private static int setsNumber(Trap trap) {
    FunctionCode code = trap.code();
    for (int i = trap.trap() - 1; i >= 0 && i >= trap.trap() - BEFORE; i--) {
      Instruction instruction = code.get(i);
      if (instruction.flow() != Flow.NEXT || code.isMerge(i + 1)) {
        return i + 1;
      }
      if ((instruction.writtenRegisters() >> RAX & 1) != 0) {
        return i;
      }
    }
    return Math.max(0, trap.trap() - 2);
  }

  private static List<String> changes(
      Trap trap, String name, List<String> path, List<Argument> arguments) {
    List<String> changes = new ArrayList<>();
    String asked = path.isEmpty() ? name : CallMapping.plain(path.getFirst());
    // What functions of other libraries are called says nothing of which call is asked for.
    Image image = trap.image();
    boolean ofLibc = image.role() != Image.Role.PROGRAM || image.elf().isStatic();
    if (ofLibc && !path.isEmpty() && !isSame(asked, name) && !asked.startsWith("0x")) {
      changes.add(
          asked.equals("syscall")
              ? "syscall(2) passes its arguments on, one register further"
              : "asked for " + asked + ", made " + name + added(asked, name, arguments));
    }
    for (int i = Math.max(0, trap.trap() - 40); i < trap.trap(); i++) {
      if (testsSingleThread(trap.code().get(i))) {
        changes.add("a cancellation point: it first checks whether the process is single-threaded");
        break;
      }
    }
    return changes;
  }

  /// Whether a function is named after the call: where off_t has 64 bits anyway, open64 is open by
  /// another name.
  private static boolean isSame(String function, String call) {
    return function.equals(call) || function.equals(call + "64");
  }

  /// Whether the first argument is the working directory.
  static boolean isAtDirectory(List<Argument> arguments) {
    return !arguments.isEmpty() && arguments.getFirst().value().text().startsWith("AT_FDCWD");
  }

  private static String added(String asked, String name, List<Argument> arguments) {
    boolean directory =
        !arguments.isEmpty()
            && name.contains("at")
            && !takesDirectory(asked)
            && isAtDirectory(arguments);
    return directory ? " relative to AT_FDCWD" : "";
  }

  /// Whether a function is one of those that take a directory, such as `openat`, by its name.
  private static boolean takesDirectory(String function) {
    String name = function.endsWith("64") ? function.substring(0, function.length() - 2) : function;
    return (name.endsWith("at") && !name.endsWith("stat") && !name.equals("creat"))
        || name.endsWith("statat");
  }

  /// glibc asks `SINGLE_THREAD_P`, a word at a fixed place behind the thread pointer.
  private static boolean testsSingleThread(Instruction instruction) {
    if (!instruction.mnemonic().startsWith("cmp") || instruction.operandCount() != 2) {
      return false;
    }
    return instruction.kind(0) == OperandKind.IMMEDIATE
        && instruction.immediate(0) == 0
        && instruction.kind(1) == OperandKind.MEMORY
        && instruction.segment(1) == FS
        && instruction.displacement(1) == 0x18;
  }

  /// The hop with what the wrapper did with the result written beside its branch.
  static Hop withBranch(Hop hop, @Nullable Trap trap, String note) {
    if (!(hop instanceof Hop.Wrapper wrapper) || trap == null || trap.branch() < 0) {
      return hop;
    }
    long branch = trap.code().get(trap.branch()).address();
    List<CodeLine> code = new ArrayList<>();
    for (CodeLine line : wrapper.code()) {
      code.add(
          line.address().value() == branch
              ? new CodeLine(
                  line.address(), line.linkAddress(), line.symbol(), line.text(), note, false)
              : line);
    }
    return wrapper.withCode(code);
  }
}
