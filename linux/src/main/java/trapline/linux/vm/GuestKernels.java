package trapline.linux.vm;

import org.jspecify.annotations.Nullable;

/// Finds the kernel for a guest, and prepares it when it is used for the first time.
public final class GuestKernels {
  private final GuestProgress progress;

  public GuestKernels(GuestProgress progress) {
    this.progress = progress;
  }

  /// Finds a kernel: the named one, else the newest under `/boot`, else Debian's cloud kernel.
  ///
  /// @param image a file (`vmlinuz`, `vmlinux`) or a Debian package; `null` to choose
  /// @throws GuestFailure when there is none, or it is not a kernel for x86-64
  public GuestKernel find(@Nullable String image) {
    progress.at("", 0, 0);
    throw notWritten(image);
  }

  private static GuestFailure notWritten(@Nullable String image) {
    return new GuestFailure(GuestFailure.Kind.IMAGE, "not written yet: " + image);
  }
}
