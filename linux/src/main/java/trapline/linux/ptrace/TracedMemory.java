package trapline.linux.ptrace;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import trapline.linux.proc.ProcessMemory;
import trapline.linux.sys.Ptrace;

/// The memory image that the threads of a process share, a vfork parent and its child too, with the
/// breakpoints in it.
final class TracedMemory {
  /// How far behind a breakpoint's start a thread stops.
  static final int BREAKPOINT_ADVANCE = Ptrace.ARCHITECTURE.breakpointAdvance();

  private static final byte[] BREAKPOINT = Ptrace.ARCHITECTURE.breakpoint();

  /// The bytes that each breakpoint took the place of.
  private final Map<Long, byte[]> originals = new HashMap<>();

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

  Map<Long, byte[]> breakpoints() {
    return originals;
  }

  boolean hasBreakpoints() {
    return !originals.isEmpty();
  }

  /// Whether a breakpoint, of whoever, is at an address that can be read; also when it cannot.
  static boolean mayBeBreakpoint(int threadId, long address) {
    byte[] there = new ProcessMemory(threadId).readExactly(address, BREAKPOINT.length);
    return there == null || Arrays.equals(there, BREAKPOINT);
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
    byte[] there = memory.readExactly(address, BREAKPOINT.length);
    if (there == null || !memory.write(address, BREAKPOINT)) {
      return false;
    }
    originals.put(address, there);
    return true;
  }

  void remove(int threadId, long address) {
    byte[] original = originals.remove(address);
    if (original != null) {
      new ProcessMemory(threadId).write(address, original);
    }
  }

  void removeAll(int threadId) {
    for (long address : originals.keySet().toArray(new Long[0])) {
      remove(threadId, address);
    }
  }

  /// Uncovers an instruction until [#putBack(int)].
  void lift(int threadId, long address) {
    byte[] original = originals.get(address);
    if (original != null) {
      lifted = true;
      liftedAddress = address;
      new ProcessMemory(threadId).write(address, original);
    }
  }

  void putBack(int threadId) {
    if (lifted) {
      lifted = false;
      new ProcessMemory(threadId).write(liftedAddress, BREAKPOINT);
    }
  }
}
