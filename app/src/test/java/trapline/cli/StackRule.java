package trapline.cli;

/// Why a level of a call stack may be otherwise in gdb 13 than here. Whatever differs and is not
/// here is a fault.
enum StackRule {
  /// gdb asks for the line behind the trap, where the thread is stopped; addr2line says the same of
  /// the trap as we do.
  BEHIND_TRAP("gdb: line behind the trap"),

  /// gdb leaves out lines whose rows begin no statement; addr2line says the same as we do.
  NO_STATEMENT("gdb: no rows that begin no statement"),

  /// Headers bind a function to another symbol, as `fstat` to `fstat64` for large files: gdb and
  /// addr2line show the symbol, we show the name that the source has.
  LARGE_FILE_NAME("gdb: symbol of a renamed function"),

  /// Of a tail call in an inlined function gdb leaves out those that it is inlined into.
  INLINED_TAIL_CALL("gdb: no functions around a tail call"),

  /// gdb goes on behind the code with which the kernel starts a process, and takes the arguments
  /// there for return addresses.
  BEHIND_START("gdb: goes on behind the start"),

  /// gdb has not read the libraries yet: it does when the dynamic linker has loaded them.
  EARLY("gdb: libraries not read yet"),

  /// The object file has no unwind table, so gdb guesses. Ours are proven by the code and the
  /// symbol table of Go: each frame follows a call of the function that is inside it, and the
  /// outermost is one where Go's own stacks end.
  NO_TABLE("gdb: no unwind table"),

  /// A tail call that only the code tells; gdb knows those of call sites. The code has the jump, or
  /// the calling frame calls the function that has left.
  BY_CODE("gdb: tail call without call site");

  private final String text;

  StackRule(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
