package trapline.model;

/// A line of a source file.
///
/// @param file the path as the debug information or the index has it
/// @param line from 1; 0 when only the file is known
public record Place(String file, int line) {
  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line;
  }
}
