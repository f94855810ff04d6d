package trapline.linux.objects;

import java.nio.file.Path;

/// The answer to the question where the text of a source file is.
public sealed interface SourceFile {
  /// How a source file was found.
  enum How {
    /// Where the debug information says that it is.
    PLACE,
    /// Its relative name leads there from the current directory.
    CURRENT_DIRECTORY,
    /// In a source package's directory of the same name and version.
    SOURCE_PACKAGE,
    /// By the object file's build-id, through debuginfod.
    DEBUGINFOD
  }

  /// The text is there.
  record Found(Path path, How how) implements SourceFile {}

  /// It is not on this machine, and nobody sent it.
  ///
  /// @param why a sentence without its full stop
  record Missing(String why) implements SourceFile {}
}
