package trapline.decode;

/// How much of the program's memory is shown.
///
/// @param stringLength bytes of a string or buffer, from 0 up; strace's `-s`
/// @param arrayLength elements of an array, from 0 up
/// @param abbreviate whether members that seldom matter are left out of structures, as strace does
///     without `-v`
public record Limits(int stringLength, int arrayLength, boolean abbreviate) {
  /// What strace does by itself: 32 bytes, 32 elements, abbreviated.
  public static final Limits DEFAULT = new Limits(32, 32, true);

  public Limits {
    stringLength = Math.clamp(stringLength, 0, 1 << 20);
    arrayLength = Math.clamp(arrayLength, 0, 1 << 16);
  }

  /// The same with another string length.
  public Limits withStringLength(int length) {
    return new Limits(length, arrayLength, abbreviate);
  }
}
