package trapline.unwind;

import trapline.bytes.Bytes;

/// A frame description entry: the unwind information of one run of code, most often one function
/// (DWARF 5, section 6.4.1). Immutable.
public final class FrameDescription {
  private final long start;
  private final long end;
  private final CommonInformation common;
  private final Bytes instructions;
  private final long instructionsAddress;

  FrameDescription(
      long start,
      long end,
      CommonInformation common,
      Bytes instructions,
      long instructionsAddress) {
    this.start = start;
    this.end = end;
    this.common = common;
    this.instructions = instructions;
    this.instructionsAddress = instructionsAddress;
  }

  /// The link address of the first instruction.
  public long start() {
    return start;
  }

  /// The link address after the last instruction.
  public long end() {
    return end;
  }

  /// Whether an instruction is covered.
  ///
  /// @param pc a link address
  public boolean covers(long pc) {
    return Long.compareUnsigned(pc, start) >= 0 && Long.compareUnsigned(pc, end) < 0;
  }

  /// The DWARF number of the table's column that holds the return address.
  public int returnAddressRegister() {
    return common.returnAddressRegister();
  }

  /// Whether this is the frame that a signal handler returns to (augmentation `S`).
  public boolean signal() {
    return common.signal();
  }

  CommonInformation common() {
    return common;
  }

  Bytes instructions() {
    return instructions;
  }

  /// The link address of the first of [#instructions()].
  long instructionsAddress() {
    return instructionsAddress;
  }
}
