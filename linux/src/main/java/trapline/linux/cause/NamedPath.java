package trapline.linux.cause;

/// A path that a call names.
///
/// @param text as the program gave it; not empty
/// @param directory the open directory that a relative path starts from, or [#WORKING_DIRECTORY]
public record NamedPath(String text, int directory) {
  /// `AT_FDCWD` (`fcntl.h`).
  public static final int WORKING_DIRECTORY = -100;
}
