package trapline.model;

/// One argument of a call, as far as it is the same in another run of the program.
///
/// @param value as given; of [Kind#NUMBER] what must be the same
public record KeyArgument(Kind kind, long value) {
  /// What another run has in its place.
  public enum Kind {
    /// The same.
    NUMBER,
    /// Perhaps another number, assigned by the kernel: a descriptor.
    DESCRIPTOR,
    /// Another number of the same process or thread.
    PROCESS,
    /// Another number of an object that the kernel keeps, such as a shared memory segment.
    OBJECT,
    /// Another address, or a large number, which may be a time or random.
    ADDRESS
  }

  /// Whether two runs may have these for the same argument.
  public boolean alike(KeyArgument other) {
    return kind == other.kind && (kind != Kind.NUMBER || value == other.value);
  }

  /// What those that are alike have in common.
  KeyArgument common() {
    return kind == Kind.NUMBER ? this : new KeyArgument(kind, 0);
  }

  /// The same, with the numbers of descriptors kept.
  KeyArgument exact() {
    return kind == Kind.DESCRIPTOR ? this : common();
  }
}
