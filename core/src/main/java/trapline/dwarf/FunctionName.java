package trapline.dwarf;

/// What a function is called.
///
/// @param name as the source has it, without scope; empty when not stated
/// @param qualified with the namespaces and classes it is in, joined by `::`; the name itself in
///     languages without scopes
/// @param linkage as the linker sees it (mangled); empty when it does not differ from the name
///     or is not stated
public record FunctionName(String name, String qualified, String linkage) {
  /// No name is stated.
  public static final FunctionName UNKNOWN = new FunctionName("", "", "");

  /// The name that a symbol table would have: the linkage name, or else the plain one.
  public String symbol() {
    return linkage.isEmpty() ? name : linkage;
  }

  @Override
  public String toString() {
    return qualified;
  }
}
