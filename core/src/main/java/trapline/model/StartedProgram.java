package trapline.model;

/// The program that a process runs.
///
/// @param name as it was started, without its directories: a symbolic link's own name; empty when
///     not known
/// @param file the object file, by its path without symbolic links; empty when not known
public record StartedProgram(String name, String file) {
  public static final StartedProgram UNKNOWN = new StartedProgram("", "");
}
