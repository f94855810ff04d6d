package trapline.dwarf.expression;

import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.model.RemoteMemory;

/// What an expression may ask for while it is evaluated: the state of one frame of one thread, and
/// the unit of debug information that the expression is from.
///
/// Everything but the registers and the memory is unknown unless a method is overridden. An
/// expression that needs something unknown evaluates to [Location.Unavailable] with that reason.
public interface ExpressionContext {
  /// The value of a register in the frame.
  ///
  /// @param number the register's DWARF number, of any size: also ones that do not exist
  Input register(int number);

  /// The program's memory.
  RemoteMemory memory();

  /// The frame's canonical frame address (`DW_OP_call_frame_cfa`).
  default Input cfa() {
    return Input.unknown("no unwind information for this frame");
  }

  /// The address that `DW_AT_frame_base` of the function evaluates to (`DW_OP_fbreg`). Asked for
  /// only when needed, so that an implementation may evaluate it here.
  default Input frameBase() {
    return Input.unknown("the function states no frame base");
  }

  /// The address as run for an address in the object file (`DW_OP_addr`, `DW_OP_addrx`): adds the
  /// load bias.
  ///
  /// @param linkAddress as the file states it
  default Input address(long linkAddress) {
    return Input.unknown("it is not known where the object file was loaded");
  }

  /// An entry of the unit's part of `.debug_addr` (`DW_OP_addrx`, `DW_OP_constx`), as the file
  /// states it.
  default Input addressTable(long index) {
    return Input.unknown("the unit has no address table");
  }

  /// The address of a thread-local variable of the frame's object file (`DW_OP_form_tls_address`).
  ///
  /// @param offset in the object file's block of thread-local storage
  default Input threadLocal(long offset) {
    return Input.unknown("it is not known where the thread's local storage is");
  }

  /// The value that an expression had when the frame's function was entered
  /// (`DW_OP_entry_value`).
  ///
  /// @param expression most often a single register
  default Input entryValue(Bytes expression) {
    return Input.unknown("needs a value from the time the function was entered");
  }

  /// The value of a parameter as the caller's call site states it (`DW_OP_GNU_parameter_ref`).
  ///
  /// @param entry offset in the unit of the parameter's entry
  default Input parameter(long entry) {
    return Input.unknown("needs the value of a parameter at the call");
  }

  /// The address of the object whose type is being evaluated (`DW_OP_push_object_address`).
  default Input objectAddress() {
    return Input.unknown("no object is being evaluated");
  }

  /// The expression that `DW_AT_location` of another entry states (`DW_OP_call2`, `DW_OP_call4`,
  /// `DW_OP_call_ref`).
  ///
  /// @param entry the entry's offset: in the unit, or in `.debug_info` when `inUnit` is false
  /// @return `null` when it is not known; empty when the entry has no location
  default @Nullable Bytes procedure(long entry, boolean inUnit) {
    return null;
  }

  /// The base type whose entry is at an offset in the unit (typed operations).
  ///
  /// @return `null` when it is not known or not a base type
  default @Nullable BaseType baseType(long entry) {
    return null;
  }

  /// Bytes in an address of the unit: 4 or 8.
  default int addressSize() {
    return 8;
  }

  /// Bytes in an offset of the unit: 4 in 32-bit DWARF, 8 in 64-bit DWARF.
  default int offsetSize() {
    return 4;
  }
}
