package trapline.follow;

import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.abi.Errnos;
import trapline.abi.SyscallSignature;
import trapline.abi.SyscallTable;
import trapline.journey.StackMemory;
import trapline.linux.proc.Maps;
import trapline.model.Abi;
import trapline.model.Registers;
import trapline.model.SyscallId;

/// What is mapped in one memory, and the stacks that were seen in it. Both are kept from call to
/// call: only calls that map or unmap something change them.
final class Mappings {
  /// Calls that change mappings at the address in their first argument, for as many bytes as the
  /// second one says, or those that they return.
  private static final List<String> CALLS =
      List.of(
          "mmap",
          "mmap2",
          "munmap",
          "mprotect",
          "pkey_mprotect",
          "mremap",
          "remap_file_pages",
          "shmat",
          "shmdt",
          "ipc");

  /// Of these the registers do not say what changes.
  private static final List<String> VAGUE_CALLS = List.of("shmat", "shmdt", "ipc");

  /// What these return has the size in the third argument.
  private static final List<String> MOVES = List.of("mremap");

  // by Abi.index()
  private static final @Nullable BitSet[] NUMBERS = new BitSet[Abi.all().size()];
  private static final @Nullable BitSet[] MOVING = new BitSet[Abi.all().size()];
  private static final @Nullable BitSet[] VAGUE = new BitSet[Abi.all().size()];

  /// The part of a call's number that tells it from others of its ABI.
  private static final int NUMBER = 0xfff;

  private @Nullable Maps maps;
  private boolean stale = true;
  private StackMemory stacks = new StackMemory();

  /// Those of a copy of this memory.
  Mappings copy() {
    Mappings copy = new Mappings();
    copy.maps = maps;
    copy.stacks = stacks;
    return copy;
  }

  /// The stacks that were seen since code was last mapped elsewhere.
  StackMemory stacks() {
    return stacks;
  }

  /// The mappings as they are now.
  ///
  /// @param reader a thread that has this memory
  Maps current(int reader) {
    Maps current = maps;
    if (current == null || stale) {
      current = Maps.of(reader);
      maps = current;
      stale = false;
    }
    return current;
  }

  /// Forgets the stacks that were seen.
  void forgetStacks() {
    stacks = new StackMemory();
  }

  /// Says that mappings may have changed.
  void mayHaveChanged() {
    stale = true;
  }

  /// Whether a call may change what is mapped.
  static boolean changes(SyscallId call) {
    return isOf(call, CALLS, NUMBERS);
  }

  /// Takes the end of a call.
  void returned(SyscallId call, Registers exit) {
    if (!changes(call) || Errnos.isError(exit.result())) {
      return;
    }
    stale = true;
    Maps known = maps;
    if (known == null) {
      return; // nothing was seen in it yet
    }
    Abi abi = call.abi();
    // the old mmap of 32-bit programs has its arguments in memory
    boolean vague = abi == Abi.I386 || isOf(call, VAGUE_CALLS, VAGUE);
    long first = exit.argument(abi, 0);
    long size = exit.argument(abi, 1);
    // mmap and mremap return where the memory is now, the others 0
    boolean moved = exit.result() != 0 && exit.result() != first;
    long newSize = isOf(call, MOVES, MOVING) ? exit.argument(abi, 2) : size;
    for (Maps.Mapping mapping : known.mappings()) {
      if (mapping.isExecutable()
          && (vague
              || overlaps(mapping, first, Math.max(size, newSize))
              || (moved && overlaps(mapping, exit.result(), newSize)))) {
        forgetStacks();
        return;
      }
    }
  }

  private static boolean overlaps(Maps.Mapping mapping, long start, long size) {
    return Long.compareUnsigned(mapping.start(), start + size) < 0
        && Long.compareUnsigned(start, mapping.end()) < 0;
  }

  private static boolean isOf(SyscallId call, List<String> names, @Nullable BitSet[] cache) {
    BitSet numbers = cache[call.abi().index()];
    if (numbers == null) {
      numbers = new BitSet();
      SyscallTable table = SyscallTable.of(call.abi());
      for (String name : names) {
        SyscallSignature signature = table.byName(name);
        if (signature != null) {
          numbers.set((int) signature.number() & NUMBER);
        }
      }
      cache[call.abi().index()] = numbers;
    }
    return numbers.get((int) call.number() & NUMBER);
  }
}
