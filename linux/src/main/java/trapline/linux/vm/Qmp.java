package trapline.linux.vm;

import java.io.Closeable;
import java.io.IOException;

/// QEMU's machine protocol (`docs/interop/qmp-spec.txt`), as far as it is needed: one JSON object a
/// line; answers begin with `return` or `error`, and events in between are passed over.
final class Qmp implements Closeable {
  private static final long MILLIS = 20_000;

  private final Channel channel;
  private final String greeting;

  Qmp(Channel channel) throws IOException {
    this.channel = channel;
    String line = channel.line(MILLIS);
    if (line == null) {
      throw new IOException("QEMU sent no greeting");
    }
    this.greeting = line;
    execute("qmp_capabilities", "");
  }

  /// QEMU's first line, which names its version.
  String greeting() {
    return greeting;
  }

  /// Executes a command.
  ///
  /// @param arguments the fields of a JSON object, without its braces
  /// @return QEMU's answer, a JSON object
  String execute(String command, String arguments) throws IOException {
    channel.send("{\"execute\":\"" + command + "\",\"arguments\":{" + arguments + "}}\n");
    while (true) {
      String line = channel.line(MILLIS);
      if (line == null) {
        throw new IOException("QEMU does not answer to " + command);
      }
      if (line.startsWith("{\"return\"")) {
        return line;
      }
      if (line.startsWith("{\"error\"")) {
        throw new IOException("QEMU refused " + command + ": " + line.strip());
      }
    }
  }

  /// Executes a command of the human monitor.
  ///
  /// @return what that prints: nothing when all is well
  String monitor(String command) throws IOException {
    String answer =
        execute("human-monitor-command", "\"command-line\":\"" + command + "\"").strip();
    int start = answer.indexOf(": \"") + 3;
    int end = answer.lastIndexOf('"');
    return start < 3 || end < start ? "" : answer.substring(start, end);
  }

  /// Waits for the end of a migration.
  void awaitMigration() throws IOException {
    long deadline = System.nanoTime() + MILLIS * 1_000_000;
    while (System.nanoTime() < deadline) {
      String answer = execute("query-migrate", "");
      if (answer.contains("\"status\": \"completed\"")) {
        return;
      }
      if (answer.contains("\"status\": \"failed\"")) {
        throw new IOException("QEMU could not move the guest's state: " + answer.strip());
      }
      try {
        Thread.sleep(1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new java.io.InterruptedIOException("interrupted");
      }
    }
    throw new IOException("QEMU does not finish with the guest's state");
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
