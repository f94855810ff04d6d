package trapline.libc.build;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import trapline.linux.files.FileErrors;
import trapline.linux.files.PrivateFile;

/// What the commands of a build say: counts the objects that are compiled, and finds the line that
/// says why a build failed.
final class BuildLog {
  private static final Pattern COMPILED =
      Pattern.compile("\\s-o\\s+\\S+\\.(o|os|oS|op|lo)(?=\\s|$)", Pattern.MULTILINE);

  /// What tells a failure, the most telling first.
  private static final List<Pattern> REASONS =
      List.of(
          Pattern.compile("configure: error: \\s*(.+)"),
          Pattern.compile("^(?:[^\\n]*configure: )((?:unknown|cannot|unable|error)[^\\n]*)"),
          Pattern.compile(
              "^(?!make|collect2)([^\\n]*: (?:fatal )?error: [^\\n]*)", Pattern.MULTILINE),
          Pattern.compile("^([^\\n]*: Error: [^\\n]*)", Pattern.MULTILINE),
          Pattern.compile(
              "^([^\\n]*(?:undefined reference|multiple definition|versioned to common)[^\\n]*)",
              Pattern.MULTILINE),
          Pattern.compile("^([^\\n]*Permission denied[^\\n]*)", Pattern.MULTILINE),
          Pattern.compile("^([^\\n]*\\*\\*\\* [^\\n]*)", Pattern.MULTILINE));

  private static final int CHUNK = 1 << 20;
  private static final int LONGEST = 400;
  private static final long READ_FOR_REASON = 64L << 20;

  private final Path file;
  private long start;
  private long at;
  private String rest = "";

  BuildLog(Path file) {
    this.file = file;
  }

  Path file() {
    return file;
  }

  /// Begins a step: what is written from now on is its own.
  void begin(String title) throws IOException {
    try (FileChannel out = PrivateFile.append(file)) {
      out.write(StandardCharsets.UTF_8.encode("=== " + title + "\n"));
    }
    start = Files.size(file);
    at = start;
    rest = "";
  }

  /// How many objects were compiled since the last call.
  int compiled() throws IOException {
    int count = 0;
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
      for (int got = channel.read(buffer, at); got > 0; got = channel.read(buffer, at)) {
        at += got;
        String text = rest + new String(buffer.array(), 0, got, StandardCharsets.ISO_8859_1);
        int whole = text.lastIndexOf('\n') + 1;
        Matcher matcher = COMPILED.matcher(text.substring(0, whole));
        while (matcher.find()) {
          count++;
        }
        rest = text.length() - whole > CHUNK ? "" : text.substring(whole);
        buffer.clear();
      }
    }
    return count;
  }

  /// Why the step failed, in one line.
  String reason() throws IOException {
    String text = text();
    for (Pattern pattern : REASONS) {
      Matcher matcher = pattern.matcher(text);
      if (matcher.find()) {
        return shortened(matcher.group(1));
      }
    }
    return shortened(text.lines().filter(each -> !each.isBlank()).reduce("", (a, b) -> b));
  }

  boolean isDiskFull() throws IOException {
    return FileErrors.isFull(text());
  }

  private String text() throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      long from = Math.max(start, channel.size() - READ_FOR_REASON);
      ByteBuffer buffer = ByteBuffer.allocate((int) (channel.size() - from));
      while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) > 0) {}
      return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }
  }

  private static String shortened(String line) {
    String plain = line.strip();
    return plain.length() > LONGEST ? plain.substring(0, LONGEST) + "…" : plain;
  }
}
