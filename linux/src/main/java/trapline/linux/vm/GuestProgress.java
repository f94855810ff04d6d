package trapline.linux.vm;

/// Is told of work that takes longer than a moment: fetching a kernel, reading its symbols.
public interface GuestProgress {
  GuestProgress NONE = (what, done, total) -> {};

  /// Some of it is done.
  ///
  /// @param what such as `fetching linux-image-6.12.117-cloud-amd64`
  /// @param done bytes so far; `total` when it is finished
  /// @param total bytes in all, 0 when unknown
  void at(String what, long done, long total);

  /// Nothing goes on until another run has done something; told again while that lasts.
  default void waits(String what) {
    at(what, 0, 0);
  }
}
