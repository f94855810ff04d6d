package trapline.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.kernel.KernelIndex;
import trapline.kernel.KernelIndexSet;
import trapline.linux.files.WholeFile;
import trapline.model.MalformedBinary;

/// An index in a file: alone as `trapline index -o` writes it, or as the cache keeps it, behind
/// a head of lines that say what it was made from: the word `TRAPCACHE` and the number of its
/// format, the place, when it was read, its identity, the paths to watch, and an empty line.
///
/// @param set what the file holds
/// @param stamp what it was made from; `null` when it stands alone
public record CachedIndex(KernelIndexSet set, @Nullable SourceStamp stamp) {
  private static final String HEAD = "TRAPCACHE 1\n";
  private static final byte[] ALONE = "TRAPKIDX".getBytes(StandardCharsets.US_ASCII);
  private static final int MAX_HEAD = 4 << 20;
  private static final long MAX_FILE = 1L << 30;

  /// Whether a file begins as an index does.
  public static boolean isIndex(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(HEAD.length());
      String text = new String(start, StandardCharsets.ISO_8859_1);
      return text.startsWith("TRAPCACHE")
          || text.startsWith(new String(ALONE, StandardCharsets.US_ASCII));
    }
  }

  /// Maps it into memory.
  ///
  /// @throws MalformedBinary when it is no index, is damaged, or was made by another version
  public static CachedIndex open(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      if (channel.size() > MAX_FILE) {
        throw new MalformedBinary(file.toString(), 0, "too large for a kernel index");
      }
      ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      Bytes bytes = Bytes.of(file.toString(), mapped);
      int headed = 0;
      byte[] head = HEAD.getBytes(StandardCharsets.US_ASCII);
      while (headed < head.length && headed < bytes.size() && bytes.u8(headed) == head[headed]) {
        headed++;
      }
      if (headed < head.length) {
        return new CachedIndex(KernelIndexSet.read(bytes), null);
      }
      int end = head.length;
      while (end < MAX_HEAD && (bytes.u8(end) != '\n' || bytes.u8(end - 1) != '\n')) {
        end++;
      }
      String text = new String(bytes.copy(0, end), StandardCharsets.UTF_8);
      String[] lines = text.split("\n", -1);
      if (lines.length < 4) {
        throw bytes.malformed(0, "the cached index has no whole head");
      }
      Set<String> watched = new TreeSet<>();
      for (int i = 4; i < lines.length; i++) {
        if (!lines[i].isEmpty()) {
          watched.add(lines[i]);
        }
      }
      long readAt;
      try {
        readAt = Long.parseLong(lines[2]);
      } catch (NumberFormatException e) {
        throw bytes.malformed(0, "the cached index has no time");
      }
      return new CachedIndex(
          KernelIndexSet.read(bytes.from(end + 1L)),
          new SourceStamp(lines[1], readAt, lines[3], watched));
    }
  }

  /// Writes one with its head.
  public static void write(Path file, KernelIndex index, SourceStamp stamp) throws IOException {
    StringBuilder head = new StringBuilder(HEAD);
    head.append(stamp.place()).append('\n').append(stamp.readAt()).append('\n');
    head.append(stamp.identity()).append('\n');
    for (String path : new TreeSet<>(stamp.watched())) {
      head.append(path).append('\n');
    }
    head.append('\n');
    WholeFile.write(file, head.toString().getBytes(StandardCharsets.UTF_8), index.write());
  }
}
