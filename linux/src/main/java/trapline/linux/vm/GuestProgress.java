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
}
