package trapline.cli;

import java.util.List;
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
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
