package trapline.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import trapline.kernel.AbiNumber;
import trapline.kernel.EntryPath;
import trapline.kernel.RunningCall;
import trapline.kernel.SourceLink;
import trapline.kernel.SyscallChange;
import trapline.kernel.SyscallDeclaration;
import trapline.kernel.SyscallDefinition;
import trapline.kernel.SyscallFacts;
import trapline.kernel.SyscallHistory;
import trapline.kernel.SyscallRow;
import trapline.kernel.SyscallState;
import trapline.model.Abi;
import trapline.model.Place;

/// Everything about one call as a page of labelled facts: how it is made, what the source says,
/// its history and its numbers elsewhere, what the running kernel says.
public final class SyscallReport {
  /// Columns of the widest label: `declared`, `stack+16`.
  private static final int LABEL = 8;

  private final SyscallAnswer answer;
  private final SyscallFacts facts;
  private final Abi abi;
  private final Page page;

  private SyscallReport(SyscallAnswer answer, Style style) {
    this.answer = answer;
    this.facts = answer.facts();
    this.abi = facts.abi();
    this.page = Page.ofFacts(style, LABEL);
    page.side(Tone.FAINT);
  }

  /// The page. Every line ends with `\n` and none is wider than [Style#width()].
  public static String render(SyscallAnswer answer, Style style) {
    SyscallReport report = new SyscallReport(answer, style);
    report.header();
    report.calling();
    report.source();
    report.elsewhere();
    report.here();
    return report.page.toString();
  }

  private void fact(String label, Phrase fact) {
    page.row(label, fact, "", Page.NO_MARK);
  }

  private void fact(String label, Phrase fact, Place place) {
    page.row(label, fact, place.toString(), Page.NO_MARK);
  }

  private static Phrase prose(String text) {
    return new Phrase().words(text, Tone.PLAIN);
  }

  private static Phrase quiet(String text) {
    return new Phrase().words(text, Tone.FAINT);
  }

  private void header() {
    Phrase title = Phrase.of(facts.row().name(), Tone.STRONG);
    title.word(abi.passedText(facts.row().number()) + " on " + abi.label(), Tone.PLAIN, 3);
    page.spread(title, 2, Phrase.of("Linux " + answer.version().text(), Tone.FAINT));
    if (!answer.manual().isEmpty()) {
      page.paragraph(
          2,
          0,
          Phrase.of("man 2 " + facts.row().name() + ":", Tone.FAINT)
              .words(answer.manual(), Tone.PLAIN));
    }
    page.newline();
  }

  /// How a program makes the call.
  private void calling() {
    String number = abi.passedText(facts.row().number());
    Phrase trap = new Phrase();
    if (abi.numberRegister().isEmpty()) {
      trap.word(abi.instruction().replace("NR", number));
    } else {
      trap.word(abi.instruction()).word("with " + abi.numberRegister() + " = " + number);
    }
    trap.glue(";").words("the result in " + abi.resultRegister() + ",", Tone.PLAIN);
    trap.words(
        abi.failureFlag().isEmpty()
            ? "-errno when it failed"
            : "errno when it failed, which " + abi.failureFlag() + " tells",
        Tone.PLAIN);
    if (facts.row().noReturn()) {
      trap.glue(";").words("does not return", Tone.PLAIN);
    }
    fact("call", trap);
    List<String> shown = new ArrayList<>();
    for (SyscallDefinition definition : definitions()) {
      String text = definition.argumentText();
      if (!shown.contains(text)) {
        shown.add(text);
        arguments(definition);
      }
    }
    page.newline();
  }

  /// The definitions to show: where the configuration leaves all out, those that it leaves out.
  private List<SyscallDefinition> definitions() {
    return facts.state() == SyscallState.NOT_CONFIGURED ? facts.ruledOut() : facts.definitions();
  }

  private void arguments(SyscallDefinition definition) {
    if (definition.arguments().isEmpty() && !definition.macro().isEmpty()) {
      fact("", quiet("takes no arguments"));
    }
    boolean wide = abi.registerBits() == 32;
    for (int i = 0; i < definition.arguments().size(); i++) {
      boolean known = i < abi.argumentRegisters().size();
      Phrase argument = Phrase.of(definition.arguments().get(i).text());
      if (wide && isWide(definition.arguments().get(i).type())) {
        argument.word("(64 bits: this and all that follow may take other registers)", Tone.FAINT);
        wide = false;
      }
      fact(known ? abi.argumentRegisters().get(i) : "?", argument);
    }
  }

  /// Whether an argument needs two registers of 32 bits.
  private static boolean isWide(String type) {
    return type.equals("loff_t") || type.equals("u64") || type.equals("__u64");
  }

