package trapline.report;

import java.util.ArrayList;
import java.util.List;

/// Rows of phrases in columns that are as wide as their contents need, and in all not wider than
/// the style allows. What does not fit is cut.
final class Columns {
  private static final int GAP = 2;
  private static final int LEAST = 8;

  private record Column(String title, boolean right, int most) {}

  private final Style style;
  private final List<Column> columns = new ArrayList<>();
  private final List<List<Phrase>> rows = new ArrayList<>();

  Columns(Style style) {
    this.style = style;
  }

  /// A column whose texts end together.
  Columns right(String title, int most) {
    columns.add(new Column(title, true, most));
    return this;
  }

  /// A column whose texts begin together.
  ///
  /// @param most columns of the terminal that it takes at most, on a page of 100; more on a wider,
  ///     and its share of a narrower
  Columns left(String title, int most) {
    columns.add(new Column(title, false, most));
    return this;
  }

  /// @param cells one for each column
  void row(Phrase... cells) {
    rows.add(List.of(cells));
  }

  String render() {
    int[] widths = widths();
    Page page = new Page(style);
    List<Phrase> titles = new ArrayList<>();
    for (Column column : columns) {
      titles.add(Phrase.of(column.title(), Tone.FAINT));
    }
    line(page, titles, widths);
    for (List<Phrase> row : rows) {
      line(page, row, widths);
    }
    return page.toString();
  }

  /// What the contents need, in order, within what is left of the page.
  private int[] widths() {
    int[] widths = new int[columns.size()];
    int usual = Style.PLAIN.width();
    int extra = Math.max(0, style.width() - usual);
    int left = style.width();
    for (int i = 0; i < widths.length; i++) {
      Column column = columns.get(i);
      int needed = column.title().length();
      for (List<Phrase> row : rows) {
        needed = Math.max(needed, row.get(i).width());
      }
      int most =
          column.right()
              ? column.most()
              : style.width() < usual
                  ? column.most() * style.width() / usual
                  : (int) Math.min(1000L, (long) column.most() + extra / 2);
      int behind = (widths.length - 1 - i) * (LEAST + GAP);
      widths[i] = Math.max(1, Math.min(Math.min(needed, most), left - behind));
      left -= widths[i] + GAP;
    }
    return widths;
  }

  private void line(Page page, List<Phrase> cells, int[] widths) {
    int due = 0;
    for (int i = 0; i < widths.length; i++) {
      Phrase cell = cells.get(i).cut(widths[i], page.glyphs.dots);
      int free = widths[i] - cell.width();
      page.spaces(due + (columns.get(i).right() ? free : 0));
      cell.write(page);
      due = GAP + (columns.get(i).right() ? 0 : free);
    }
    page.newline();
  }
}
