package trapline.libc.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The machine's own entry for a repository (sources.list(5)): whose signature it trusts, which apt
/// does not tell otherwise.
final class AptEntry {
  private static final Pattern LIST_OPTION =
      Pattern.compile("\\b(signed-by|trusted)=([^\\s\\]]+)", Pattern.CASE_INSENSITIVE);
  private static final Pattern FIELD =
      Pattern.compile(
          "^(signed-by|trusted):[ \\t]*(\\S[^\\n]*)$",
          Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);
  private static final long LARGEST = 1 << 20;

  private AptEntry() {}

  /// The options of the entry that has a repository.
  ///
  /// @param entry as apt names it, such as `/etc/apt/sources.list.d/debian.sources:1`
  /// @return such as `[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] `; empty when the
  ///     entry has none of these, or holds the key itself, or cannot be read
  static String options(String entry, String repository) {
    int colon = entry.lastIndexOf(':');
    try {
      Path file = Path.of(colon < 0 ? entry : entry.substring(0, colon));
      if (!Files.isRegularFile(file) || Files.size(file) > LARGEST) {
        return "";
      }
      String text = Files.readString(file, StandardCharsets.UTF_8);
      return of(text, file.toString().endsWith(".sources"), repository);
    } catch (IOException | InvalidPathException e) {
      return "";
    }
  }

  /// @param stanzas whether the text is in stanzas of fields, and not in lines
  static String of(String text, boolean stanzas, String repository) {
    String location = repository.replaceAll("/+$", "");
    for (String part : text.split(stanzas ? "\\n[ \\t]*\\n" : "\\n")) {
      String plain = part.replaceAll("(?m)^#.*$", "");
      if (names(plain, location)) {
        List<String> options = new ArrayList<>();
        Matcher found = (stanzas ? FIELD : LIST_OPTION).matcher(plain);
        while (found.find()) {
          String value = found.group(2).strip().replaceAll("\\s+", ",");
          options.add(found.group(1).toLowerCase(java.util.Locale.ROOT) + "=" + value);
        }
        return options.isEmpty() ? "" : "[" + String.join(" ", options) + "] ";
      }
    }
    return "";
  }

  private static boolean names(String entry, String location) {
    for (String word : entry.split("\\s+")) {
      if (word.replaceAll("/+$", "").equals(location)) {
        return true;
      }
    }
    return false;
  }
}
