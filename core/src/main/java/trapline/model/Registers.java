package trapline.model;

/// The general registers of a thread, in the order in which the kernel hands them to a tracer
/// (`struct user_regs_struct`). Which register has which role is the [Architecture]'s. Immutable.
public final class Registers {
  private final Architecture architecture;
  private final long[] slots;

  /// @param slots exactly [Architecture#slots()] of them
  public Registers(Architecture architecture, long[] slots) {
    if (slots.length != architecture.slots()) {
      throw new IllegalArgumentException(
          "needs " + architecture.slots() + " slots, not " + slots.length);
    }
    this.architecture = architecture;
    this.slots = slots.clone();
  }

  public Architecture architecture() {
    return architecture;
  }

  public long slot(int index) {
    return slots[index];
  }

  /// The register of that DWARF number, below [Architecture#dwarfCount()].
  public long dwarf(int number) {
    return slots[architecture.slotOfDwarf[number]];
  }

  /// A copy with one DWARF register changed.
  public Registers withDwarf(int number, long value) {
    return with(architecture.slotOfDwarf[number], value);
  }

  /// A copy with another result of a system call.
  public Registers withResult(long value) {
    return with(architecture.result, value);
  }

  private Registers with(int slot, long value) {
    long[] changed = slots.clone();
    changed[slot] = value;
    return new Registers(architecture, changed);
  }

  public long instructionPointer() {
    return slots[architecture.instructionPointer];
  }

  public long stackPointer() {
    return slots[architecture.stackPointer];
  }

  /// What a system call has returned, when the thread has just left it.
  public long result() {
    return slots[architecture.result];
  }

  /// The call number at a system call stop, or -1 when the thread is not in one.
  public long number() {
    return slots[architecture.number];
  }

  /// The start of the thread's own storage (TLS).
  public long threadPointer() {
    return slots[architecture.threadPointer];
  }

  /// An argument of a system call made through `abi`; where its registers are narrower than the
  /// machine's, only their part.
  ///
  /// @param index from 0 to 5
  public long argument(Abi abi, int index) {
    return slots[abi.argumentSlots[index]] & abi.argumentMask;
  }

  /// A copy of all slots.
  public long[] toArray() {
    return slots.clone();
  }
}
