package trapline.kernel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;
import trapline.bytes.Bytes;

/// A kernel's source in a folder, read on two threads.
public final class DirectorySource implements KernelSource {
  private final Path top;

  /// @param top the folder with the top `Makefile`
  public DirectorySource(Path top) {
    this.top = top;
  }

  @Override
  public String origin() {
    return top.toString();
  }

  @Override
  public void read(Predicate<String> wanted, Reader reader, Progress progress) throws IOException {}

  @Override
  public Optional<Bytes> file(String path) throws IOException {
    return Optional.empty();
  }
}
