package trapline.linux.ptrace;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import trapline.linux.proc.ProcessMemory;

/// The memory image that the threads of a process share, a vfork parent and its child too, with the
/// breakpoints in it.
final class TracedMemory {
  static final byte INT3 = (byte) 0xcc;

  private static final byte[] INT3_CODE = {INT3};

  /// The byte that each breakpoint took the place of.
  private final Map<Long, Byte> originals = new HashMap<>();

  /// More running signal handlers than this are not remembered; the oldest are most likely done.
  private static final int MOST_HANDLERS = 1024;

  /// Where signal handlers that were called began, by where their return address is.
  private final Map<Long, Long> handlers = new LinkedHashMap<>();

  private boolean lifted;
  private long liftedAddress;

  /// What a forked child has: a copy of the memory, with the breakpoints that were in it.
  TracedMemory copy() {
    TracedMemory copy = new TracedMemory();
    copy.originals.putAll(originals);
    copy.handlers.putAll(handlers);
    if (lifted) {
      copy.originals.remove(liftedAddress);
    }
    return copy;
  }

  /// Notes that the kernel has called a signal handler.
  ///
  /// @param slot where its return address is
  /// @param entry its first instruction
  void noteHandler(long slot, long entry) {
    handlers.remove(slot);
    if (handlers.size() >= MOST_HANDLERS) {
      handlers.remove(handlers.keySet().iterator().next());
    }
    handlers.put(slot, entry);
  }

  /// The first instruction of the signal handler whose return address is at `slot`; 0 when none was
  /// seen.
  long handlerAt(long slot) {
    return handlers.getOrDefault(slot, 0L);
  }

  Map<Long, Byte> breakpoints() {
    return originals;
  }

  boolean hasBreakpoints() {
    return !originals.isEmpty();
  }

  boolean contains(long address) {
    return originals.containsKey(address);
  }

  /// @param threadId a living thread that uses this memory
  boolean insert(int threadId, long address) {
    if (originals.containsKey(address)) {
      return true;
    }
    ProcessMemory memory = new ProcessMemory(threadId);
    byte[] there = memory.readExactly(address, 1);
    if (there == null || !memory.write(address, INT3_CODE)) {
      return false;
    }
    originals.put(address, there[0]);
    return true;
  }

  void remove(int threadId, long address) {
    Byte original = originals.remove(address);
    if (original != null) {
      new ProcessMemory(threadId).write(address, new byte[] {original});
    }
  }

  void removeAll(int threadId) {
    for (long address : originals.keySet().toArray(new Long[0])) {
      remove(threadId, address);
    }
  }

  /// Uncovers an instruction until [#putBack(int)].
  void lift(int threadId, long address) {
    Byte original = originals.get(address);
    if (original != null) {
      lifted = true;
      liftedAddress = address;
      new ProcessMemory(threadId).write(address, new byte[] {original});
    }
  }

  void putBack(int threadId) {
    if (lifted) {
      lifted = false;
      new ProcessMemory(threadId).write(liftedAddress, INT3_CODE);
    }
  }
}
