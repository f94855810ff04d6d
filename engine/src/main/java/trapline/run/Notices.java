package trapline.run;

import trapline.kernel.KernelSource;
import trapline.linux.vm.GuestProgress;

/// Told what a person who waits for a run may want to know.
public interface Notices {
  /// Tells nobody.
  Notices NONE =
      new Notices() {
        @Override
        public void say(String line) {}

        @Override
        public void command(String command) {}

        @Override
        public Reading reading(String name) {
          return (done, total) -> {};
        }

        @Override
        public Work bytes() {
          return (name, done, total) -> {};
        }

        @Override
        public Work calls() {
          return (name, done, total) -> {};
        }
      };

  /// How far the reading of a kernel's source is.
  interface Reading extends KernelSource.Progress, AutoCloseable {
    @Override
    default void close() {}
  }

  /// How far other work is.
  interface Work extends GuestProgress, AutoCloseable {
    @Override
    default void close() {}
  }

  /// Something happened that the user should know.
  ///
  /// @param line one line
  void say(String line);

  /// A command is about to be run.
  ///
  /// @param command as one would type it
  void command(String command);

  /// A kernel's source begins to be read.
  ///
  /// @param name of the source
  Reading reading(String name);

  /// Work begins that is counted in bytes.
  Work bytes();

  /// Work begins that is counted in calls.
  Work calls();
}
