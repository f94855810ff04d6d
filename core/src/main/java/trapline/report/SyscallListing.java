package trapline.report;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import trapline.kernel.KernelVersion;
import trapline.kernel.SyscallDefinition;
import trapline.kernel.SyscallFacts;
import trapline.kernel.SyscallState;
import trapline.model.Abi;

/// The calls of one ABI as a table.
public final class SyscallListing {
  private static final List<String> HEADER =
      List.of(
          "number",
          "name",
          "entry",
          "compat",
          "state",
          "optional",
          "needs",
          "implementation",
          "arguments");

  /// `defined(CONFIG_X)` says no more to a reader of a table than `CONFIG_X`.
  private static final Pattern DEFINED = Pattern.compile("defined\\((\\w+)\\)");

  private SyscallListing() {}

  /// @param calls the rows to show, in their order
  /// @return lines; those of [TableFormat#TABLE] are not wider than [Style#width()]
  public static String render(
      TableFormat format, Abi abi, KernelVersion version, List<SyscallFacts> calls, Style style) {
    return switch (format) {
      case TABLE -> table(abi, version, calls, style);
      case JSON -> {
        StringBuilder out = new StringBuilder();
        for (SyscallFacts facts : calls) {
          out.append(SyscallJson.render(facts, version));
        }
        yield out.toString();
      }
      case TSV, CSV, MARKDOWN ->
          format.write(HEADER, calls.stream().map(SyscallListing::fields).toList());
    };
  }

  /// Which source the table is from, for people.
  public static String renderSource(String relation, String origin, Style style) {
    return TextReport.renderNote(relation + "; " + origin, style);
  }

  private static List<String> fields(SyscallFacts facts) {
    return List.of(
        facts.abi().passedText(facts.row().number()),
        facts.row().name(),
        facts.row().entry(),
        facts.row().compat(),
        facts.state().label(),
        facts.optional() ? "yes" : "no",
        needs(facts),
        places(facts, ", "),
        each(facts, SyscallDefinition::argumentText, " or "));
  }

  private interface Aspect {
    String of(SyscallDefinition definition);
  }

  /// What several definitions have, each different text once.
  private static String each(SyscallFacts facts, Aspect aspect, String between) {
    Set<String> texts = new LinkedHashSet<>();
    for (SyscallDefinition definition : facts.definitions()) {
      texts.add(aspect.of(definition));
    }
    return String.join(between, texts);
  }

  private static String needs(SyscallFacts facts) {
    return each(facts, definition -> String.join(" && ", definition.requirements()), " or ");
  }

  private static String places(SyscallFacts facts, String between) {
    return each(facts, definition -> definition.place().toString(), between);
  }

  /// `socket(family, type, protocol)`.
  static Phrase call(SyscallFacts facts) {
    Phrase call = Phrase.of(facts.row().name());
    if (!facts.definitions().isEmpty()) {
      StringJoiner names = new StringJoiner(", ", "(", ")");
      for (SyscallDefinition.Parameter argument : facts.definitions().getFirst().arguments()) {
        names.add(argument.name());
      }
      call.glue(names.toString(), Tone.FAINT);
    }
    return call;
  }

  private static String table(
      Abi abi, KernelVersion version, List<SyscallFacts> calls, Style style) {
    Columns columns =
        new Columns(style)
            .right("nr", 10)
            .left("call", 38)
            .left("implementation", 34)
            .left("entry, needs", 80);
    for (SyscallFacts facts : calls) {
      columns.row(
          Phrase.of(abi.passedText(facts.row().number())),
          call(facts),
          implementation(facts, style),
          Phrase.of(notes(facts), Tone.FAINT));
    }
    return columns.render() + totals(abi, version, calls, style);
  }

  private static Phrase implementation(SyscallFacts facts, Style style) {
    if (facts.definitions().isEmpty()) {
      return Phrase.of(Glyphs.of(style).dash + " " + facts.state().label(), Tone.FAINT);
    }
    String first = facts.definitions().getFirst().place().toString();
    int more = facts.definitions().size() - 1;
    return Phrase.of(more == 0 ? first : first + " +" + more);
  }

  /// The entry point where the name does not say it, and what must be configured.
  private static String notes(SyscallFacts facts) {
    List<String> notes = new ArrayList<>();
    String entry = facts.entry();
    if (!entry.isEmpty() && !entry.equals("sys_" + facts.row().name())) {
      notes.add(entry);
    }
    String needs =
        facts.definitions().isEmpty()
            ? ""
            : DEFINED
                .matcher(String.join(" && ", facts.definitions().getFirst().requirements()))
                .replaceAll("$1")
                .replace("CONFIG_", "");
    if (!needs.isEmpty()) {
      notes.add(needs);
    } else if (facts.optional()) {
      notes.add("optional");
    }
    return String.join(", ", notes);
  }

  private static String totals(
      Abi abi, KernelVersion version, List<SyscallFacts> calls, Style style) {
    Map<SyscallState, Integer> counts = new EnumMap<>(SyscallState.class);
    int optional = 0;
    for (SyscallFacts facts : calls) {
      counts.merge(facts.state(), 1, Integer::sum);
      optional += facts.optional() ? 1 : 0;
    }
    StringJoiner states = new StringJoiner(", ");
    counts.forEach((state, count) -> states.add(count + " " + state.label()));
    Page page = new Page(style);
    page.newline();
    page.paragraph(
        0,
        2,
        new Phrase()
            .words(
                calls.size()
                    + (calls.size() == 1 ? " call of " : " calls of ")
                    + abi.label()
                    + " in "
                    + version.text()
                    + (calls.isEmpty() ? "" : ": " + states + "; " + optional + " optional"),
                Tone.PLAIN));
    return page.toString();
  }
}
