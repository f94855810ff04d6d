package trapline.cli;

import java.util.List;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// The man page of one command, in the `man` macros of groff (groff_man(7)).
final class ManPage {
  private final CommandOutline command;
  private final StringBuilder out = new StringBuilder();

  private ManPage(CommandOutline command) {
    this.command = command;
  }

  /// The page's name without its section: `trapline-libc-build`.
  static String name(CommandOutline command) {
    return command.name("-");
  }

  /// The page.
  ///
  /// @param all all commands, which the page of the root lists
  /// @param date as `2026-01-31`
  static String of(
      CommandOutline command,
      List<CommandOutline> all,
      List<ManualText> texts,
      String version,
      String date) {
    ManPage page = new ManPage(command);
    page.head(version, date);
    page.arguments();
    page.subcommands(all);
    page.texts(texts);
    page.seeAlso(all);
    return page.out.toString();
  }

  private void head(String version, String date) {
    line(
        ".TH "
            + quoted(name(command).toUpperCase(java.util.Locale.ROOT))
            + " 1 "
            + quoted(date)
            + " "
            + quoted(version)
            + " "
            + quoted("Trapline"));
    section("NAME");
    line(escaped(name(command)) + " \\- " + escaped(withoutStop(command.description())));
    section("SYNOPSIS");
    line(".B " + escaped(command.name(" ")));
    line(command.options().isEmpty() ? "" : "[\\fIOPTION\\fR]...");
    if (!command.subcommands().isEmpty()) {
      line(
          command.words().isEmpty()
              ? "\\fICOMMAND\\fR [\\fIARGUMENT\\fR]..."
              : "[\\fICOMMAND\\fR]");
    }
    for (PositionalParamSpec parameter : command.parameters()) {
      line("\\fI" + escaped(parameter.paramLabel()) + "\\fR");
    }
    section("DESCRIPTION");
    line(escaped(command.description()));
  }

  private void arguments() {
    for (PositionalParamSpec parameter : command.parameters()) {
      term("\\fI" + escaped(parameter.paramLabel()) + "\\fR", describe(parameter));
    }
    if (!command.options().isEmpty()) {
      section("OPTIONS");
    }
    for (OptionSpec option : command.options()) {
      StringBuilder names = new StringBuilder();
      for (String name : option.names()) {
        names
            .append(names.isEmpty() ? "" : ", ")
            .append("\\fB")
            .append(escaped(name))
            .append("\\fR");
      }
      if (CommandOutline.hasValue(option)) {
        String value = "\\fI" + escaped(option.paramLabel()) + "\\fR";
        names.append(CommandOutline.needsValue(option) ? " " + value : "[=" + value + "]");
      }
      term(names.toString(), describe(option));
    }
  }

  private void subcommands(List<CommandOutline> all) {
    List<CommandOutline> below = all.stream().filter(this::isBelow).toList();
    if (!below.isEmpty()) {
      section("COMMANDS");
    }
    for (CommandOutline other : below) {
      term("\\fB" + escaped(other.words().getLast()) + "\\fR", other.description());
    }
  }

  private boolean isBelow(CommandOutline other) {
    int depth = command.words().size();
    return other.words().size() == depth + 1
        && other.words().subList(0, depth).equals(command.words());
  }

  private void texts(List<ManualText> texts) {
    String section = "";
    for (ManualText text : texts) {
      if (text.isFor(command)) {
        if (!text.section().equals(section)) {
          section = text.section();
          section(section);
        }
        term("\\fB" + escaped(text.term()) + "\\fR", text.text());
      }
    }
  }

  private void seeAlso(List<CommandOutline> all) {
    section("SEE ALSO");
    StringBuilder others = new StringBuilder();
    for (CommandOutline other : all) {
      if (!other.words().equals(command.words()) && (other.words().size() <= 1 || isBelow(other))) {
        others.append("\\fB").append(escaped(name(other))).append("\\fR(1), ");
      }
    }
    line(others + "\\fBstrace\\fR(1), \\fBgdb\\fR(1), \\fBsyscalls\\fR(2)");
  }

  private void section(String name) {
    line(".SH " + quoted(name));
  }

  private void term(String term, String text) {
    line(".TP");
    line(term);
    line(escaped(text));
  }

  private void line(String text) {
    if (!text.isEmpty()) {
      out.append(text).append('\n');
    }
  }

  private static String describe(ArgSpec argument) {
    return CommandOutline.description(argument);
  }

  private static String withoutStop(String text) {
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  private static String quoted(String text) {
    return '"' + escaped(text).replace("\"", "\\(dq") + '"';
  }

  /// Text that groff takes as it is: no requests, escapes, ligatures or bytes beyond ASCII.
  static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    if (text.startsWith(".") || text.startsWith("'")) {
      escaped.append("\\&");
    }
    text.codePoints()
        .forEach(
            point -> {
              switch (point) {
                case '\\' -> escaped.append("\\e");
                case '-' -> escaped.append("\\-");
                case '\'' -> escaped.append("\\(aq");
                case '`' -> escaped.append("\\(ga");
                case '^' -> escaped.append("\\(ha");
                case '~' -> escaped.append("\\(ti");
                case '\n' -> escaped.append(' ');
                default -> {
                  if (point < 0x80) {
                    escaped.append((char) point);
                  } else {
                    escaped.append(String.format("\\[u%04X]", point));
                  }
                }
              }
            });
    return escaped.toString();
  }
}
