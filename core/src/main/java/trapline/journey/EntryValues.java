package trapline.journey;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.dwarf.CallSite;
import trapline.dwarf.DebugInfo;
import trapline.dwarf.expression.Expression;
import trapline.dwarf.expression.Input;
import trapline.model.LinkAddress;
import trapline.model.MalformedBinary;
import trapline.model.RemoteAddress;
import trapline.model.RemoteMemory;
import trapline.model.Unsupported;
import trapline.unwind.PhysicalFrame;

/// What a function was passed: the values that the call site of the calling frame states
/// (`DW_AT_call_value`), which may themselves be what that function was passed, and so on outwards.
/// Of the memory only what was read when the call was made tells what was passed.
final class EntryValues {
  /// How many callers are asked one after the other.
  private static final int MOST_FRAMES = 32;

  /// Nothing is known of any caller.
  static final EntryValues NONE =
      new EntryValues(List.of(), 0, 0, (address, into, offset, length) -> 0, null);

  private final List<PhysicalFrame> frames;
  private final int frame;
  private final int depth;
  private final RemoteMemory memory;
  private final @Nullable AddressSpace space;

  private EntryValues(
      List<PhysicalFrame> frames,
      int frame,
      int depth,
      RemoteMemory memory,
      @Nullable AddressSpace space) {
    this.frames = frames;
    this.frame = frame;
    this.depth = depth;
    this.memory = memory;
    this.space = space;
  }

  /// @param frames of a stack, innermost first, those of tail calls too
  /// @param frame index of the function's own
  /// @param memory as it was when the stack was read; unreadable where that is not known
  static EntryValues of(
      List<PhysicalFrame> frames, int frame, RemoteMemory memory, AddressSpace space) {
    return new EntryValues(frames, frame, 0, memory, space);
  }

  /// The value that an expression had when the function was entered: a register, or what it pointed
  /// to.
  Input of(Bytes expression) {
    int pointer = Expression.pointer(expression);
    if (pointer >= 0) {
      return value(
          parameter -> Expression.register(parameter.location()) == pointer,
          CallSite.Parameter::dataValue);
    }
    byte[] code = expression.copy(0, expression.size());
    return value(
        parameter -> Arrays.equals(parameter.location().copy(0, parameter.location().size()), code),
        CallSite.Parameter::value);
  }

  /// The value of the parameter whose entry is at an offset in its unit.
  Input ofParameter(long formal) {
    return value(parameter -> parameter.formal() == formal, CallSite.Parameter::value);
  }

  private Input value(
      Predicate<CallSite.Parameter> wanted, Function<CallSite.Parameter, @Nullable Bytes> stated) {
    AddressSpace in = space;
    if (in == null || depth == MOST_FRAMES || frame + 1 >= frames.size()) {
      return Input.unknown("the caller, which knows what was passed, is not known");
    }
    PhysicalFrame caller = frames.get(frame + 1);
    Image image = in.at(caller.lookupPc());
    DebugInfo info = image == null || caller.signal() ? null : image.debugInfo();
    if (image == null || info == null || !caller.isPlaceKnown()) {
      return Input.unknown("the caller has no debug information");
    }
    RemoteAddress within = frames.get(frame).lookupPc();
    try {
      CallSite site = info.callReturningTo(image.link(caller.pc())).orElse(null);
      CallSite.Parameter passed = site == null ? null : parameter(site, wanted);
      Bytes value = passed == null ? null : stated.apply(passed);
      if (site == null || value == null) {
        return Input.unknown("the caller's debug information does not say what was passed");
      }
      LinkAddress inside = image.link(caller.lookupPc());
      FrameValues there =
          new FrameValues(
              FrameValues.of(caller.registers()),
              memory,
              image,
              caller.cfa().value(),
              info.subprogramAt(inside).orElse(null),
              new EntryValues(frames, frame + 1, depth + 1, memory, in));
      return isCertain(caller, image, within, site, there, in)
          ? there.number(value, site.context(), inside)
          : Input.unknown("the caller may have passed something else to another function");
    } catch (MalformedBinary | Unsupported e) {
      return Input.unknown("the caller's debug information is damaged");
    }
  }

  private static CallSite.@Nullable Parameter parameter(
      CallSite site, Predicate<CallSite.Parameter> wanted) {
    for (CallSite.Parameter parameter : site.parameters()) {
      if (wanted.test(parameter)) {
        return parameter;
      }
    }
    return null;
  }

  /// Whether what the caller's call site states is what the function was passed: the call leads
  /// there, or the caller's tail call was found to, and no jump has entered the function again.
  private static boolean isCertain(
      PhysicalFrame caller,
      Image image,
      RemoteAddress within,
      CallSite site,
      FrameValues there,
      AddressSpace space) {
    Image own = space.at(within);
    if (own == null) {
      return false;
    }
    boolean reached = caller.tailCall() || TailCalls.isDirect(caller, image, within, space);
    if (!reached && site.target() instanceof CallSite.Target.Computed computed) {
      Input target =
          there.number(
              computed.expression().code(),
              computed.expression().context(),
              image.link(caller.lookupPc()));
      reached =
          target instanceof Input.Known known
              && TailCalls.isEntry(new RemoteAddress(known.value()), within, space);
    }
    return reached && !TailCalls.mayReenter(own, within, space);
  }
}
