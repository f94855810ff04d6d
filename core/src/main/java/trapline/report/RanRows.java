package trapline.report;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import trapline.kernel.run.Folding;
import trapline.model.Hop;
import trapline.model.KernelRun;

/// The kernel functions that ran for a call, as a tree with their places and costs.
final class RanRows {
  /// Deeper than this is shown only when everything is asked for.
  private static final int DEPTH = 8;

  private static final int MOST_ROWS = 60;

  private RanRows() {}

  static void render(Page page, Hop.KernelFunctions hop) {
    KernelRun run = hop.run();
    boolean full = page.style.everything();
    List<Folding.Row> rows = Folding.rows(run.root(), full ? Integer.MAX_VALUE : DEPTH, full);
    int shown = full ? rows.size() : Math.min(rows.size(), MOST_ROWS);
    int[] widths = new int[1];
    for (Folding.Row row : rows.subList(0, shown)) {
      widths[0] = Math.max(widths[0], cost(page, run, row.totalCost()).length());
    }
    List<String> trunks = trunks(page, rows);
    for (int i = 0; i < shown; i++) {
      Folding.Row row = rows.get(i);
      Phrase fact = new Phrase();
      String lines = trunks.get(i);
      if (!lines.isEmpty()) {
        fact.word(lines, Tone.FAINT);
        fact.glue(" " + Names.shown(row.function().name(), page.glyphs.dots));
      } else {
        fact.word(Names.shown(row.function().name(), page.glyphs.dots));
      }
      if (row.times() > 1) {
        fact.word((page.style.unicode() ? "×" : "x") + row.times(), Tone.FAINT);
      }
      if (row.hidden() > 0) {
        fact.word(page.glyphs.dots + row.hidden() + " more", Tone.FAINT);
      }
      String cost = cost(page, run, row.totalCost());
      String place = row.function().placeText();
      place = Display.cutPath(place, page.area() / 2, page.glyphs.dots);
      page.row(
          i == 0 ? "ran" : "",
          fact,
          (place.isEmpty() ? "" : place + "  ")
              + " ".repeat(Math.max(0, widths[0] - cost.length()))
              + cost,
          i == 0 ? hop.evidence().mark() : Page.NO_MARK);
    }
    if (shown < rows.size()) {
      page.row(
          "",
          Phrase.of(
              page.glyphs.dots + " " + (rows.size() - shown) + " more rows: --full", Tone.FAINT),
          "",
          Page.NO_MARK);
    }
    explain(page, hop, run);
  }

  private static void explain(Page page, Hop.KernelFunctions hop, KernelRun run) {
    Phrase note = new Phrase().words("observed in " + WhyReport.where(run) + ";", Tone.FAINT);
    note.words(
        run.unit() == KernelRun.Unit.INSTRUCTIONS
            ? "in instructions, calls included;"
            : "times with calls included, and with what tracing costs;",
        Tone.FAINT);
    note.words("lines from " + hop.placesFrom(), Tone.FAINT);
    page.row("", note, "", Page.NO_MARK);
    if (!run.difference().isEmpty()) {
      page.row(
          "",
          new Phrase().words("not as on this machine: " + run.difference(), Tone.STRONG),
          "",
          Page.NO_MARK);
    }
    if (!run.note().isEmpty()) {
      page.row("", new Phrase().words(run.note(), Tone.FAINT), "", Page.NO_MARK);
    }
  }

  private static String cost(Page page, KernelRun run, long cost) {
    if (cost < 0) {
      return "";
    }
    return run.unit() == KernelRun.Unit.INSTRUCTIONS
        ? Numbers.count(cost)
        : Numbers.duration(cost, page.glyphs.micro);
  }

  /// The lines that lead from each function's callers to it.
  private static List<String> trunks(Page page, List<Folding.Row> rows) {
    List<String> trunks = new ArrayList<>(Collections.nCopies(rows.size(), ""));
    BitSet later = new BitSet(); // the depths at which a sister follows
    for (int i = rows.size() - 1; i >= 0; i--) {
      int depth = rows.get(i).depth();
      StringBuilder trunk = new StringBuilder();
      for (int level = 1; level < depth; level++) {
        trunk.append(later.get(level) ? page.glyphs.road : ' ').append(' ');
      }
      if (depth > 0) {
        trunk.append(later.get(depth) ? page.glyphs.branch : page.glyphs.end);
      }
      trunks.set(i, trunk.toString());
      later.clear(depth + 1, Math.max(depth + 1, later.length()));
      later.set(depth);
    }
    return trunks;
  }
}
