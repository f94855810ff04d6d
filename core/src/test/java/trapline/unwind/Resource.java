package trapline.unwind;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/// The files beside the tests.
final class Resource {
  private Resource() {}

  static void copy(String name, Path to) {
    try (InputStream in = Objects.requireNonNull(Resource.class.getResourceAsStream(name))) {
      Files.copy(in, to, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
