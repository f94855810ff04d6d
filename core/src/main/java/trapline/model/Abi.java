package trapline.model;

/// A way into the kernel: an architecture with its numbering of system calls.
public enum Abi {
  X86_64("x86_64"),
  X32("x32"),
  I386("i386");

  private final String label;

  Abi(String label) {
    this.label = label;
  }

  /// The name in text and JSON output.
  public String label() {
    return label;
  }
}
