package trapline.kernel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;
import trapline.bytes.Bytes;

/// A kernel's source in a `.tar.xz`, `.tar.gz` or `.tar`, streamed once and never unpacked.
public final class TarballSource implements KernelSource {
  private final Path file;

  public TarballSource(Path file) {
    this.file = file;
  }

  @Override
  public String origin() {
    return file.toString();
  }

  @Override
  public void read(Predicate<String> wanted, Reader reader, Progress progress) throws IOException {}

  @Override
  public Optional<Bytes> file(String path) throws IOException {
    return Optional.empty();
  }
}
