package trapline.kernel.run;

/// Numbers of general registers as machine code has them.
final class Register {
  static final int RAX = 0;
  static final int RSP = 4;
  static final int COUNT = 16;

  private Register() {}
}
