package trapline.dwarf.expression;

import java.util.List;
import trapline.bytes.Bytes;

/// What an expression evaluates to (DWARF 5, section 2.6: location descriptions).
public sealed interface Location {
  /// The object is in memory.
  ///
  /// @param address an address in the traced program, as run
  record Memory(long address) implements Location {}

  /// The object is in a register.
  ///
  /// @param number the register's DWARF number
  record Register(int number) implements Location {}

  /// The object has this value and lives nowhere (`DW_OP_stack_value`).
  ///
  /// @param bits the value; of a type smaller than eight bytes the lowest bytes count
  /// @param size how many bytes of it count; 8 for the generic type
  record Value(long bits, int size) implements Location {}

  /// The object has these bytes and lives nowhere (`DW_OP_implicit_value`).
  record Implicit(Bytes bytes) implements Location {}

  /// The object is a pointer to something that was optimised away but whose description remains
  /// (`DW_OP_implicit_pointer`).
  ///
  /// @param entry offset in `.debug_info` of the entry that describes what is pointed at
  /// @param offset bytes from that thing's start
  record ImplicitPointer(long entry, long offset) implements Location {}

  /// The object is scattered over several places, in the order of its bytes.
  record Pieces(List<Piece> pieces) implements Location {}

  /// The object cannot be found.
  ///
  /// @param reason why: `optimised out`, `needs the value of rdi at the function's entry`
  record Unavailable(String reason) implements Location {}

  /// A part of an object (`DW_OP_piece`, `DW_OP_bit_piece`).
  ///
  /// @param location where the part is; never [Pieces]
  /// @param bits how many bits it has
  /// @param bitOffset how many bits into `location` it starts; 0 for `DW_OP_piece`
  record Piece(Location location, long bits, long bitOffset) {}
}
