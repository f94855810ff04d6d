package trapline.report;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import trapline.kernel.KernelVersion;
import trapline.kernel.SyscallChange;
import trapline.kernel.SyscallChange.Kind;
import trapline.kernel.SyscallFacts;
import trapline.model.Abi;

/// What differs between two versions' calls of one ABI.
///
/// @param changes as [trapline.kernel.IndexDifference] gives them
public record DifferenceReport(
    Abi abi, KernelVersion before, KernelVersion after, List<SyscallChange> changes) {
  private static final List<String> HEADER =
      List.of("change", "number", "name", "before", "after", "implementation");

  private static final int NAME = 24;

  public DifferenceReport {
    changes = List.copyOf(changes);
  }

  /// @return lines; those of [TableFormat#TABLE] are not wider than [Style#width()]
  public String render(TableFormat format, Style style) {
    return switch (format) {
      case TABLE -> page(style);
      case JSON -> {
        StringBuilder out = new StringBuilder();
        for (SyscallChange change : changes) {
          out.append(SyscallJson.render(change, before, after));
        }
        yield out.toString();
      }
      case TSV, CSV, MARKDOWN -> format.write(HEADER, changes.stream().map(this::fields).toList());
    };
  }

  private List<String> fields(SyscallChange change) {
    SyscallFacts facts = change.facts();
    return List.of(
        change.kind().label(),
        abi.passedText(facts.row().number()),
        facts.row().name(),
        change.was(),
        change.is(),
        place(facts));
  }

  private static String place(SyscallFacts facts) {
    return facts.definitions().isEmpty() ? "" : facts.definitions().getFirst().place().toString();
  }

  private String page(Style style) {
    int widest = 4;
    for (SyscallChange change : changes) {
      widest = Math.max(widest, abi.passedText(change.facts().row().number()).length());
    }
    Page page = Page.ofFacts(style, widest);
    page.side(Tone.FAINT);
    Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    for (SyscallChange change : changes) {
      counts.merge(change.kind(), 1, Integer::sum);
    }
    StringJoiner sum = new StringJoiner(", ");
    counts.forEach((kind, count) -> sum.add(count + " " + kind.label()));
    Phrase title = Phrase.of(abi.label(), Tone.STRONG).word(before.text(), Tone.PLAIN, 3);
    title.word(page.glyphs.to, Tone.FAINT).word(after.text());
    page.paragraph(0, 2, title);
    page.paragraph(
        0, 2, new Phrase().words(changes.isEmpty() ? "no difference" : sum.toString(), Tone.PLAIN));
    Kind kind = null;
    for (SyscallChange change : changes) {
      if (change.kind() != kind) {
        kind = change.kind();
        page.newline();
        page.paragraph(2, 0, Phrase.of(kind.label(), Tone.STRONG));
      }
      row(page, change);
    }
    return page.toString();
  }

  private void row(Page page, SyscallChange change) {
    SyscallFacts facts = change.facts();
    String number = abi.passedText(facts.row().number());
    String place = "";
    Phrase fact = new Phrase();
    switch (change.kind()) {
      case ADDED, REMOVED -> {
        fact = SyscallListing.call(facts);
        place = facts.definitions().isEmpty() ? facts.state().label() : place(facts);
      }
      case SIGNATURE -> {
        // Two lines, one below the other, so that the eye finds what is different.
        page.row(number, Phrase.of(facts.row().name()), place(facts), Page.NO_MARK);
        page.row("", sided(change.was(), "was "), "", Page.NO_MARK);
        page.row("", sided(change.is(), "is  "), "", Page.NO_MARK);
        return;
      }
      case RENAMED, RENUMBERED, ENTRY, STATE, MOVED -> {
        fact = Phrase.of(facts.row().name());
        fact.at(NAME, text(change.was()), Tone.FAINT);
        fact.word(page.glyphs.to, Tone.FAINT).word(text(change.is()));
      }
    }
    page.row(number, fact, place, Page.NO_MARK);
  }

  private static Phrase sided(String signature, String side) {
    Phrase phrase = Phrase.of(side.strip(), Tone.FAINT);
    boolean first = true;
    for (String word : text(signature).split(" ", -1)) {
      phrase.word(word, Tone.PLAIN, first ? 1 + side.length() - side.strip().length() : 1);
      first = false;
    }
    return phrase;
  }

  private static String text(String aspect) {
    return aspect.isEmpty() ? "(none)" : aspect;
  }
}
