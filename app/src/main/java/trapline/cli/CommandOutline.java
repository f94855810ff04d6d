package trapline.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// One command as its man page and the shells' completions need it.
///
/// @param words the names that lead to it, without `trapline`: `libc`, `build`
record CommandOutline(List<String> words, CommandSpec spec) {
  /// A parameter whose values are all in its label: `auto|live|vm|off`.
  private static final Pattern VALUES = Pattern.compile("[a-z0-9]+(\\|[a-z0-9]+)*");

  CommandOutline {
    words = List.copyOf(words);
  }

  /// All commands: the root, then each before those below it.
  static List<CommandOutline> all() {
    CommandLine root = new TraplineCommand(Output.nowhere(), System.err).commandLine(new String[0]);
    List<CommandOutline> all = new ArrayList<>();
    add(all, List.of(), root.getCommandSpec());
    return all;
  }

  private static void add(List<CommandOutline> all, List<String> words, CommandSpec spec) {
    all.add(new CommandOutline(words, spec));
    spec.subcommands()
        .forEach(
            (name, command) ->
                add(
                    all,
                    Stream.concat(words.stream(), Stream.of(name)).toList(),
                    command.getCommandSpec()));
  }

  /// `trapline libc build`, or with another separator.
  String name(String separator) {
    return String.join(separator, Stream.concat(Stream.of("trapline"), words.stream()).toList());
  }

  /// The options that users are told of.
  List<OptionSpec> options() {
    return spec.options().stream().filter(option -> !option.hidden()).toList();
  }

  List<PositionalParamSpec> parameters() {
    return spec.positionalParameters().stream().filter(argument -> !argument.hidden()).toList();
  }

  List<String> subcommands() {
    return List.copyOf(spec.subcommands().keySet());
  }

  /// Whether a program and its arguments follow, which are none of Trapline's.
  boolean takesProgram() {
    return parameters().stream().anyMatch(argument -> argument.paramLabel().startsWith("PROGRAM"));
  }

  /// Whether the command's own argument is the name of a system call.
  boolean takesCall() {
    return parameters().stream().anyMatch(argument -> argument.paramLabel().startsWith("NAME|"));
  }

  /// Whether an option's value is the name of a system call.
  static boolean isCalls(OptionSpec option) {
    return option.longestName().equals("--call");
  }

  static boolean hasValue(OptionSpec option) {
    return option.arity().max() > 0;
  }

  static boolean needsValue(OptionSpec option) {
    return option.arity().min() > 0;
  }

  /// The values that a parameter can have; empty when there are too many to list.
  static List<String> values(ArgSpec argument) {
    return VALUES.matcher(argument.paramLabel()).matches()
        ? List.of(argument.paramLabel().split("\\|"))
        : List.of();
  }

  /// The description as one line, with the default in place of its variable.
  static String description(ArgSpec argument) {
    String text = String.join(" ", argument.description());
    String usual = argument.defaultValue();
    return usual == null ? text : text.replace("${DEFAULT-VALUE}", usual);
  }

  String description() {
    return String.join(" ", spec.usageMessage().description());
  }
}
