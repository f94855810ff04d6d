package trapline.journey;

import org.jspecify.annotations.Nullable;
import trapline.model.Registers;
import trapline.model.RemoteMemory;
import trapline.unwind.KnownStacks;
import trapline.unwind.Stack;

/// The stacks that were seen in one memory, with the names and lines of their levels. It holds as
/// long as the code in that memory stays where it is.
public final class StackMemory {
  private final KnownStacks<SeenStack> stacks = new KnownStacks<>();

  private final KnownStacks<Boolean> ofLibrary = new KnownStacks<>();

  /// A memory of nothing.
  public StackMemory() {}

  /// The stack of a stopped thread as it was seen before.
  @Nullable SeenStack find(Registers registers, AddressSpace space) {
    return stacks.find(registers, space.memory());
  }

  /// The stack that was found last, with the registers of now.
  CallStack current(SeenStack found) {
    return found.stack().with(stacks.frames(found.stack().physical()), stacks.memory());
  }

  /// What was noted of a stack by [#note]; `null` when nothing was.
  @Nullable Boolean isAllLibrary(Registers registers, AddressSpace space) {
    return ofLibrary.find(registers, space.memory());
  }

  /// Notes whether none of the program's own code is on a stack.
  void note(Registers registers, AddressSpace space, Stack stack, Boolean isAllLibrary) {
    if (stack.whole()) {
      ofLibrary.remember(registers, space.memory(), stack.frames(), space, isAllLibrary);
    }
  }

  /// @param memory that of the process as it was when the stack was walked
  void remember(Registers registers, RemoteMemory memory, AddressSpace space, SeenStack seen) {
    CallStack stack = seen.stack();
    if (stack.end().isEmpty()) {
      stacks.remember(registers, memory, stack.physical(), space, seen);
    }
  }
}
