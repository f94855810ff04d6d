package trapline.model;

import java.util.List;

/// Where a thread's return addresses are on its stack, to recognise the same calls on another run's
/// stack: frames have the same sizes there, and code keeps its offset in its pages.
///
/// @param levels innermost first
public record StackPrint(List<Level> levels) {
  /// A stack of which nothing is known.
  public static final StackPrint UNKNOWN = new StackPrint(List.of());

  private static final int PAGE = 4096;

  /// One return address.
  ///
  /// @param slot its distance above the stack pointer, in bytes
  /// @param offset of the address in its page
  public record Level(int slot, int offset) {}

  public StackPrint {
    levels = List.copyOf(levels);
  }

  /// Whether the stack of another run's thread is of the same calls; a stack of which nothing is
  /// known fits all.
  ///
  /// @param pointer its stack pointer
  /// @param memory its memory; a level that cannot be read there says nothing
  public boolean fits(long pointer, RemoteMemory memory) {
    byte[] word = new byte[Long.BYTES];
    for (Level level : levels) {
      if (memory.read(pointer + level.slot(), word, 0, word.length) == word.length) {
        int offset = (word[0] & 0xff) | (word[1] & (PAGE - 1) >> 8) << 8;
        if (offset != level.offset()) {
          return false;
        }
      }
    }
    return true;
  }
}
