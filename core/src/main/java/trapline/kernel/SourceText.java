package trapline.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;

/// The text of a definition, read from the tree that it stands in.
final class SourceText {
  private SourceText() {}

  /// The definition, line by line.
  ///
  /// @param maxLines how many lines to return at most
  /// @return empty when the tree has no such file or the file has fewer lines
  static List<String> of(@Nullable KernelSource tree, SyscallDefinition definition, int maxLines)
      throws IOException {
    Optional<Bytes> file = tree == null ? Optional.empty() : tree.file(definition.place().file());
    List<String> lines = new ArrayList<>();
    if (file.isPresent()) {
      byte[] text = file.get().copy(0, file.get().size());
      int line = 1;
      int from = 0;
      for (int at = 0; at <= text.length && lines.size() < maxLines; at++) {
        if (at == text.length || text[at] == '\n') {
          if (line >= definition.place().line() && line <= definition.endLine()) {
            lines.add(new String(text, from, at - from, StandardCharsets.UTF_8));
          }
          line++;
          from = at + 1;
        }
      }
    }
    return lines;
  }
}
