package trapline.kernel;

import trapline.model.Abi;

/// Which numberings of system calls a kernel was built without.
final class AbiGates {
  private AbiGates() {}

  /// Why a kernel cannot serve any call of this numbering; empty when it can, or that is not known.
  ///
  /// @param config the kernel's
  static String leftOut(Abi abi, KernelConfig config) {
    return !abi.gate().isEmpty()
            && config.isComplete()
            && Condition.evaluate(abi.gate(), config) == Condition.Truth.FALSE
        ? "built without " + abi.label() + ": " + abi.gate() + " does not hold"
        : "";
  }

  /// Why it cannot, by the kernel's symbols.
  static String leftOut(Abi abi, Kallsyms symbols) {
    return !abi.mark().isEmpty()
            && symbols.whyUnavailable().isEmpty()
            && symbols.symbol(abi.mark()).isEmpty()
        ? "built without " + abi.label() + ": it has no symbol " + abi.mark()
        : "";
  }
}
