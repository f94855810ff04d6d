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
import trapline.model.RemoteAddress;
import trapline.model.RemoteMemory;
import trapline.model.Unsupported;
import trapline.unwind.PhysicalFrame;
import trapline.unwind.Stack;
import trapline.unwind.UnwindModule;

/// A thread's stack with the names and lines of its levels, and which of them made the call.
///
/// @param physical the frames, innermost first, also those that tail calls have taken off the stack
/// @param levels the same with inlined calls as levels of their own
/// @param owner for each level the index of its physical frame
/// @param call index in `physical` of the frame that called the library, or that traps itself
/// @param user index in `levels` of the level shown as the user's
/// @param rule how `call` was chosen, when by more than the object file's role; empty otherwise
/// @param alone why no code of the program's is on the stack; empty when some is
/// @param end why the stack ends early; empty when it is whole
/// @param memory the memory around the frames as it was when the call was made; the rest is
///     unreadable
record CallStack(
    List<PhysicalFrame> physical,
    List<Frame> levels,
    List<Integer> owner,
    int call,
    int user,
    String rule,
    String alone,
    String end,
    RemoteMemory memory) {
  static final int LIMIT = 256;

  /// The stack of a thread that is stopped at a system call, or was when its frames were found.
  static CallStack of(Stack stack, AddressSpace space, TailCalls tailCalls, OwnCode own) {
    List<PhysicalFrame> frames = new ArrayList<>(stack.frames());
    frames.set(0, atTrap(frames.getFirst()));
    frames = tailCalls.insertedInto(frames, space);
    List<Frame> unmarked = new ArrayList<>();
    List<@Nullable Image> images = new ArrayList<>();
    List<Integer> owner = new ArrayList<>();
    for (int i = 0; i < frames.size(); i++) {
      Image image = space.at(frames.get(i).lookupPc());
      for (Frame level : levels(frames.get(i), image, space)) {
        unmarked.add(level);
        images.add(image);
        owner.add(i);
      }
    }
    List<Frame> levels = own.marked(unmarked, images, space);
    FrameChoice choice = FrameChoice.of(frames, levels, owner, space);
    return new CallStack(
        List.copyOf(frames),
        List.copyOf(levels),
        List.copyOf(owner),
        choice.call(),
        choice.user(),
        choice.rule(),
        choice.alone(),
        stack.end(),
        stack.memory());
  }

  /// The same levels of frames with other registers.
  ///
  /// @param read as [#memory]
  CallStack with(List<PhysicalFrame> frames, RemoteMemory read) {
    return new CallStack(frames, levels, owner, call, user, rule, alone, end, read);
  }

  /// As [Origin#mayPrecedeProgram()].
  boolean mayPrecedeProgram() {
    return !alone.isEmpty() && !rule.equals(FrameChoice.MAIN_RETURNED_RULE);
  }

  /// What tells the places apart that make one call: the instruction that made it, and the user's
  /// line.
  String place() {
    Frame level = levelsOf(call).getFirst();
    String where = level.module().isEmpty() ? callFrame().pc().toString() : level.module();
    Frame userLevel = levels.get(user);
    return where
        + ' '
        + level.moduleOffset()
        + ' '
        + userLevel.module()
        + ' '
        + userLevel.moduleOffset();
  }

  /// The innermost frame, looked up inside the trap: the thread is stopped behind it, and there
  /// another line or even another function may begin.
  private static PhysicalFrame atTrap(PhysicalFrame frame) {
    if (frame.signal()) {
      return frame;
    }
    return new PhysicalFrame(
        frame.pc(),
        new RemoteAddress(frame.pc().value() - 1),
        frame.cfa(),
        frame.registers(),
        false,
        false,
        frame.module(),
        frame.evidence());
  }

  /// The frame that called the library, or that traps itself.
  PhysicalFrame callFrame() {
    return physical.get(call);
  }

  /// The frame that the library returns to: the calling one, unless that is gone by a tail call.
  PhysicalFrame returnFrame() {
    return physical.get(returnIndex());
  }

  /// The index of [#returnFrame].
  int returnIndex() {
    int frame = call;
    while (frame + 1 < physical.size() && physical.get(frame).tailCall()) {
      frame++;
    }
    return frame;
  }

  /// Whether the call was made in a signal handler that is not among the frames.
  boolean isInUnknownHandler() {
    for (int i = 0; i < call; i++) {
      if (physical.get(i).signal()) {
        return true;
      }
    }
    return false;
  }

  /// Whether the handler of the innermost signal was seen to be called: it then is the frame inside
  /// the signal's.
  boolean handlerIsLibrarys(AddressSpace space) {
    int signal = 0;
    while (signal < call && !physical.get(signal).signal()) {
      signal++;
    }
    return signal > 0
        && space.handlerAt(new RemoteAddress(physical.get(signal - 1).cfa().value() - 8)) != null;
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

  private static List<Frame> levels(
      PhysicalFrame frame, @Nullable Image image, AddressSpace space) {
    if (image == null) {
      AddressSpace.FileOffset raw = space.rawFile(frame.pc());
      return List.of(
          new Frame(
              frame.pc(),
              "",
              null,
              raw == null ? "" : raw.path(),
              raw == null ? 0 : raw.offset(),
              -1,
              false,
              frame.signal(),
              frame.tailCall(),
              frame.evidence()));
    }
    LinkAddress lookup = image.link(frame.lookupPc());
    LinkAddress pc = image.link(frame.pc());
    UnwindModule.FunctionRange function = image.function(lookup);
    long offset = function == null ? -1 : pc.value() - function.start();
    String symbol = function == null ? "" : function.name();
    List<Frame> found = new ArrayList<>();
    List<SourceFrame> known = frame.isPlaceKnown() ? sourceFrames(image, lookup) : List.of();
    for (SourceFrame level : known) {
      String name = level.function().qualified();
      found.add(
          new Frame(
              frame.pc(),
              name.isEmpty() && !level.inlined() ? symbol : name,
              level.place(),
              image.name(),
              pc.value(),
              offset,
              level.inlined(),
              frame.signal(),
              frame.tailCall(),
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
              frame.tailCall(),
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
