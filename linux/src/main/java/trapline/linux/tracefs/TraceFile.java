package trapline.linux.tracefs;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import trapline.linux.files.FileErrors;

/// Reads and writes files of tracefs. Through streams: an interrupted thread could not undo what it
/// has set through channels, which an interruption closes.
final class TraceFile {
  private static final int LARGEST = 16 << 20;

  private TraceFile() {}

  /// The text; empty when the file is not there or may not be read. What exceeds the bound is cut.
  static String read(Path file) {
    try (InputStream in = new FileInputStream(file.toFile())) {
      return new String(in.readNBytes(LARGEST), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  /// Whether a file lists a word.
  static boolean lists(Path file, String word) {
    for (String each : read(file).strip().split("\\s+")) {
      if (each.equals(word)) {
        return true;
      }
    }
    return false;
  }

  /// Sets a file to one value. In files that hold lists this removes what was there.
  static void set(Path file, String value) throws IOException {
    write(file, value, false);
  }

  /// Adds to what a file holds.
  static void append(Path file, String line) throws IOException {
    write(file, line, true);
  }

  private static void write(Path file, String text, boolean append) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    try (OutputStream out = new FileOutputStream(file.toFile(), append)) {
      out.write((text + "\n").getBytes(StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new IOException(text + " > " + file + ": " + FileErrors.reason(e), e);
    }
  }
}
