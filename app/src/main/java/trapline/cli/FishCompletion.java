package trapline.cli;

import java.util.List;
import picocli.CommandLine.Model.OptionSpec;

/// The completion script for fish.
final class FishCompletion {
  /// Prints the command that the line begins with, and succeeds when no program follows it yet.
  private static final String HEAD =
      """
      # Generated from the commands of trapline.
      function __trapline_at
          set -l words (commandline -opc)
          set -e words[1]
          for name in $argv
              test (count $words) -gt 0; and test $words[1] = $name; or return 1
              set -e words[1]
          end
          # A word that is neither an option nor an option's value may lead to another command.
          test (count $words) -eq 0; or string match -q -- '-*' $words[1]; or test "$TRAPLINE_LEAF" = 1
      end

      function __trapline_in
          set -lx TRAPLINE_LEAF 1
          __trapline_at $argv
      end

      """;

  private FishCompletion() {}

  static String script(List<CommandOutline> commands, List<String> calls) {
    StringBuilder out = new StringBuilder(HEAD);
    for (CommandOutline command : commands) {
      String words = String.join(" ", command.words());
      String condition =
          (command.subcommands().isEmpty() ? "__trapline_in " : "__trapline_at ") + words;
      String start = "complete -c trapline -n " + quoted(condition.strip());
      for (OptionSpec option : command.options()) {
        out.append(start);
        for (String name : option.names()) {
          if (name.startsWith("--")) {
            out.append(" -l ").append(name.substring(2));
          } else {
            out.append(name.length() == 2 ? " -s " : " -o ").append(name.substring(1));
          }
        }
        List<String> values =
            CommandOutline.isCalls(option) ? calls : CommandOutline.values(option);
        if (CommandOutline.needsValue(option)) {
          out.append(" -r");
        }
        if (CommandOutline.hasValue(option) && !values.isEmpty()) {
          out.append(" -f -a ").append(quoted(String.join(" ", values)));
        }
        out.append(" -d ").append(quoted(CommandOutline.description(option))).append('\n');
      }
      for (CommandOutline other : commands) {
        if (other.words().size() == command.words().size() + 1
            && other.name(" ").startsWith(command.name(" ") + " ")) {
          out.append(start)
              .append(" -f -a ")
              .append(other.words().getLast())
              .append(" -d ")
              .append(quoted(other.description()))
              .append('\n');
        }
      }
      if (command.takesCall()) {
        out.append(start).append(" -f -a ").append(quoted(String.join(" ", calls))).append('\n');
      }
    }
    return out.toString();
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
