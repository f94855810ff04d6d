package trapline.model;

/// The stations of a journey, in their order.
public enum HopKind {
  SOURCE_LINE("source-line"),
  CALL_SITE("call-site"),
  PLT("plt"),
  WRAPPER("wrapper"),
  SYSCALL_INSTRUCTION("syscall-instruction"),
  KERNEL_ENTRY("kernel-entry"),
  TABLE_ROW("table-row"),
  DECLARATION("declaration"),
  IMPLEMENTATION("implementation"),
  KERNEL_FUNCTION("kernel-function"),
  RETURN("return");

  private final String label;

  HopKind(String label) {
    this.label = label;
  }

  /// The name in JSON output.
  public String label() {
    return label;
  }
}
