package trapline.code;

/// The register file that a register operand belongs to.
public enum RegisterClass {
  /// `rax` to `r15`, numbered 0 to 15 in the order of the encoding: ax cx dx bx sp bp si di
  /// r8...
  GENERAL,
  /// `ah`, `ch`, `dh`, `bh`: bits 8 to 15 of the general register with the number 0 to 3.
  GENERAL_HIGH_BYTE,
  /// `xmm0` to `zmm31`; the operand's size tells which.
  VECTOR,
  /// `mm0` to `mm7`.
  MMX,
  /// `st(0)` to `st(7)`.
  X87,
  /// `k0` to `k7`.
  MASK,
  /// `es cs ss ds fs gs`, numbered 0 to 5.
  SEGMENT,
  /// `cr0` to `cr15`.
  CONTROL,
  /// `db0` to `db15`.
  DEBUG,
  /// `bnd0` to `bnd3`.
  BOUND,
  /// `tmm0` to `tmm7`.
  TILE
}
