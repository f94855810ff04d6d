package trapline.report;

import trapline.model.Diagnostic;
import trapline.model.Journey;

/// Journeys as text for people.
///
/// Every line ends with `\n` and none is wider than [Style#width()], counted in terminal columns.
/// Control characters of the traced program's data never reach the result.
public final class TextReport {
  private TextReport() {}

  /// The whole road of one call: header, user side, boundary, kernel side, return, and what could
  /// not be established. The steps, if the journey has any, follow as [StepsReport] shows them.
  public static String render(Journey journey, Style style) {
    return render(journey, style, new Told());
  }

  /// The same behind others: what those have said of the kernel, of the library's instructions, of
  /// the callers and of what is not known is only referred to, and sections follow each other
  /// without gaps.
  public static String render(Journey journey, Style style, Told told) {
    Page page = new Page(style, style.everything() ? new Told() : told);
    Road road = new Road(journey);
    CallHeader.render(page, journey);
    if (page.told.isEmpty()) {
      page.newline();
    }
    UserSide.render(page, journey, road);
    page.gap();
    boolean inOneLine = KernelSide.render(page, journey, road);
    WayBack.render(page, journey, road, inOneLine);
    diagnostics(page, journey);
    page.newline();
    if (!journey.steps().isEmpty()) {
      return page + StepsReport.render(journey, style);
    }
    return page.toString();
  }

  /// One more call from a call site whose road was already shown: the header line with the place.
  public static String renderRepeat(Journey journey, Style style) {
    Page page = new Page(style);
    CallHeader.renderRepeat(page, journey);
    return page.toString();
  }

  /// One more call from a line whose road was shown, by another instruction: the header with the
  /// place.
  ///
  /// @param times how many came from that line by now
  public static String renderSameLine(Journey journey, long times, Style style) {
    Page page = new Page(style);
    CallHeader.renderSameLine(page, journey, times);
    return page.toString();
  }

  /// A remark between journeys, wrapped between words.
  public static String renderNote(String note, Style style) {
    Page page = new Page(style);
    Phrase phrase = new Phrase();
    for (String word : note.split(" ")) {
      phrase.word(word, Tone.FAINT);
    }
    page.paragraph(0, 2, phrase);
    return page.toString();
  }

  /// What the evidence marks mean; shown once, after the first journey or at the end.
  public static String renderLegend(Style style) {
    Page page = new Page(style);
    Phrase legend =
        new Phrase()
            .word("o observed", Tone.FAINT)
            .word("d debug information", Tone.FAINT, 3)
            .word("s symbols and code", Tone.FAINT, 3)
            .word("i kernel source index", Tone.FAINT, 3)
            .word("~ inferred", Tone.FAINT, 3);
    page.paragraph(2, 0, legend);
    return page.toString();
  }

  private static void diagnostics(Page page, Journey journey) {
    if (journey.diagnostics().isEmpty()) {
      return;
    }
    page.newline();
    for (Diagnostic diagnostic : journey.diagnostics()) {
      Phrase note = Phrase.of("note", Tone.STRONG);
      String where = diagnostic.where();
      String what = where.isEmpty() ? diagnostic.what() : where + ": " + diagnostic.what();
      boolean again = page.told.has(diagnostic);
      note.words(again ? Absence.inBrief(page, what) : what, Tone.PLAIN);
      if (!again && !diagnostic.remedy().isEmpty()) {
        note.glue(":").words(diagnostic.remedy(), Tone.FAINT);
      }
      page.paragraph(2, 5, note);
    }
  }
}
