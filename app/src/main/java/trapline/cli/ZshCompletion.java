package trapline.cli;

import java.util.List;
import picocli.CommandLine.Model.OptionSpec;

/// The completion script for zsh (zshcompsys(1)).
final class ZshCompletion {
  private ZshCompletion() {}

  static String script(List<CommandOutline> commands, List<String> calls) {
    StringBuilder out =
        new StringBuilder("#compdef trapline\n# Generated from the commands of trapline.\n\n");
    out.append("_trapline_calls() {\n  compadd -- ")
        .append(String.join(" ", calls))
        .append("\n}\n\n");
    for (CommandOutline command : commands) {
      function(out, command, commands);
    }
    out.append("_trapline \"$@\"\n");
    return out.toString();
  }

  private static void function(
      StringBuilder out, CommandOutline command, List<CommandOutline> commands) {
    out.append(command.name("_").replaceFirst("^", "_")).append("() {\n");
    List<String> below = command.subcommands();
    if (!below.isEmpty()) {
      out.append("  local curcontext=\"$curcontext\" state line\n");
    }
    out.append("  _arguments -S");
    if (!below.isEmpty()) {
      out.append(" -C");
    }
    for (OptionSpec option : command.options()) {
      for (String name : option.names()) {
        out.append(" \\\n    ").append(quoted(option(option, name)));
      }
    }
    if (command.takesProgram()) {
      out.append(" \\\n    ").append(quoted("*::program:_normal"));
    } else if (command.takesCall()) {
      out.append(" \\\n    ").append(quoted("1:system call:_trapline_calls"));
    } else if (!command.parameters().isEmpty()) {
      out.append(" \\\n    ").append(quoted("*:argument:_files"));
    }
    if (below.isEmpty()) {
      out.append("\n}\n\n");
      return;
    }
    out.append(" \\\n    '1: :->command' \\\n    '*:: :->argument'\n");
    out.append("  case $state in\n    command)\n      local -a commands=(\n");
    for (CommandOutline other : commands) {
      if (other.words().size() == command.words().size() + 1
          && other.name(" ").startsWith(command.name(" ") + " ")) {
        out.append("        ")
            .append(quoted(other.words().getLast() + ":" + other.description().replace(":", "\\:")))
            .append('\n');
      }
    }
    out.append("      )\n      _describe command commands\n      ;;\n    argument)\n");
    out.append("      case $line[1] in\n");
    for (String name : below) {
      out.append("        ")
          .append(name)
          .append(") ")
          .append('_')
          .append(command.name("_"))
          .append('_')
          .append(name)
          .append(" ;;\n");
    }
    out.append("      esac\n      ;;\n  esac\n}\n\n");
  }

  private static String option(OptionSpec option, String name) {
    StringBuilder text = new StringBuilder("*").append(name);
    if (!CommandOutline.hasValue(option)) {
      return text + explained(option);
    }
    if (!CommandOutline.needsValue(option)) {
      text.append("=-").append(explained(option)).append("::");
    } else {
      text.append(name.startsWith("--") ? "=" : "").append(explained(option)).append(':');
    }
    text.append(option.paramLabel().replace(":", "\\:")).append(':');
    List<String> values = CommandOutline.values(option);
    if (CommandOutline.isCalls(option)) {
      text.append("_trapline_calls");
    } else if (values.isEmpty()) {
      text.append("_files");
    } else {
      text.append('(').append(String.join(" ", values)).append(')');
    }
    return text.toString();
  }

  private static String explained(OptionSpec option) {
    return "["
        + CommandOutline.description(option)
            .replace("\\", "\\\\")
            .replace("[", "\\[")
            .replace("]", "\\]")
            .replace(":", "\\:")
        + "]";
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