  private void source() {
    fact("state", state());
    SyscallRow row = facts.row();
    Phrase table = Phrase.of(Integer.toString(row.number()));
    table.word(row.tableAbi(), Tone.PLAIN, 2).word(row.name(), Tone.PLAIN, 2);
    if (row.entry().isEmpty()) {
      table.word("(no entry point)", Tone.FAINT, 2);
    } else {
      table.word(row.entry(), Tone.PLAIN, 2);
    }
    if (!row.compat().isEmpty()) {
      table.word(row.compat(), Tone.PLAIN, 2);
    }
    fact("table", table, row.place());
    String label = "declared";
    for (SyscallDeclaration declaration : facts.declarations()) {
      fact(label, prose(declaration.text()), declaration.place());
      label = "";
    }
    if (facts.declarations().isEmpty()) {
      fact(
          label,
          quiet(
              facts.entry().isEmpty()
                  ? "none: the row names no entry point"
                  : "no declaration of " + facts.entry() + " in the headers"));
    }
    label = "defined";
    for (SyscallDefinition definition : definitions()) {
      definition(label, definition, false);
      label = "";
    }
    if (facts.state() != SyscallState.NOT_CONFIGURED) {
      for (SyscallDefinition definition : facts.ruledOut()) {
        definition(label, definition, true);
        label = "";
      }
    }
    online();
    path();
    page.newline();
  }

  private Phrase state() {
    SyscallState state = facts.state();
    Phrase phrase =
        Phrase.of(state.label(), state == SyscallState.IMPLEMENTED ? Tone.PLAIN : Tone.STRONG);
    String why =
        switch (state) {
          case IMPLEMENTED -> "";
          case AMBIGUOUS ->
              facts.definitions().size() + " definitions, and the configuration decides";
          case NOT_CONFIGURED ->
              answer.running().isPresent()
                      && answer.running().get().presence() == RunningCall.Presence.NO_ABI
                  ? "the running kernel is built without " + abi.label()
                  : "the running kernel's configuration leaves it out: ENOSYS";
          case RESERVED -> "the row names no entry point: ENOSYS";
          case NOT_IMPLEMENTED ->
              facts.entry().equals("sys_ni_syscall")
                  ? "the row names sys_ni_syscall: ENOSYS"
                  : "only other architectures define " + facts.entry() + ": ENOSYS";
          case NOT_FOUND -> "no definition of " + facts.entry() + " was found in the source";
          case REMOVED -> "nothing defines " + facts.entry() + " any more: ENOSYS";
        };
    if (!why.isEmpty()) {
      phrase.glue(":").words(why, Tone.PLAIN);
    }
    if (facts.optional()) {
      phrase.glue(";").words("optional: a kernel built without it returns ENOSYS", Tone.PLAIN);
    }
    return phrase;
  }

  private void definition(String label, SyscallDefinition definition, boolean leftOut) {
    fact(label, prose(definition.signature()), definition.place());
    if (!definition.requirements().isEmpty()) {
      Boolean built = answer.running().flatMap(call -> call.built(definition)).orElse(null);
      Phrase gates = new Phrase();
      gates.words(built == null && leftOut ? "left out: needs" : "when", Tone.FAINT);
      boolean first = true;
      for (String gate : definition.requirements()) {
        if (!first) {
          gates.word("and", Tone.FAINT);
        }
        gates.words(gate, Tone.FAINT);
        first = false;
      }
      if (built != null) {
        gates.glue(":", Tone.FAINT).words(built ? "built here" : "not built here", Tone.PLAIN);
        gates.word("(" + answer.running().orElseThrow().configFrom() + ")", Tone.FAINT);
      }
      fact("", gates);
    }
  }

  private void online() {
    Place place = definitions().isEmpty() ? facts.row().place() : definitions().getFirst().place();
    String link = SourceLink.of(answer.version(), place);
    if (link.isEmpty()) {
      return;
    }
    if (link.length() <= page.area()) {
      fact("online", Phrase.of(link));
    } else {
      // An address is of use only in one piece.
      fact("online", new Phrase());
      page.paragraph(2, 0, Phrase.of(link));
    }
    String distribution = answer.version().distribution();
    if (!distribution.isEmpty()) {
      fact(
          "", quiet(distribution + " patched the indexed source: lines may differ from the tag's"));
    }
  }

  private void path() {
    if (facts.path().stages().isEmpty()) {
      fact(
          "path",
          quiet(
              facts.paths().isEmpty()
                  ? "not known: no rule says where " + abi.label() + " calls enter the kernel"
                  : "the source does not show the way from the trap"));
    }
    String label = facts.path().stages().isEmpty() ? "" : "path";
    for (EntryPath each : facts.paths()) {
      Phrase path = new Phrase();
      if (facts.paths().size() > 1) {
        path.words(each.instruction(), Tone.FAINT).glue(":", Tone.FAINT);
      }
      boolean first = true;
      for (EntryPath.Stage stage : each.stages()) {
        if (first) {
          path.word(stage.symbol());
        } else if (!stage.inlined()) {
          path.step(page.glyphs.to, stage.symbol(), Tone.PLAIN);
        }
        first = false;
      }
      if (!first) {
        path.step(page.glyphs.to, facts.symbol(), Tone.PLAIN);
        fact(label, path);
        label = "";
      }
    }
  }

