package trapline.report;

import java.util.List;
import trapline.model.Frame;
import trapline.model.Hop;

/// The user's line and the frames above it, up to the thread's start.
final class StackRows {
  /// More rows than this are shortened in the middle.
  private static final int MAX_ROWS = 16;

  private static final int HEAD = 10;

  /// How many functions that call each other are seen as one recursion.
  private static final int MAX_PERIOD = 4;

  private static final int MIN_REPEATS = 3;

  /// So many callers that were shown before are left out.
  private static final int MIN_KNOWN = 2;

  private StackRows() {}

  /// @param label of the row with the user's line
  static void render(Page page, String label, Hop.SourceLine line) {
    render(page, label, line, false);
  }

  /// @param shown whether all of it, and the call site, was shown: then only the user's line is
  static void render(Page page, String label, Hop.SourceLine line, boolean shown) {
    List<Frame> stack = line.stack();
    int user = line.user();
    String text = line.text();
    if (isForeign(line)) {
      Phrase missing = Absence.phrase(page, line.textMissing(), "");
      if (page.told.has(line.textMissing(), "") && isOrdinary(stack.get(user))) {
        callers(page, line, user, missing);
      } else {
        page.row(label, missing, "", Page.NO_MARK);
        callers(page, line, user, new Phrase());
      }
      return;
    }
    Phrase fact = new Phrase();
    if (text != null && !text.isBlank()) {
      fact.words(Display.cleanSource(text.strip()), Tone.PLAIN);
    }
    if (user < 0 || user >= stack.size()) {
      page.row(label, fact, "", line.evidence().mark());
    } else {
      Frame frame = stack.get(user);
      String where = Names.where(frame);
      String function = Names.function(frame, page.glyphs.dots);
      char mark = line.evidence().mark();
      boolean unknown = fact.isEmpty();
      if (unknown) {
        fact.word(function);
      }
      if (shown) {
        fact.word(page.glyphs.above, Tone.FAINT);
      }
      if (unknown) {
        page.row(label, fact, where, mark);
      } else if (Display.width(function) <= page.area() / 3) {
        page.row(label, fact, page.fitted(where, page.area() / 2) + "  " + function, mark);
      } else {
        page.row(label, fact, where, mark);
        page.row("function", Phrase.of(function), "", Page.NO_MARK);
      }
    }
    Absence.rowOnce(page, line.textMissing());
    if (!shown) {
      callers(page, line, Math.max(0, user + 1), new Phrase());
    }
  }

  /// Whether no frame is the user's, and it is known why.
  static boolean isForeign(Hop.SourceLine line) {
    return line.user() >= 0
        && line.user() < line.stack().size()
        && !line.frame().own()
        && line.text() == null
        && !line.textMissing().isEmpty();
  }

  private static void end(Page page, Hop.SourceLine line) {
    if (!line.stackEnd().isEmpty()) {
      boolean again = page.told.has(line.stackEnd(), "");
      String why = again ? " (reason above)" : ": " + line.stackEnd();
      page.row(
          "",
          Absence.phrase(page, "the rest of the stack is not known" + why, ""),
          "",
          Page.NO_MARK);
    }
  }

  /// Frames of the user's own code with a line get a row each; the others, such as those of the
  /// libc's start-up, share rows.
  ///
  /// @param before what stands in the first row before the first of them; may be empty
  private static void callers(Page page, Hop.SourceLine line, int from, Phrase before) {
    List<Frame> stack = line.stack();
    int known = Math.max(from, page.told.callersFrom(line)) + 1;
    if (stack.size() - known < MIN_KNOWN) {
      callers(page, stack, from, stack.size(), before);
      end(page, line);
    } else {
      callers(page, stack, from, known, before);
    }
  }

  /// @param last the index behind the last frame to show; those from there on were shown before
  private static void callers(Page page, List<Frame> stack, int from, int last, Phrase before) {
    Phrase fact = before;
    String label = "called from";
    int rows = 0;
    int i = from;
    while (i < last) {
      if (rows == HEAD && last - i > MAX_ROWS - HEAD) {
        int skipped = last - i - (MAX_ROWS - HEAD);
        page.row(
            label,
            Phrase.of(page.glyphs.dots + " " + Numbers.count(skipped) + " more frames", Tone.FAINT),
            "",
            Page.NO_MARK);
        i += skipped;
      }
      int end = i;
      while (end < last && isOrdinary(stack.get(end)) && end - i < MAX_ROWS) {
        end++;
      }
      if (end > i) {
        together(page, label, fact, stack.subList(i, end), end == last ? stack.size() - last : 0);
        fact = new Phrase();
        i = end;
      } else {
        i = alone(page, label, stack, i, last);
      }
      label = "";
      rows++;
    }
  }

  private static boolean isOrdinary(Frame frame) {
    return !frame.signal() && (frame.place() == null || !frame.own());
  }

  private static void together(
      Page page, String label, Phrase fact, List<Frame> frames, int known) {
    boolean alone = frames.size() == 1 && known == 0 && fact.isEmpty();
    char mark = Page.NO_MARK;
    for (Frame frame : frames) {
      String name =
          frame.function().isEmpty() ? Names.where(frame) : Names.function(frame, page.glyphs.dots);
      fact.step(page.glyphs.from, name, Tone.PLAIN);
      mark = Names.weaker(mark, frame.evidence().mark());
    }
    known(page, fact, known);
    page.row(label, fact, alone ? Names.where(frames.getFirst()) : "", mark);
  }

  /// One frame; or, where the same frames come again and again, those once and how often.
  ///
  /// @return the index behind them
  private static int alone(Page page, String label, List<Frame> stack, int index, int last) {
    int period = 1;
    int times = 1;
    for (int p = 1; p <= MAX_PERIOD && times < MIN_REPEATS; p++) {
      period = p;
      times = repeats(stack.subList(0, last), index, p);
    }
    if (times < MIN_REPEATS) {
      period = 1;
      times = 1;
    }
    String shownLabel = label;
    for (Frame frame : stack.subList(index, index + period)) {
      Phrase fact = Phrase.of(Names.function(frame, page.glyphs.dots));
      if (index + period * times == last && times == 1) {
        known(page, fact, stack.size() - last);
      }
      page.row(shownLabel, fact, frame.signal() ? "" : Names.where(frame), frame.evidence().mark());
      shownLabel = "";
    }
    if (times > 1) {
      String what = period == 1 ? "the same " : "these " + period + " functions ";
      page.row(
          "",
          Phrase.of(
              page.glyphs.dots + " " + what + Numbers.count(times - 1) + " times more", Tone.FAINT),
          "",
          Page.NO_MARK);
    }
    return index + period * times;
  }

  /// How many callers follow that were shown before.
  private static void known(Page page, Phrase fact, int known) {
    if (known > 0) {
      String more = page.glyphs.dots + " " + Numbers.count(known) + " more " + page.glyphs.above;
      fact.step(page.glyphs.from, more, Tone.FAINT);
    }
  }

  /// How often the `period` frames at `index` stand there one behind the other.
  private static int repeats(List<Frame> stack, int index, int period) {
    int at = index + period;
    while (at < stack.size() && isSame(stack.get(at), stack.get(at - period))) {
      at++;
    }
    return (at - index) / period;
  }

  private static boolean isSame(Frame a, Frame b) {
    return !a.signal()
        && !b.signal()
        && a.pc().equals(b.pc())
        && a.function().equals(b.function())
        && a.inlined() == b.inlined();
  }
}
