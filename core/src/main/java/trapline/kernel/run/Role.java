package trapline.kernel.run;

/// Parts that kernel functions play, as the table `roles.txt` names them.
enum Role {
  INTERRUPT,
  EXCEPTION,
  /// Code that belongs to whoever jumps to it or calls it, such as return thunks.
  PART,
  /// A jump pad that stands for the function it leads to.
  THUNK,
  NOISE,
  USER_COPY,
  SECCOMP;

  boolean holds(String function) {
    throw new UnsupportedOperationException(function);
  }
}
