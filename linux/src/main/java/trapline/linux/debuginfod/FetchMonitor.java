package trapline.linux.debuginfod;

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
}
