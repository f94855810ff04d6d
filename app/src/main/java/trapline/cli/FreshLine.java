package trapline.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import trapline.follow.OpenLines;

/// Messages that begin on a line of their own where a traced program writes to the same terminal or
/// file.
final class FreshLine extends FilterOutputStream {
  private final OpenLines.Place place;
  private boolean inside;

  private FreshLine(OutputStream target, OpenLines.Place place) {
    super(target);
    this.place = place;
  }

  static PrintStream of(PrintStream target, OpenLines.Place place) {
    return new PrintStream(new FreshLine(target, place), true, StandardCharsets.UTF_8);
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return;
    }
    if (!inside && place.takeOpenLine()) {
      out.write('\n');
    }
    out.write(bytes, offset, length);
    byte last = bytes[offset + length - 1];
    inside = last != '\n' && last != '\r'; // what was shown of progress has been taken away
  }
}
