package trapline.kernel.run;

import java.util.Arrays;

/// The instructions that a thread executed, with the registers before each: a store that grows by
/// some 30 bytes an instruction, because only the registers that changed are kept.
///
/// It is read from its end to its start, by [Walk].
final class History {
  /// How many instructions are kept; some 150 MB.
  static final int MAX_POINTS = 4_000_000;

  private long[] pcs = new long[1 << 12];
  private CallNode[] nodes = new CallNode[1 << 12];

  /// Which registers changed between the point before and this one.
  private short[] changed = new short[1 << 12];

  /// What they were before.
  private long[] old = new long[1 << 13];

  private final long[] last = new long[Register.COUNT];
  private int size;
  private int oldSize;
  private boolean full;

  int size() {
    return size;
  }

  /// Whether there was no room for all points.
  boolean isFull() {
    return full;
  }

  long pc(int point) {
    return pcs[point];
  }

  /// The function that executed it.
  CallNode node(int point) {
    return nodes[point];
  }

  /// Adds a point.
  void add(long pc, long[] registers, CallNode node) {
    if (size == MAX_POINTS) {
      full = true;
      return;
    }
    if (size == pcs.length) {
      pcs = Arrays.copyOf(pcs, size * 2);
      nodes = Arrays.copyOf(nodes, size * 2);
      changed = Arrays.copyOf(changed, size * 2);
    }
    if (oldSize + Register.COUNT > old.length) {
      old = Arrays.copyOf(old, old.length * 2);
    }
    int mask = 0;
    for (int i = 0; i < Register.COUNT; i++) {
      if (registers[i] != last[i]) {
        mask |= 1 << i;
        old[oldSize++] = last[i];
        last[i] = registers[i];
      }
    }
    pcs[size] = pc;
    nodes[size] = node;
    changed[size] = (short) mask;
    size++;
  }

  /// A walk from the last point to the first.
  final class Walk {
    /// The registers before the instruction at [#point].
    final long[] before = new long[Register.COUNT];

    /// The registers after it: those before the next one.
    final long[] after = new long[Register.COUNT];

    /// The point; [#back] goes to the one before.
    int point;

    private int oldAt;

    /// Stands at the last point.
    Walk() {
      restart();
    }

    /// Goes to the last point again.
    void restart() {
      point = size - 1;
      oldAt = oldSize;
      System.arraycopy(last, 0, before, 0, Register.COUNT);
      System.arraycopy(last, 0, after, 0, Register.COUNT);
    }

    boolean back() {
      if (point <= 0) {
        return false;
      }
      System.arraycopy(before, 0, after, 0, Register.COUNT);
      int mask = changed[point] & 0xffff;
      oldAt -= Integer.bitCount(mask);
      int at = oldAt;
      while (mask != 0) {
        int register = Integer.numberOfTrailingZeros(mask);
        before[register] = old[at++];
        mask &= mask - 1;
      }
      point--;
      return true;
    }

    /// Goes back to a point at or before this one.
    void to(int wanted) {
      while (point > wanted && back()) {
        // Each step undoes one instruction.
      }
    }
  }
}
