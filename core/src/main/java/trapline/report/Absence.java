package trapline.report;

import org.jspecify.annotations.Nullable;
import trapline.model.Hop;
import trapline.model.HopKind;

/// How a hop that could not be established is shown: why, and what the user can do, quietly.
final class Absence {
  private Absence() {}

  static Phrase phrase(Page page, String why, String remedy) {
    Phrase phrase = Phrase.of(page.glyphs.dash, Tone.FAINT);
    phrase.words(
        Names.shown(remedy.isEmpty() ? why : why + ": " + remedy, page.glyphs.dots), Tone.FAINT);
    return phrase;
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
