package trapline.dwarf;

import java.util.Optional;
import trapline.bytes.Bytes;
import trapline.model.LinkAddress;

/// What an expression's operations need from the unit that it stands in.
///
/// All methods throw [trapline.model.MalformedBinary] when the debug information is broken there.
public interface UnitContext {
  /// The unit's DWARF version, 2 to 5.
  int version();

  /// The size of an address in bytes, as for `DW_OP_addr`.
  int addressSize();

  /// The size of a section offset in bytes, 4 or 8, as for `DW_OP_call_ref` and
  /// `DW_OP_implicit_pointer`.
  int offsetSize();

  /// Entry `index` of the unit's part of `.debug_addr`, as for `DW_OP_addrx`.
  LinkAddress address(long index);

  /// The base type at an offset from the unit's start, as for `DW_OP_convert`.
  DataType type(long unitOffset);

  /// The `DW_ATE_` number of the base type at an offset from the unit's start; 0 when it is none.
  int encoding(long unitOffset);

  /// The location expression of the entry at an offset from the unit's start, as for `DW_OP_call2`
  /// and `DW_OP_call4`.
  Optional<Bytes> expression(long unitOffset);
}
