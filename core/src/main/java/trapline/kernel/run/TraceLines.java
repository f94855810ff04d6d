package trapline.kernel.run;

import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;

/// The lines of a text, of bounded length.
final class TraceLines {
  /// Longer lines are cut.
  private static final int MAX_LENGTH = 4096;

  private final Reader text;
  private final char[] buffer = new char[1 << 14];
  private int at;
  private int end;

  TraceLines(Reader text) {
    this.text = text;
  }

  /// The next line without its end; `null` at the end of the text.
  @Nullable String next() throws IOException {
    StringBuilder line = null;
    while (true) {
      if (at == end) {
        end = Math.max(0, text.read(buffer, 0, buffer.length));
        at = 0;
        if (end == 0) {
          return line == null ? null : line.toString();
        }
      }
      int start = at;
      while (at < end && buffer[at] != '\n') {
        at++;
      }
      boolean whole = at < end;
      int length = at - start;
      if (whole) {
        at++;
        if (line == null) {
          return new String(buffer, start, Math.min(length, MAX_LENGTH));
        }
      }
      line = line == null ? new StringBuilder(256) : line;
      line.append(buffer, start, Math.min(length, MAX_LENGTH - line.length()));
      if (whole) {
        return line.toString();
      }
    }
  }
}
