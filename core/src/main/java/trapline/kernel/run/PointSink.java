package trapline.kernel.run;

/// Takes the points of a run in their order.
@FunctionalInterface
public interface PointSink {
  /// The thread is about to execute what stands at `pc`.
  ///
  /// @param registers the general registers before that, numbered as machine code numbers them:
  ///     rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8 to r15; the array belongs to the caller and is
  ///     used again
  /// @param privilege the processor's level: 0 in the kernel, 3 in a program
  void point(long pc, long[] registers, int privilege);
}
