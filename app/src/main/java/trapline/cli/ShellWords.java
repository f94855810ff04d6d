package trapline.cli;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Commands as a shell reads them.
final class ShellWords {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

  private ShellWords() {}

  /// The words in one line, those quoted that a shell would take apart or change.
  static String join(List<String> words) {
    return words.stream().map(ShellWords::quoted).collect(Collectors.joining(" "));
  }

  private static String quoted(String word) {
    if (word.chars().anyMatch(Character::isISOControl)) {
      return inAnsiC(word);
    }
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /// `$'…'`: no control character reaches a terminal, and a shell still reads the same word.
  private static String inAnsiC(String word) {
    StringBuilder out = new StringBuilder("$'");
    for (byte each : word.getBytes(StandardCharsets.UTF_8)) {
      if (each == '\\' || each == '\'') {
        out.append('\\').append((char) each);
      } else if (each >= ' ' && each < 0x7f) {
        out.append((char) each);
      } else {
        out.append(String.format(Locale.ROOT, "\\x%02x", each & 0xff));
      }
    }
    return out.append('\'').toString();
  }
}
