package trapline.report;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.model.Frame;
import trapline.model.Hop;

/// The user's line and the frames above it, up to the thread's start.
final class StackRows {
  /// More rows than this are shortened in the middle.
  private static final int MAX_ROWS = 16;

  private static final int HEAD = 10;

  private StackRows() {}

  static void render(Page page, Hop.SourceLine line) {
    List<Frame> stack = line.stack();
    int user = line.user();
    String text = line.text();
    Phrase fact = new Phrase();
    if (text != null && !text.isBlank()) {
      fact.words(Display.cleanSource(text.strip()), Tone.PLAIN);
    }
    if (user < 0 || user >= stack.size()) {
      page.row("source", fact, "", line.evidence().mark());
    } else {
      Frame frame = stack.get(user);
      String where = Names.where(frame);
      String function = Names.function(frame);
      if (fact.isEmpty()) {
        page.row("source", Phrase.of(function), where, line.evidence().mark());
      } else {
        page.row("source", fact, where + "  " + function, line.evidence().mark());
      }
    }
    if (!line.textMissing().isEmpty()) {
      page.row("", Absence.phrase(page, line.textMissing(), ""), "", Page.NO_MARK);
    }
    callers(page, stack, Math.max(0, user + 1), module(stack, user));
    if (!line.stackEnd().isEmpty()) {
      page.row(
          "",
          Absence.phrase(page, "the stack is not known further: " + line.stackEnd(), ""),
          "",
          Page.NO_MARK);
    }
  }

  private static String module(List<Frame> stack, int user) {
    return user >= 0 && user < stack.size() ? stack.get(user).module() : "";
  }

  /// Frames with a line in the user's program get a row each; the others, such as those of the
  /// libc's start-up, share rows.
  private static void callers(Page page, List<Frame> stack, int from, String module) {
    String label = "called from";
    int rows = 0;
    int i = from;
    int last = stack.size();
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
      while (end < last && isOrdinary(stack.get(end), module) && end - i < MAX_ROWS) {
        end++;
      }
      if (end > i) {
        together(page, label, stack.subList(i, end));
        i = end;
      } else {
        i = alone(page, label, stack, i);
      }
      label = "";
      rows++;
    }
  }

  private static boolean isOrdinary(Frame frame, String module) {
    return !frame.signal() && (frame.place() == null || !frame.module().equals(module));
  }

  private static void together(Page page, String label, List<Frame> frames) {
    Phrase fact = new Phrase();
    char mark = Page.NO_MARK;
    for (Frame frame : frames) {
      if (!fact.isEmpty()) {
        fact.word(page.glyphs.from, Tone.FAINT);
      }
      fact.word(frame.function().isEmpty() ? Names.where(frame) : Names.function(frame));
      mark = Names.weaker(mark, frame.evidence().mark());
    }
    page.row(label, fact, frames.size() == 1 ? Names.where(frames.getFirst()) : "", mark);
  }

  /// One frame, with the same ones that follow it counted: recursion.
  ///
  /// @return the index behind them
  private static int alone(Page page, String label, List<Frame> stack, int index) {
    Frame frame = stack.get(index);
    int end = index + 1;
    while (end < stack.size() && isSame(frame, stack.get(end))) {
      end++;
    }
    Phrase fact = Phrase.of(Names.function(frame));
    if (end - index > 1) {
      fact.word("(" + Numbers.count(end - index) + " times)", Tone.FAINT);
    }
    page.row(label, fact, frame.signal() ? "" : Names.where(frame), frame.evidence().mark());
    return end;
  }

  private static boolean isSame(Frame a, @Nullable Frame b) {
    return b != null
        && !a.signal()
        && !b.signal()
        && a.pc().equals(b.pc())
        && a.function().equals(b.function())
        && a.inlined() == b.inlined();
  }
}
