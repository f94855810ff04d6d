package trapline.dwarf;

import trapline.bytes.Bytes;

/// Where a variable is at one address, or what it is worth there.
public sealed interface LocationDescription {
  /// A DWARF expression (DWARF 5, section 2.5) that has to be evaluated with a thread's registers.
  ///
  /// @param code its operations
  /// @param context what operations need from the unit it stands in
  record Expression(Bytes code, UnitContext context) implements LocationDescription {}

  /// A constant: sign-extended when the attribute has a sign.
  record Constant(long value) implements LocationDescription {}

  /// A constant of any size, in the target's byte order.
  record ConstantBytes(Bytes value) implements LocationDescription {}

  /// The debug information has no place for it here: optimised out, or out of its scope.
  record None() implements LocationDescription {}

  /// There is no place.
  LocationDescription NONE = new None();
}
