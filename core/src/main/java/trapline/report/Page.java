package trapline.report;

import java.util.List;

/// The page that a report is written on: the road in the left margin, then a label, the fact, its
/// place at the right and the evidence mark in the last column. Keeps every line within the width.
final class Page {
  /// No evidence mark.
  static final char NO_MARK = 0;

  /// How much further the second line of a fact starts.
  private static final int HANG = 2;

  final Style style;
  final Glyphs glyphs;

  /// What need not be said again.
  final Told told;

  /// Columns before a label: on the road `  │ `.
  private final int margin;

  /// Columns before a fact.
  private final int indent;

  /// Columns of the evidence mark with the gap before it; 0 on a page without marks.
  private final int markColumns;

  private final StringBuilder out = new StringBuilder(8192);
  private int column;

  /// Spaces that are due before the next text of this line.
  private int pending;

  private Tone side = Tone.USER;
  private Tone current = Tone.PLAIN;
  private boolean onRoad;

  /// The title that the next row has in place of its label, and its corner; empty: none.
  private String title = "";

  private char corner;

  /// A page with the road in its left margin and evidence marks at the right.
  Page(Style style) {
    this(style, new Told());
  }

  /// The same behind others.
  ///
  /// @param told what those have said
  Page(Style style, Told told) {
    this(style, told, true, 4, 16, 3);
  }

  private Page(Style style, Told told, boolean onRoad, int margin, int indent, int markColumns) {
    this.style = style;
    this.told = told;
    this.glyphs = Glyphs.of(style);
    this.onRoad = onRoad;
    this.margin = margin;
    this.indent = indent;
    this.markColumns = markColumns;
  }

  /// A page of labelled facts, without a road and without marks.
  ///
  /// @param label columns that the widest label takes
  static Page ofFacts(Style style, int label) {
    return new Page(style, new Told(), false, 2, label + 4, 0);
  }

  /// A page of labelled facts with evidence marks, without a road.
  ///
  /// @param label columns that the widest label takes
  static Page ofEvidence(Style style, int label) {
    return new Page(style, new Told(), false, 2, label + 4, 3);
  }

  /// Columns for a fact with its place.
  int area() {
    return style.width() - indent - markColumns;
  }

  /// The side of the boundary that the following lines are on.
  void side(Tone tone) {
    side = tone;
  }

  Tone side() {
    return side;
  }

  void spaces(int count) {
    pending += Math.max(0, count);
    column += Math.max(0, count);
  }

  private void padTo(int target) {
    spaces(target - column);
  }

