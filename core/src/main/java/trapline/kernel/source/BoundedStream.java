package trapline.kernel.source;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import trapline.archive.ExpansionLimit;
import trapline.archive.ReadThroughStream;
import trapline.kernel.KernelSource.Progress;
import trapline.model.MalformedBinary;

/// The unpacked archive: ends the reading of one that unpacks to far more than a kernel's
/// source, and tells the progress.
final class BoundedStream extends ReadThroughStream {
  private static final int STEP = 1 << 20;

  private final String name;
  private final ExpansionLimit limit;
  private final long packed;
  private final long total;
  private final Progress progress;
  private final @Nullable CountedStream raw;
  private long unpacked;
  private long told;

  /// @param limit how many bytes it may unpack to
  /// @param total what the progress goes up to; -1 when not known
  /// @param packed how many bytes the archive has, when there is no `raw`
  /// @param raw whose count the progress is; `null` to count what was unpacked
  BoundedStream(
      InputStream in,
      String name,
      long limit,
      long total,
      Progress progress,
      long packed,
      @Nullable CountedStream raw)
      throws IOException {
    super(in);
    this.name = name;
    this.limit = new ExpansionLimit(limit);
    this.packed = packed;
    this.total = total;
    this.progress = progress;
    this.raw = raw;
    if (raw == null) {
      try {
        check(total);
      } catch (MalformedBinary e) {
        in.close();
        throw e;
      }
    }
  }

  private void check(long bytes) {
    String exceeded = limit.exceeded(raw == null ? packed : raw.count(), bytes);
    if (exceeded != null) {
      throw new MalformedBinary(name, 0, exceeded + ": no kernel source");
    }
  }

  private void tell() {
    told = unpacked;
    progress.at(raw == null ? unpacked : raw.count(), total);
  }

  @Override
  public void close() throws IOException {
    tell();
    super.close();
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int got = in.read(into, offset, length);
    unpacked += Math.max(got, 0);
    check(unpacked);
    if (unpacked - told > STEP) {
      tell();
    }
    return got;
  }
}
