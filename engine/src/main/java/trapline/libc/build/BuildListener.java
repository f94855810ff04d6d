package trapline.libc.build;

/// Is told how far a build is.
public interface BuildListener {
  /// Something that the user should know: a remedy that is applied, where the log is.
  void say(String line);

  /// How far the present work is.
  ///
  /// @param what the work, such as `building glibc 2.36`
  /// @param total what `done` goes up to, an estimate; 0 when it cannot be told
  void at(String what, long done, long total);

  /// The same of work that is counted in bytes.
  void bytes(String what, long done, long total);
}
