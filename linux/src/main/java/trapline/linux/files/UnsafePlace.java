package trapline.linux.files;

import java.io.IOException;

/// A place that somebody else could change while it is used, or that is not what it should be. The
/// message is one line: where, what is wrong, and what to do.
public final class UnsafePlace extends IOException {
  private static final long serialVersionUID = 1;

  UnsafePlace(String line) {
    super(line);
  }
}
