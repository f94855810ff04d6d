package trapline.journey;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.dwarf.DebugInfo;
import trapline.model.Frame;
import trapline.model.MalformedBinary;
import trapline.model.Unsupported;
import trapline.unwind.PhysicalFrame;

/// Which frame of a stack made the call, and which of its levels is the user's.
///
/// @param call index of the physical frame that called the library, or that traps itself
/// @param user index of the level shown as the user's
/// @param rule how `call` was chosen, when by more than the object file's role; empty otherwise
/// @param alone why no code of the program's is on the stack; empty when some is
record FrameChoice(int call, int user, String rule, String alone) {
  /// Larger than any `_start` with what it calls in the program's own file.
  private static final int START_CODE = 96;

  static final String MAIN_RETURNED_RULE = "exit is on the stack, and no function of the program";

  static FrameChoice of(
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
        call = i == 0 ? callerOfLibrary(frames, image, space) : i;
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
    int user = user(levels, owner.indexOf(call));
    return new FrameChoice(call, user, rule, "");
  }

  /// The frame that called the library, where the frames and their object files alone show it: no
  /// signal, no static program, no code without an object file comes into it.
  ///
  /// @return `null` where more than that must be looked at
  static @Nullable PhysicalFrame plainCaller(List<PhysicalFrame> frames, AddressSpace space) {
    PhysicalFrame caller = null;
    for (int i = 0; i < frames.size(); i++) {
      PhysicalFrame frame = frames.get(i);
      if (frame.signal()) {
        return null;
      }
      Image image = caller == null ? space.at(frame.lookupPc()) : null;
      if (caller == null && image == null) {
        return null;
      }
      if (image != null && image.role() == Image.Role.PROGRAM) {
        if (i == 0 || image.elf().isStatic() || isStartCode(image, frames, i)) {
          return null;
        }
        caller = frame;
      }
    }
    return caller;
  }

  /// The frame that called a shared library which traps by itself; the innermost one when the
  /// program itself traps, and when nobody called the library.
  private static int callerOfLibrary(
      List<PhysicalFrame> frames, Image trapping, AddressSpace space) {
    Image program = space.program();
    if (program == null || trapping.equals(program)) {
      return 0;
    }
    for (int i = 1; i < frames.size() && !frames.get(i).signal(); i++) {
      if (!trapping.equals(space.at(frames.get(i).lookupPc()))) {
        return space.isExecutable(frames.get(i).lookupPc()) ? i : 0;
      }
    }
    return 0;
  }

  /// The innermost level of the user's own code that has a line; where none has, the innermost one
  /// that is not inside the call to a library, or else any.
  ///
  /// @param call the innermost level of the frame that made the call
  private static int user(List<Frame> levels, int call) {
    for (int i = 0; i < levels.size(); i++) {
      if (levels.get(i).own() && levels.get(i).place() != null) {
        return i;
      }
    }
    for (int i = 0; i < levels.size(); i++) {
      int level = (call + i) % levels.size();
      if (levels.get(level).own()) {
        return level;
      }
    }
    return call;
  }

  /// The choice when all frames are the C library's, the dynamic linker's or the start code's: the
  /// program has not begun, or has ended, or the thread is the library's own.
  private static FrameChoice withoutProgram(
      List<PhysicalFrame> frames, List<Frame> levels, List<Integer> owner, AddressSpace space) {
    for (int i = 0; i < levels.size(); i++) {
      int caller = owner.get(i) + 1;
      if (levels.get(i).function().equals("exit") && caller < frames.size()) {
        return new FrameChoice(
            caller, levels.size() - 1, MAIN_RETURNED_RULE, "main has returned: exit handlers run");
      }
    }
    int call = 0;
    while (call + 1 < frames.size() && sameFunction(frames, call, space)) {
      call++;
    }
    call = Math.min(call + 1, frames.size() - 1);
    return new FrameChoice(
        call, owner.indexOf(call), "", "only the C library's code is on this stack");
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
}
