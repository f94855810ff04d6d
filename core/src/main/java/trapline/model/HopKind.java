package trapline.model;

/// The stations of a journey, in their order.
///
/// Code that handles hops does so by a `switch` over this enum without a `default`, so that the
/// compiler names each place that a new hop needs. (A `switch` over the types of hops would do the
/// same, but costs 40 ms when a program starts.)
public enum HopKind {
  SOURCE_LINE("source-line", Side.PROGRAM),
  CALL_SITE("call-site", Side.PROGRAM),
  PLT("plt", Side.LIBRARY),
  WRAPPER("wrapper", Side.LIBRARY),
  SYSCALL_INSTRUCTION("syscall-instruction", Side.LIBRARY),
  KERNEL_ENTRY("kernel-entry", Side.KERNEL),
  TABLE_ROW("table-row", Side.KERNEL),
  DECLARATION("declaration", Side.KERNEL),
  IMPLEMENTATION("implementation", Side.KERNEL),
  KERNEL_FUNCTION("kernel-function", Side.KERNEL),
  RETURN("return", Side.BACK);

  /// Where on its way a call is.
  public enum Side {
    /// In the user's program.
    PROGRAM,
    /// In the library, up to the trap.
    LIBRARY,
    KERNEL,
    /// Behind the trap again.
    BACK
  }

  private final String label;
  private final Side side;

  HopKind(String label, Side side) {
    this.label = label;
    this.side = side;
  }

  /// The name in JSON output.
  public String label() {
    return label;
  }

  /// The part of the way that the hop belongs to.
  public Side side() {
    return side;
  }
}
