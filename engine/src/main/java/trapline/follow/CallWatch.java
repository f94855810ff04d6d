package trapline.follow;

import org.jspecify.annotations.Nullable;
import trapline.kernel.run.TracedCall;
import trapline.model.Journey;
import trapline.model.SyscallId;

/// Watches what the kernel does while a call runs. The thread that is named stands still.
public interface CallWatch {
  /// Watches nothing.
  CallWatch NONE =
      new CallWatch() {
        @Override
        public void entered(int thread) {}

        @Override
        public void left(int thread) {}

        @Override
        public @Nullable TracedCall ran(int thread, SyscallId call, long result) {
          return null;
        }

        @Override
        public Journey with(Journey journey, @Nullable TracedCall ran) {
          return journey;
        }
      };

  /// A call is about to run.
  void entered(int thread);

  /// It has returned, or will not, and nobody wants to know what ran.
  void left(int thread);

  /// It has returned.
  ///
  /// @param result what the kernel leaves in `rax`
  /// @return what ran; `null` when it was not seen
  @Nullable TracedCall ran(int thread, SyscallId call, long result);

  /// The same journey with what ran.
  Journey with(Journey journey, @Nullable TracedCall ran);
}
