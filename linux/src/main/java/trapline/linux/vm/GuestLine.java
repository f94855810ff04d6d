package trapline.linux.vm;

import java.io.IOException;

/// A line by which the guest announces bytes: what they are, a blank, and how many. Whatever runs
/// in the guest may have written it.
///
/// @param word such as `output`
/// @param size how many bytes follow
record GuestLine(String word, int size) {
  /// @param most more bytes are refused
  /// @throws IOException when it is no such line
  static GuestLine of(String line, int most) throws IOException {
    int blank = line.indexOf(' ');
    try {
      int size = Integer.parseInt(line.substring(blank + 1).strip());
      if (blank > 0 && size >= 0 && size <= most) {
        return new GuestLine(line.substring(0, blank), size);
      }
    } catch (NumberFormatException e) {
      // The same as a size that cannot be.
    }
    throw new IOException("the guest sent something unexpected: " + line);
  }
}
