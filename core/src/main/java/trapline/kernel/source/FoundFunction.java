package trapline.kernel.source;

/// The function definition that a scanner has come to: ranges of the scanned bytes, so that nothing
/// is allocated for it. One object is used for all definitions of a scan.
final class FoundFunction {
  /// Takes each definition. What it keeps, it copies.
  @FunctionalInterface
  interface Sink {
    void function(byte[] text, FoundFunction found);
  }

  /// What stands before the name in the symbol, such as `sys_`; often nothing.
  String prefix = "";

  int nameStart;
  int nameEnd;

  /// The second part of a name that a macro makes of two arguments; empty when both are equal.
  int secondStart;

  int secondEnd;

  /// What stands behind the name, such as `_setup`; often nothing.
  String suffix = "";

  /// The macro that heads the definition; empty when both are equal.
  int macroStart;

  int macroEnd;

  /// The line of the name, or of the macro that heads the definition; from 1.
  int line;

  boolean isStatic;
}
