package trapline.journey;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.dwarf.DebugInfo;
import trapline.dwarf.SourceFrame;
import trapline.model.Evidence;
import trapline.model.Frame;
import trapline.model.LinkAddress;
import trapline.model.MalformedBinary;
import trapline.model.Registers;
import trapline.model.RemoteAddress;
import trapline.model.Unsupported;
import trapline.unwind.PhysicalFrame;
import trapline.unwind.Stack;
import trapline.unwind.UnwindModule;
import trapline.unwind.Unwinder;

/// A thread's stack with the names and lines of its levels, and which of them made the call.
///
/// @param physical the frames that are really on the stack, innermost first
/// @param levels the same with inlined calls as levels of their own
/// @param owner for each level the index of its physical frame
/// @param call index in `physical` of the frame that called the library, or that traps itself
/// @param user index in `levels` of the level shown as the user's
/// @param rule how `call` was chosen, when by more than the object file's role; empty otherwise
/// @param alone why no code of the program's is on the stack; empty when some is
/// @param end why the stack ends early; empty when it is whole
record CallStack(
    List<PhysicalFrame> physical,
    List<Frame> levels,
    List<Integer> owner,
    int call,
    int user,
    String rule,
    String alone,
    String end) {
  private static final int LIMIT = 256;

  /// Larger than any `_start` with what it calls in the program's own file.
  private static final int START_CODE = 96;

  static final String MAIN_RETURNED_RULE = "exit is on the stack, and no function of the program";

  /// The stack of a thread that is stopped at a system call.
  static CallStack of(Registers registers, AddressSpace space) {
    Stack stack = Unwinder.unwind(registers, space.memory(), space, LIMIT);
    List<PhysicalFrame> frames = new ArrayList<>(stack.frames());
    frames.set(0, atTrap(frames.getFirst(), space));
    List<Frame> levels = new ArrayList<>();
    List<Integer> owner = new ArrayList<>();
    for (int i = 0; i < frames.size(); i++) {
      for (Frame level : levels(frames.get(i), space)) {
        levels.add(level);
        owner.add(i);
      }
    }
    Choice choice = choose(frames, levels, owner, space);
    return new CallStack(
        List.copyOf(frames),
        List.copyOf(levels),
        List.copyOf(owner),
        choice.call(),
        choice.user(),
        choice.rule(),
        choice.alone(),
        stack.end());
  }

  /// The innermost frame, looked up inside the trap when the program traps by itself: the thread is
  /// stopped behind it, and there another line or even another function may begin.
  private static PhysicalFrame atTrap(PhysicalFrame frame, AddressSpace space) {
    RemoteAddress inside = new RemoteAddress(frame.pc().value() - 1);
    Image image = space.at(inside);
    if (frame.signal() || image == null || image.role() != Image.Role.PROGRAM) {
      return frame;
    }
    return new PhysicalFrame(
        frame.pc(),
        inside,
        frame.cfa(),
        frame.registers(),
        false,
        frame.module(),
        frame.evidence());
  }

  /// The frame that called the library, or that traps itself.
  PhysicalFrame callFrame() {
    return physical.get(call);
  }

  /// The levels of one physical frame, innermost first.
  List<Frame> levelsOf(int frame) {
    List<Frame> found = new ArrayList<>();
    for (int i = 0; i < levels.size(); i++) {
      if (owner.get(i) == frame) {
        found.add(levels.get(i));
      }
    }
    return found;
  }

  private record Choice(int call, int user, String rule, String alone) {}

  private static Choice choose(
      List<PhysicalFrame> frames, List<Frame> levels, List<Integer> owner, AddressSpace space) {
    int call = -1;
    String rule = "";
    for (int i = 0; i < frames.size() && call < 0; i++) {
      PhysicalFrame frame = frames.get(i);
      Image image = frame.signal() ? null : space.at(frame.lookupPc());
      if (image == null
          || image.role() != Image.Role.PROGRAM
          || isStartCode(image, frames, i)
          || isBeforeMain(image, levels)) {
        // Code outside every object file, such as a compiler's at run time, is the program's.
        if (image == null && !frame.signal()) {
          call = i;
        }
      } else if (!isStaticLibraryCode(image, frame)) {
        call = i;
        if (i > 0 && image.elf().isStatic()) {
          rule = "the innermost function with debug information calls the library's";
        }
        if (image.elf().isStatic() && image.debugInfo() == null) {
          call = callerOfWrapper(frames, levels, owner, i);
          rule = "in a static program without debug information the trap's caller is the program";
        }
      }
    }
    if (call < 0) {
      return withoutProgram(frames, levels, owner, space);
    }
    int user = owner.indexOf(call);
    for (int i = user; i < levels.size(); i++) {
      Frame level = levels.get(i);
      Image image = space.at(frames.get(owner.get(i)).lookupPc());
      if (level.place() != null && image != null && image.role() == Image.Role.PROGRAM) {
        user = i;
        break;
      }
    }
    return new Choice(call, user, rule, "");
  }

  /// The choice when all frames are the C library's, the dynamic linker's or the start code's: the
  /// program has not begun, or has ended, or the thread is the library's own.
  private static Choice withoutProgram(
      List<PhysicalFrame> frames, List<Frame> levels, List<Integer> owner, AddressSpace space) {
    for (int i = 0; i < levels.size(); i++) {
      int caller = owner.get(i) + 1;
      if (levels.get(i).function().equals("exit") && caller < frames.size()) {
        return new Choice(
            caller, levels.size() - 1, MAIN_RETURNED_RULE, "main has returned: exit handlers run");
      }
    }
    int call = 0;
    while (call + 1 < frames.size() && sameFunction(frames, call, space)) {
      call++;
    }
    call = Math.min(call + 1, frames.size() - 1);
    return new Choice(
        call, owner.indexOf(call), "", "only the C library's own code is on this stack");
  }

  /// Whether a frame is the program's start code, which leads to the library and then to main.
  private static boolean isStartCode(Image image, List<PhysicalFrame> frames, int index) {
    long distance = image.link(frames.get(index).lookupPc()).value() - image.entryPoint();
    return index > 0 && index >= frames.size() - 2 && distance >= 0 && distance < START_CODE;
  }

  /// Whether a static program without debug information has not come to main, or is behind it.
  private static boolean isBeforeMain(Image image, List<Frame> levels) {
    if (!image.elf().isStatic() || image.debugInfo() != null) {
      return false;
    }
    boolean started = false;
    for (Frame level : levels) {
      if (level.function().equals("main") || level.signal()) {
        return false;
      }
      started |= level.function().contains("libc_start_main");
    }
    return started;
  }

  private static boolean sameFunction(List<PhysicalFrame> frames, int index, AddressSpace space) {
    return frames.get(index).signal() && space.at(frames.get(index + 1).lookupPc()) != null;
  }

  /// In a static program the library's functions lie in the program's own file. Those of a program
  /// with debug information are told by not having any.
  private static boolean isStaticLibraryCode(Image image, PhysicalFrame frame) {
    if (!image.elf().isStatic()) {
      return false;
    }
    DebugInfo info = image.debugInfo();
    if (info == null) {
      return false;
    }
    try {
      return info.lineAt(image.link(frame.lookupPc())).isEmpty();
    } catch (MalformedBinary | Unsupported e) {
      return false;
    }
  }

  private static int callerOfWrapper(
      List<PhysicalFrame> frames, List<Frame> levels, List<Integer> owner, int trap) {
    String function = levels.get(owner.indexOf(trap)).function();
    boolean programItself = function.equals("main") || function.equals("_start");
    return programItself || trap + 1 >= frames.size() || frames.get(trap + 1).signal()
        ? trap
        : trap + 1;
  }

  private static List<Frame> levels(PhysicalFrame frame, AddressSpace space) {
    Image image = space.at(frame.lookupPc());
    if (image == null) {
      return List.of(
          new Frame(frame.pc(), "", null, "", 0, -1, false, frame.signal(), frame.evidence()));
    }
    LinkAddress lookup = image.link(frame.lookupPc());
    LinkAddress pc = image.link(frame.pc());
    UnwindModule.FunctionRange function = image.function(lookup);
    long offset = function == null ? -1 : pc.value() - function.start();
    String symbol = function == null ? "" : function.name();
    List<Frame> found = new ArrayList<>();
    for (SourceFrame level : sourceFrames(image, lookup)) {
      String name = level.function().qualified();
      found.add(
          new Frame(
              frame.pc(),
              name.isEmpty() ? symbol : name,
              level.place(),
              image.name(),
              pc.value(),
              offset,
              level.inlined(),
              frame.signal(),
              evidence(frame, new Evidence.DebugInfo(image.debug().file()))));
    }
    if (found.isEmpty()) {
      found.add(
          new Frame(
              frame.pc(),
              symbol,
              null,
              image.name(),
              pc.value(),
              offset,
              false,
              frame.signal(),
              evidence(frame, new Evidence.Symbols(image.name()))));
    }
    return found;
  }

  /// A frame that was found by a rule is no better known than by that rule, whatever names it.
  private static Evidence evidence(PhysicalFrame frame, Evidence naming) {
    return frame.evidence() instanceof Evidence.Inferred inferred ? inferred : naming;
  }

  private static List<SourceFrame> sourceFrames(Image image, LinkAddress lookup) {
    DebugInfo info = image.role() == Image.Role.VDSO ? null : image.debugInfo();
    if (info == null) {
      return List.of();
    }
    try {
      return info.framesAt(lookup);
    } catch (MalformedBinary | Unsupported e) {
      return List.of();
    }
  }

  /// The image that a frame's code is in; `null` when it is in none.
  static @Nullable Image imageOf(PhysicalFrame frame, AddressSpace space) {
    return space.at(frame.lookupPc());
  }
}
