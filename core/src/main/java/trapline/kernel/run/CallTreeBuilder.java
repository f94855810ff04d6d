package trapline.kernel.run;

/// Makes a [CallTree] of the points of one thread's run through the kernel, from the first
/// instruction of a function (such as `do_syscall_64`) to its return.
///
/// Points may be instructions or blocks; blocks must begin where a call leads and where it comes
/// back to.
public final class CallTreeBuilder implements PointSink {
  /// How many functions may be inside one another.
  public static final int MAX_DEPTH = 1000;

  public CallTreeBuilder(KernelSymbols symbols) {
    throw new UnsupportedOperationException("" + symbols.size());
  }

  @Override
  public void point(long pc, long[] registers, int privilege) {
    throw new UnsupportedOperationException();
  }

  /// Whether the outermost function has returned; further points are passed over.
  public boolean isDone() {
    throw new UnsupportedOperationException();
  }

  /// The tree of all points so far.
  ///
  /// @throws trapline.model.MalformedBinary when there was no point of a known function
  public CallTree finish() {
    throw new UnsupportedOperationException();
  }
}
