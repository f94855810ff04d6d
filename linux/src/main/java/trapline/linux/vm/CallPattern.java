package trapline.linux.vm;

import java.util.List;

/// Calls that a guest is to be stopped at: those of a number, made by some instruction, with some
/// values. Only the lower 32 bits of a value are looked at.
///
/// @param number in the numbering of x86-64
/// @param offset where in its page the instruction behind the trap stands; -1 for anywhere
/// @param compared which of the six arguments must have the value: bit 0 for the first
/// @param values six of them
public record CallPattern(int number, int offset, int compared, List<Integer> values) {
  /// How many arguments a call has.
  public static final int ARGUMENTS = 6;

  public CallPattern {
    values = List.copyOf(values);
    if (values.size() != ARGUMENTS) {
      throw new IllegalArgumentException("a call has six arguments, not " + values.size());
    }
  }
}
