package trapline.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.OptionSpec;

/// The completion script for bash.
final class BashCompletion {
  private static final String HEAD =
      """
      # bash completion for trapline. Generated from its commands.
      _trapline() {
        local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
        local command= wants_value= word i
        COMPREPLY=()
        for ((i = 1; i < COMP_CWORD; i++)); do
          word=${COMP_WORDS[i]}
          if [ -n "$wants_value" ]; then
            # bash splits --option=value into three words.
            [ "$word" = = ] || wants_value=
            continue
          fi
          if _trapline_wants_value "$command" "$word"; then
            wants_value=$word
          elif [[ $word != -* ]]; then
            if _trapline_is_command "$command $word"; then
              command="$command $word"
            elif _trapline_takes_program "$command"; then
              if declare -F _command_offset >/dev/null; then
                _command_offset "$i"
              fi
              return
            fi
          fi
        done
        [ "$current" != = ] || current=
        if [ -n "$wants_value" ]; then
          COMPREPLY=($(compgen -W "$(_trapline_values "$command" "$wants_value")" -- "$current"))
        elif [[ $current == -* ]]; then
          COMPREPLY=($(compgen -W "$(_trapline_options "$command")" -- "$current"))
        else
          COMPREPLY=($(compgen -W "$(_trapline_words "$command")" -- "$current"))
          if _trapline_takes_program "$command"; then
            COMPREPLY+=($(compgen -c -- "$current"))
          fi
        fi
      }

      """;

  private BashCompletion() {}

  static String script(List<CommandOutline> commands, List<String> calls) {
    StringBuilder out = new StringBuilder(HEAD);
    List<String> values = new ArrayList<>();
    List<String> known = new ArrayList<>();
    List<String> options = new ArrayList<>();
    List<String> words = new ArrayList<>();
    for (CommandOutline command : commands) {
      String key = key(command);
      List<String> wanting =
          command.options().stream()
              .filter(CommandOutline::needsValue)
              .flatMap(option -> Stream.of(option.names()))
              .map(name -> quoted(key + " " + name))
              .toList();
      if (!wanting.isEmpty()) {
        values.add(String.join(" | ", wanting) + ") return 0 ;;");
      }
      for (OptionSpec option : command.options()) {
        List<String> choice =
            CommandOutline.isCalls(option) ? calls : CommandOutline.values(option);
        if (CommandOutline.needsValue(option) && !choice.isEmpty()) {
          for (String name : option.names()) {
            known.add(quoted(key + " " + name) + ") echo " + list(choice) + " ;;");
          }
        }
      }
      options.add(
          quoted(key)
              + ") echo "
              + list(
                  command.options().stream().flatMap(option -> Stream.of(option.names())).toList())
              + " ;;");
      List<String> next = command.takesCall() ? calls : command.subcommands();
      if (!next.isEmpty()) {
        words.add(quoted(key) + ") echo " + list(next) + " ;;");
      }
    }
    function(out, "wants_value", "\"$1 $2\"", values, true);
    function(
        out,
        "is_command",
        "\"$1\"",
        commands.stream()
            .filter(command -> !command.words().isEmpty())
            .map(command -> quoted(key(command)) + ") return 0 ;;")
            .toList(),
        true);
    function(
        out,
        "takes_program",
        "\"$1\"",
        commands.stream()
            .filter(CommandOutline::takesProgram)
            .map(command -> quoted(key(command)) + ") return 0 ;;")
            .toList(),
        true);
    function(out, "values", "\"$1 $2\"", known, false);
    function(out, "options", "\"$1\"", options, false);
    function(out, "words", "\"$1\"", words, false);
    out.append("complete -o bashdefault -o default -F _trapline trapline\n");
    return out.toString();
  }

  private static void function(
      StringBuilder out, String name, String subject, List<String> cases, boolean answers) {
    out.append("_trapline_").append(name).append("() {\n  case ").append(subject).append(" in\n");
    cases.forEach(line -> out.append("    ").append(line).append('\n'));
    out.append("  esac\n").append(answers ? "  return 1\n" : "").append("}\n\n");
  }

  /// As the script puts the words of a command together.
  private static String key(CommandOutline command) {
    StringBuilder key = new StringBuilder();
    command.words().forEach(word -> key.append(' ').append(word));
    return key.toString();
  }

  private static String list(List<String> words) {
    return quoted(String.join(" ", words));
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
