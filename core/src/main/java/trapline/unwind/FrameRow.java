package trapline.unwind;

import java.util.Arrays;

/// One row of a call frame table: how to find the caller from a range of instructions. Immutable.
public final class FrameRow {
  private final long start;
  private final long end;
  private final FrameDescription description;
  private final CfaRule cfa;
  private final RegisterRule[] rules;

  FrameRow(long start, long end, FrameDescription description, CfaRule cfa, RegisterRule[] rules) {
    this.start = start;
    this.end = end;
    this.description = description;
    this.cfa = cfa;
    this.rules = rules;
  }

  /// The link address of the first instruction.
  public long start() {
    return start;
  }

  /// The link address after the last instruction.
  public long end() {
    return end;
  }

  boolean covers(long pc) {
    return Long.compareUnsigned(pc, start) >= 0 && Long.compareUnsigned(pc, end) < 0;
  }

  /// The function that the row is of.
  public FrameDescription description() {
    return description;
  }

  /// How the canonical frame address is found.
  public CfaRule cfa() {
    return cfa;
  }

  /// How the caller's value of a register is found.
  ///
  /// @param register its DWARF number, of any size
  public RegisterRule rule(int register) {
    return register >= 0 && register < rules.length ? rules[register] : RegisterRule.UNSPECIFIED;
  }

  /// The registers numbered from 0 that [#rule] may have something to say about.
  public int ruleCount() {
    return rules.length;
  }

  @Override
  public String toString() {
    return "0x" + Long.toHexString(start) + " " + cfa + " " + Arrays.toString(rules);
  }
}
