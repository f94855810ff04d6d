package trapline.report;

import org.jspecify.annotations.Nullable;
import trapline.model.Hop;
import trapline.model.HopKind;

/// How a hop that could not be established is shown: why, and what the user can do, quietly.
final class Absence {
  private Absence() {}

  /// Columns of a reason that is given again.
  private static final int AGAIN = 56;

  static Phrase phrase(Page page, String why, String remedy) {
    if (page.told.has(why, remedy)) {
      return again(page, why);
    }
    Phrase phrase = Phrase.of(page.glyphs.dash, Tone.FAINT);
    phrase.words(
        Names.shown(remedy.isEmpty() ? why : why + ": " + remedy, page.glyphs.dots), Tone.FAINT);
    return phrase;
  }

  /// A reason that was given in full before, with its remedy.
  private static Phrase again(Page page, String why) {
    return Phrase.of(page.glyphs.dash, Tone.FAINT).words(inBrief(page, why), Tone.FAINT);
  }

  /// The start of a note that was given in full before.
  static String inBrief(Page page, String note) {
    String shown = Display.clean(Names.shown(note, page.glyphs.dots));
    return Display.width(shown) <= AGAIN
        ? shown
        : Display.cut(shown, AGAIN, page.glyphs.dots) + " (above)";
  }

  /// The row below a fact that something is not known of; nothing when that was said before.
  static void rowOnce(Page page, String why) {
    if (!why.isEmpty() && !page.told.has(why, "")) {
      page.row("", phrase(page, why, ""), "", Page.NO_MARK);
    }
  }

  /// The row of a hop that may be missing; nothing when it is not.
  static void row(Page page, @Nullable Hop hop) {
    if (hop instanceof Hop.Missing missing) {
      page.row(
          Road.label(missing.kind()),
          phrase(page, missing.why(), missing.remedy()),
          "",
          Page.NO_MARK);
    }
  }

  /// The row of a hop that is missing for the reason of the row above.
  static void again(Page page, Hop.Missing missing) {
    page.row(
        Road.label(missing.kind()),
        Phrase.of(page.glyphs.dash + " for the same reason", Tone.FAINT),
        "",
        Page.NO_MARK);
  }

  static boolean sameReason(Hop.Missing a, Hop.Missing b) {
    return a.why().equals(b.why()) && a.remedy().equals(b.remedy());
  }

  /// Reason and remedy of the hops of these kinds when none is established and all that are there
  /// are missing for one reason; with an own reason when none is there at all.
  static Hop.@Nullable Missing common(Road road, HopKind... kinds) {
    Hop.Missing common = null;
    for (HopKind kind : kinds) {
      Hop hop = road.get(kind);
      if (hop == null) {
        continue;
      }
      if (!(hop instanceof Hop.Missing missing)
          || (common != null && !sameReason(common, missing))) {
        return null;
      }
      common = missing;
    }
    return common == null ? new Hop.Missing(kinds[0], "nothing is known", "") : common;
  }
}
