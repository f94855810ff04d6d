package trapline.linux.vm;

import trapline.testing.CloudKernels;

/// The kernels that tests run, prepared.
final class TestKernels {
  private TestKernels() {}

  /// A kernel of a series such as `6.12`; without its package or QEMU the test is skipped.
  static GuestKernel series(String series) {
    return new GuestKernels(GuestProgress.NONE).find(CloudKernels.series(series).toString());
  }
}
