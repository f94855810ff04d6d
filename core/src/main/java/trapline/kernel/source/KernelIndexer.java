package trapline.kernel.source;

import java.io.IOException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.function.Supplier;
import trapline.bytes.Bytes;
import trapline.kernel.IndexContent;
import trapline.kernel.KernelIndex;
import trapline.kernel.KernelSource;
import trapline.kernel.KernelSource.Progress;

/// Makes an index of a kernel's source: tables, declarations and definitions of every architecture.
public final class KernelIndexer {
  private KernelIndexer() {}

  /// Indexes a source. The directory or archive is read once.
  ///
  /// @throws IOException when the source cannot be read
  /// @throws trapline.model.MalformedBinary when it is not a kernel's source, or a tarball does not
  ///     follow its format
  public static KernelIndex index(KernelSource source, IndexOptions options, Progress progress)
      throws IOException {
    return KernelIndex.of(source.origin(), read(source, options, progress));
  }

  /// An archive that was read knows its own digest.
  private static IndexOptions known(KernelSource source, IndexOptions options) {
    return source.sha256().isEmpty()
        ? options
        : new IndexOptions(options.packageVersion(), source.sha256(), options.functions());
  }

  /// Functions are wanted of every directory.
  private static boolean wantedWithFunctions(String path) {
    return path.endsWith("/") || FunctionCollector.wanted(path) || SourceFiles.wanted(path);
  }

  /// Finds what an index of the source holds; otherwise as [#index].
  public static IndexContent read(KernelSource source, IndexOptions options, Progress progress)
      throws IOException {
    SourceFiles files = new SourceFiles(source.origin());
    Supplier<Bytes> functions = () -> Bytes.empty("functions");
    if (options.functions()) {
      FunctionCollector collector = new FunctionCollector();
      source.read(
          KernelIndexer::wantedWithFunctions,
          (ArrayReader)
              (path, text, length) -> {
                collector.take(path, text, length);
                return TarballSource.wantedWithFolders(path, SourceFiles::wanted)
                    && files.take(path, text, length);
              },
          progress);
      // Names are sorted while the calls' facts are put together.
      ForkJoinTask<byte[]> written = ForkJoinPool.commonPool().submit(collector::write);
      functions = () -> Bytes.of("functions of " + source.origin(), written.join());
    } else {
      source.read(SourceFiles::wanted, (ArrayReader) files::take, progress);
    }
    return new ContentBuilder(files, source.gaps()).content(known(source, options), functions);
  }

  /// Takes a file as an array, as every source hands it over.
  @FunctionalInterface
  private interface ArrayReader extends KernelSource.Reader {
    @Override
    boolean read(String path, byte[] text, int length);

    @Override
    default boolean read(String path, Bytes content) {
      return read(path, content.copy(0, content.size()), content.size());
    }
  }
}
