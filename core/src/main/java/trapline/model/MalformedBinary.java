package trapline.model;

/// A file or table does not follow its format.
public final class MalformedBinary extends RuntimeException {
  private final String file;
  private final long offset;
  private final String what;

  /// @param file the file's name, or a description of the memory that was read
  /// @param offset where in it, in bytes
  /// @param what what is wrong there
  public MalformedBinary(String file, long offset, String what) {
    super(file + ": offset 0x" + Long.toHexString(offset) + ": " + what, null, false, false);
    this.file = file;
    this.offset = offset;
    this.what = what;
  }

  public String file() {
    return file;
  }

  /// Bytes from the start of the file.
  public long offset() {
    return offset;
  }

  public String what() {
    return what;
  }
}