  /// Text that was cleaned before. Spaces at its end are written only when more text follows.
  void text(String text, Tone tone) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == ' ') {
      end--;
    }
    String shown = text.substring(0, end);
    if (!shown.isEmpty()) {
      switchTo(tone);
      out.append(shown);
      column += Display.width(shown);
    }
    spaces(text.length() - end);
  }

  /// Writes the due spaces and what makes the following text look as its tone wants it.
  private void switchTo(Tone tone) {
    if (style.colour() && tone != current) {
      if (current != Tone.PLAIN) {
        out.append("\u001b[0m");
      }
      out.repeat(' ', pending);
      if (tone != Tone.PLAIN) {
        out.append("\u001b[").append(tone.sgr()).append('m');
      }
      current = tone;
    } else {
      out.repeat(' ', pending);
    }
    pending = 0;
  }

  void newline() {
    if (current != Tone.PLAIN) {
      out.append("\u001b[0m");
      current = Tone.PLAIN;
    }
    out.append('\n');
    column = 0;
    pending = 0;
  }

  /// A phrase outside of the road, wrapped behind `indent` columns; further lines start `hang`
  /// columns further.
  void paragraph(int indent, int hang, Phrase phrase) {
    int room = style.width() - indent;
    boolean first = true;
    for (Phrase line : phrase.wrap(room, room - hang)) {
      spaces(first ? indent : indent + hang);
      line.write(this);
      newline();
      first = false;
    }
  }

  /// A phrase from the left margin with another at the right end of the same line, or of a line of
  /// its own.
  void spread(Phrase phrase, int hang, Phrase right) {
    List<Phrase> lines = phrase.wrap(style.width(), style.width() - hang);
    for (int i = 0; i < lines.size(); i++) {
      spaces(i == 0 ? 0 : hang);
      lines.get(i).write(this);
      if (i == lines.size() - 1 && !right.isEmpty()) {
        if (column + 3 + right.width() > style.width()) {
          newline();
        }
        List<Phrase> rights = right.wrap(style.width() - hang, style.width() - hang);
        for (int k = 0; k < rights.size(); k++) {
          padTo(style.width() - rights.get(k).width());
          rights.get(k).write(this);
          if (k < rights.size() - 1) {
            newline();
          }
        }
      }
      newline();
    }
  }

  /// Only the road.
  void road() {
    spaces(2);
    text(String.valueOf(glyphs.road), side);
    newline();
  }

  /// Only the road, to set two sections apart; nothing behind the first journey, where each section
  /// is short.
  void gap() {
    if (told.isEmpty()) {
      road();
    }
  }

  /// Begins a section whose first row is its heading, too: the row has `title` in place of its
  /// label.
  void section(char at, String heading) {
    corner = at;
    title = heading;
  }

  /// The first line of a section, with `corner` on the road.
  ///
  /// @param fact behind the title; may be empty
  void heading(char corner, String title, Phrase fact, String place) {
    Phrase whole = Phrase.of(title, side.heading());
    whole.append(fact, 2);
    List<Phrase> lines = whole.wrap(style.width() - margin - markColumns, area());
    for (int i = 0; i < lines.size(); i++) {
      if (i == 0) {
        spaces(2);
        text(String.valueOf(corner), side);
        padTo(margin);
      } else {
        margin();
        padTo(indent);
      }
      lines.get(i).write(this);
      if (i == lines.size() - 1) {
        place(place, NO_MARK);
      }
      newline();
    }
  }

  /// The last section: its heading takes the place of the label, and the road ends.
  void lastHeading(String title, Phrase fact, String place, char mark) {
    spaces(2);
    text(String.valueOf(glyphs.end), side);
    padTo(margin);
    text(title, side.heading());
    onRoad = false;
    body(fact, place, mark);
  }

  /// A labelled fact.
  ///
  /// @param label at most eleven columns; empty in further rows of the same label
  /// @param place where it is; may be empty
  /// @param mark the evidence mark or [#NO_MARK]
  void row(String label, Phrase fact, String place, char mark) {
    if (title.isEmpty()) {
      margin();
      text(label, side);
    } else {
      spaces(2);
      text(String.valueOf(corner), side);
      padTo(margin);
      text(title, side.heading());
      title = "";
    }
    body(fact, place, mark);
  }

  private void body(Phrase fact, String place, char mark) {
    int area = area();
    List<Phrase> lines = fact.wrap(area, area - HANG);
    for (int i = 0; i < lines.size(); i++) {
      if (i > 0) {
        newline();
        margin();
      }
      padTo(i == 0 ? indent : indent + HANG);
      lines.get(i).write(this);
    }
    place(style.shown(place), mark);
    newline();
  }

  /// The place at the right end of the current line, or of a line of its own; then the mark.
  private void place(String place, char mark) {
    int end = style.width() - markColumns;
    if (!place.isEmpty()) {
      String shown = Display.clean(place);
      if (column + 2 + Display.width(shown) > end && shown.charAt(0) == '/') {
        shown = Display.cutPath(shown, Math.max(area() / 2, 20), glyphs.dots);
      }
      if (column + 2 + Display.width(shown) > end) {
        newline();
        margin();
        padTo(indent);
        shown = Display.cutPath(shown, area(), glyphs.dots);
      }
      padTo(end - Display.width(shown));
      text(shown, Tone.PLAIN);
    }
    if (mark != NO_MARK) {
      padTo(style.width() - 1);
      text(String.valueOf(mark), Tone.FAINT);
    }
  }

  /// A place as it is shown in text, cut to `columns`.
  String fitted(String place, int columns) {
    return Display.cutPath(Display.clean(style.shown(place)), columns, glyphs.dots);
  }

  private void margin() {
    spaces(2);
    if (onRoad) {
      text(String.valueOf(glyphs.road), side);
    }
    padTo(margin);
  }

  /// The line between the modes, across the whole width, with the road crossing it.
  ///
  /// @param heavy whether it is the way in; the way back is drawn lighter
  void boundary(boolean heavy) {
    char line = heavy ? glyphs.heavy : glyphs.light;
    String title =
        heavy
            ? " user mode " + glyphs.up + "   " + glyphs.down + " kernel mode "
            : " kernel mode " + glyphs.up + "   " + glyphs.down + " user mode ";
    StringBuilder drawn = new StringBuilder(style.width());
    drawn.repeat(line, 2).append(heavy ? glyphs.heavyCross : glyphs.lightCross);
    drawn.repeat(line, Math.max(2, (style.width() - title.length()) / 2 - drawn.length()));
    drawn.append(title);
    drawn.repeat(line, Math.max(0, style.width() - drawn.length()));
    text(drawn.toString(), heavy ? Tone.BOUNDARY : Tone.FAINT);
    newline();
  }

  /// Whether [#boundary(String, Phrase, String, char)] has room for a fact and its place.
  boolean fitsBoundary(Phrase fact, String place) {
    int right = place.isEmpty() ? 0 : Display.width(Display.clean(style.shown(place))) + 2;
    return indent + fact.width() + 3 + right <= style.width() - markColumns;
  }

  /// The line between the modes with a fact about what lies below it: in place of a heading and its
  /// first row.
  void boundary(String heading, Phrase fact, String place, char mark) {
    int end = style.width() - markColumns;
    String shown = fitsBoundary(fact, place) ? Display.clean(style.shown(place)) : "";
    String line = String.valueOf(glyphs.heavy);
    text(line.repeat(2) + glyphs.heavyCross, Tone.BOUNDARY);
    padTo(margin);
    text(heading, Tone.KERNEL.heading());
    padTo(indent);
    int right = shown.isEmpty() ? 0 : Display.width(shown) + 1;
    fact.cut(end - right - column - 2, glyphs.dots).write(this);
    spaces(1);
    text(line.repeat(Math.max(0, end - right - column)), Tone.BOUNDARY);
    if (!shown.isEmpty()) {
      spaces(1);
      text(shown, Tone.PLAIN);
    }
    if (mark == NO_MARK) {
      spaces(shown.isEmpty() ? 0 : 1);
      text(line.repeat(Math.max(0, style.width() - column)), Tone.BOUNDARY);
    } else {
      padTo(style.width() - 1);
      text(String.valueOf(mark), Tone.FAINT);
    }
    newline();
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
