package trapline.follow;

/// Shows how far a run is, where the program may write to the same terminal.
public interface RunProgress {
  /// Shows nothing.
  RunProgress NONE =
      new RunProgress() {
        @Override
        public void at(long calls, long failed) {}

        @Override
        public boolean isShown() {
          return false;
        }

        @Override
        public void hide() {}
      };

  /// The run goes on; told at most once a second.
  ///
  /// @param failed how many of the calls failed
  void at(long calls, long failed);

  /// Whether something stands on the terminal.
  boolean isShown();

  /// Takes away what is shown: the program is about to use the terminal, or the run is over.
  void hide();
}
