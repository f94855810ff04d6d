package trapline.follow;

import java.nio.charset.StandardCharsets;
import trapline.capture.TraceEvent;
import trapline.model.RemoteMemory;

/// The end of what a program and its children wrote to their standard error: there a program says
/// why it gives up.
final class LastWords {
  private static final int STANDARD_ERROR = 2;
  private static final int MOST = 2048;

  private final StringBuilder text = new StringBuilder();

  /// A call has returned.
  void exited(TraceEvent.Exited event, RemoteMemory memory) {
    OutputCall call = OutputCall.of(event.call());
    if ((call != OutputCall.BUFFER && call != OutputCall.VECTOR)
        || event.registers().argument(event.call().abi(), 0) != STANDARD_ERROR
        || event.registers().result() <= 0) {
      return;
    }
    byte[] written = WrittenBytes.end(call, event, memory, MOST);
    if (written == null) {
      return;
    }
    text.append(new String(written, StandardCharsets.UTF_8));
    if (text.length() > MOST) {
      text.delete(0, text.length() - MOST);
    }
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
