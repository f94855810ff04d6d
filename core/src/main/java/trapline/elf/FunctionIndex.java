package trapline.elf;

/// Names code by symbols.
final class FunctionIndex {
  private FunctionIndex() {}
}