  private void elsewhere() {
    history();
    Map<String, List<String>> byNumber = new LinkedHashMap<>();
    List<String> none = new ArrayList<>();
    for (AbiNumber each : answer.numbers()) {
      if (each.number().isPresent()) {
        byNumber
            .computeIfAbsent(
                each.abi().passedText(each.number().get()), number -> new ArrayList<>())
            .add(each.abi().label());
      } else {
        none.add(each.abi().label());
      }
    }
    int width = 4;
    for (String number : byNumber.keySet()) {
      width = Math.max(width, number.length() + 2);
    }
    String label = "numbers";
    for (Map.Entry<String, List<String>> each : byNumber.entrySet()) {
      Phrase phrase = Phrase.of(each.getKey());
      phrase.at(width, each.getValue().getFirst(), Tone.FAINT);
      for (int i = 1; i < each.getValue().size(); i++) {
        phrase.word(each.getValue().get(i), Tone.FAINT);
      }
      fact(label, phrase);
      label = "";
    }
    if (!none.isEmpty()) {
      fact(label, quiet("none: " + String.join(" ", none)));
    }
  }

  private void history() {
    SyscallHistory history = answer.history();
    List<SyscallHistory.Station> stations = history.stations();
    if (stations.isEmpty()) {
      return;
    }
    String oldest = stations.getFirst().version().release();
    String newest = stations.getLast().version().release();
    boolean gone = stations.getLast().facts().isEmpty();
    boolean changed = stations.stream().anyMatch(station -> !station.changes().isEmpty());
    Phrase since = new Phrase();
    if (history.since().isEmpty()) {
      since.words("in none of the indexed versions", Tone.FAINT);
    } else {
      String first = history.since().get().release();
      since.word(first);
      if (history.sinceOldest()) {
        since.words("or before, the oldest indexed", Tone.FAINT);
      } else {
        since.glue(",").words("not yet in " + before(stations, first), Tone.FAINT);
      }
      if (stations.size() > 1 && !gone && !changed && !first.equals(newest)) {
        since.glue(";").words("unchanged to " + newest, Tone.PLAIN);
      }
    }
    fact(
        "since",
        stations.size() == 1 && !oldest.isEmpty()
            ? quiet("only " + oldest + " is indexed")
            : since);
    String label = "changed";
    boolean there = false;
    for (SyscallHistory.Station station : stations) {
      if (there && station.facts().isEmpty()) {
        fact(label, Phrase.of(station.version().release()).words("no longer there", Tone.PLAIN));
        label = "";
      }
      there = station.facts().isPresent();
      for (SyscallChange change : station.changes()) {
        Phrase phrase = Phrase.of(station.version().release());
        phrase.words(change.kind().label() + ":", Tone.FAINT);
        phrase.words(text(change.was()), Tone.PLAIN);
        phrase.word(page.glyphs.to, Tone.FAINT).words(text(change.is()), Tone.PLAIN);
        fact(label, phrase);
        label = "";
      }
    }
  }

  private static String before(List<SyscallHistory.Station> stations, String first) {
    String before = "";
    for (SyscallHistory.Station station : stations) {
      if (station.version().release().equals(first)) {
        break;
      }
      before = station.version().release();
    }
    return before;
  }

  private static String text(String aspect) {
    return aspect.isEmpty() ? "(none)" : aspect;
  }

  private void here() {
    page.newline();
    String label = "here";
    if (answer.running().isPresent()) {
      RunningCall call = answer.running().get();
      Phrase presence = new Phrase();
      switch (call.presence()) {
        case BUILT_IN -> presence.word("built in:").word(call.symbol());
        case LEFT_OUT -> {
          presence.word("not built in:", Tone.STRONG).word(call.symbol());
          presence.words("is the stand-in that returns ENOSYS", Tone.PLAIN);
        }
        case NO_ABI -> presence.words("the running kernel is " + call.reason(), Tone.STRONG);
        case NO_SYMBOL ->
            presence.words("the running kernel has no symbol " + call.symbol(), Tone.STRONG);
        case UNKNOWN -> presence.words("not known: " + call.reason(), Tone.FAINT);
      }
      boolean served = call.presence() != RunningCall.Presence.NO_ABI;
      if (served && call.address() != 0) {
        presence.words("at " + Long.toHexString(call.address()), Tone.PLAIN);
      } else if (served
          && !call.reason().isEmpty()
          && call.presence() != RunningCall.Presence.UNKNOWN) {
        presence.words("(" + call.reason() + ")", Tone.FAINT);
      }
      fact(label, presence);
      label = "";
      if (!call.tracepoint().isEmpty() && call.differences().isEmpty()) {
        fact(label, prose("types and names as in " + call.tracepoint() + " (tracefs)"));
      }
      for (String difference : call.differences()) {
        fact(label, prose(difference + " (" + call.tracepoint() + ", tracefs)"));
      }
      if (!call.settings().isEmpty()) {
        Phrase settings = new Phrase();
        call.settings().forEach((symbol, value) -> settings.word(symbol + "=" + value));
        fact(label, settings);
      }
    }
    fact("facts", quiet(answer.relation() + "; " + answer.origin()));
  }
}
