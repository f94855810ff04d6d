package trapline.linux.debuginfod;

import trapline.model.Diagnostic;

/// Hears how fetching gets on. Called by the thread that waits for the file.
public interface FetchMonitor {
  /// For who wants to hear nothing.
  FetchMonitor SILENT =
      new FetchMonitor() {
        @Override
        public void at(String what, long done, long total) {}

        @Override
        public void ended() {}

        @Override
        public boolean isCancelled() {
          return false;
        }

        @Override
        public void failed(Diagnostic diagnostic) {}
      };

  /// Work that takes long is under way.
  ///
  /// @param what in a few words
  /// @param done bytes that have come
  /// @param total bytes that are to come; 0 when nobody said
  void at(String what, long done, long total);

  /// That work has ended, well or not.
  void ended();

  /// Whether to stop. Asked several times a second.
  boolean isCancelled();

  /// A server could not give what it was asked for, for another reason than that it has no such
  /// file.
  void failed(Diagnostic diagnostic);
}
