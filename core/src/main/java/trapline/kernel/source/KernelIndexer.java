package trapline.kernel.source;

import java.io.IOException;
import trapline.kernel.IndexContent;
import trapline.kernel.KernelIndex;
import trapline.kernel.KernelSource;
import trapline.kernel.KernelSource.Progress;

/// Makes an index of a kernel's source: tables, declarations and definitions of every architecture.
public final class KernelIndexer {
  private KernelIndexer() {}

  /// Indexes a source. The folder or archive is read once.
  ///
  /// @throws IOException when the source cannot be read
  /// @throws trapline.model.MalformedBinary when it is not a kernel's source, or a tarball does not
  ///     follow its format
  public static KernelIndex index(KernelSource source, IndexOptions options, Progress progress)
      throws IOException {
    return KernelIndex.of(source.origin(), read(source, options, progress));
  }

  /// Finds what an index of the source holds; otherwise as [#index].
  public static IndexContent read(KernelSource source, IndexOptions options, Progress progress)
      throws IOException {
    SourceFiles files = new SourceFiles(source.origin());
    source.read(SourceFiles::wanted, files::take, progress);
    return new ContentBuilder(files).content(options);
  }
}
