package trapline.report;

import java.util.ArrayList;
import java.util.List;

/// A fact made of words that are not broken while they fit into a line. A word is one or more
/// pieces, each with its tone, that stand together without a gap.
final class Phrase {
  private record Piece(String text, Tone tone, int gap, int width) {}

  private final List<Piece> pieces = new ArrayList<>();
  private int width;

  static Phrase of(String text, Tone tone) {
    return new Phrase().word(text, tone);
  }

  static Phrase of(String text) {
    return of(text, Tone.PLAIN);
  }

  /// A new word, one space behind what is there.
  Phrase word(String text, Tone tone) {
    return word(text, tone, 1);
  }

  Phrase word(String text) {
    return word(text, Tone.PLAIN, 1);
  }

  /// A new word, `gap` spaces behind what is there.
  Phrase word(String text, Tone tone, int gap) {
    append(Display.clean(text), tone, pieces.isEmpty() ? 0 : gap);
    return this;
  }

  /// An arrow and what it leads to, as one word; only the latter when nothing is there yet.
  Phrase step(String arrow, String text, Tone tone) {
    return isEmpty() ? word(text, tone) : word(arrow, Tone.FAINT).glue(" " + text, tone);
  }

  /// More of the last word.
  Phrase glue(String text, Tone tone) {
    append(Display.clean(text), tone, 0);
    return this;
  }

  Phrase glue(String text) {
    return glue(text, Tone.PLAIN);
  }

  /// Prose: may be broken at every space but those between backquotes. Where several spaces stand
  /// together, as in a string of a source line, all are kept.
  Phrase words(String text, Tone tone) {
    String clean = Display.clean(text);
    int start = 0;
    int end = 0;
    boolean quoted = false;
    for (int i = 0; i <= clean.length(); i++) {
      char c = i == clean.length() ? ' ' : clean.charAt(i);
      if (c == '`') {
        quoted = !quoted;
      }
      if (c == ' ' && (!quoted || i == clean.length())) {
        if (i > start) {
          String more = end == 0 ? "" : " ".repeat(start - end - 1);
          append(more + clean.substring(start, i), tone, pieces.isEmpty() ? 0 : 1);
          end = i;
        }
        start = i + 1;
      }
    }
    return this;
  }

  /// Spaces and text that were measured by the caller.
  Phrase at(int column, String text, Tone tone) {
    append(Display.clean(text), tone, Math.max(pieces.isEmpty() ? 0 : 1, column - width));
    return this;
  }

  Phrase append(Phrase other, int gap) {
    boolean first = true;
    for (Piece piece : other.pieces) {
      append(piece.text, piece.tone, first && !pieces.isEmpty() ? gap : piece.gap);
      first = false;
    }
    return this;
  }

  private void append(String text, Tone tone, int gap) {
    if (text.isEmpty()) {
      return;
    }
    int columns = Display.width(text);
    pieces.add(new Piece(text, tone, gap, columns));
    width += gap + columns;
  }

  /// The start of the phrase that fits into `columns`, with `dots` at its end when that is not all.
  Phrase cut(int columns, String dots) {
    if (width <= columns) {
      return this;
    }
    Phrase start = new Phrase();
    for (Piece piece : pieces) {
      int room = columns - start.width - piece.gap;
      if (room <= Display.width(dots)) {
        start.append(Display.cut(dots, Math.max(0, columns - start.width), ""), Tone.FAINT, 0);
        break;
      }
      // The last piece that fits keeps room for the dots, unless all fits behind it.
      boolean last = start.width + piece.gap + piece.width > columns - Display.width(dots);
      start.append(
          last ? Display.cut(piece.text + " ", room, dots) : piece.text, piece.tone, piece.gap);
      if (last) {
        break;
      }
    }
    return start;
  }

  boolean isEmpty() {
    return pieces.isEmpty();
  }

  /// Columns, in one line.
  int width() {
    return width;
  }

  /// Writes it in one line.
  void write(Page page) {
    for (Piece piece : pieces) {
      page.spaces(piece.gap);
      page.text(piece.text, piece.tone);
    }
  }

  /// The phrase in lines: the first at most `first` columns wide, the others `rest`. There is
  /// always at least one, which may be empty.
  List<Phrase> wrap(int first, int rest) {
    if (width <= first) {
      return List.of(this);
    }
    List<Phrase> lines = new ArrayList<>();
    Phrase line = new Phrase();
    int room = first;
    for (int i = 0; i < pieces.size(); ) {
      int end = i + 1;
      int wordWidth = pieces.get(i).width;
      while (end < pieces.size() && pieces.get(end).gap == 0) {
        wordWidth += pieces.get(end).width;
        end++;
      }
      int gap = line.isEmpty() ? 0 : pieces.get(i).gap;
      if (line.width + gap + wordWidth > room && !line.isEmpty()) {
        // A word too long for any line starts where it is if there is some room.
        if (wordWidth <= rest || line.width + gap + rest / 4 > room) {
          lines.add(line);
          line = new Phrase();
          room = rest;
          gap = 0;
        }
      }
      for (; i < end; i++) {
        Piece piece = pieces.get(i);
        String text = piece.text;
        while (line.width + gap + Display.width(text) > room) {
          int cut = beforeSpaces(text, softBreak(text, room - line.width - gap));
          if (cut > 0) {
            boolean kept = areShown(piece.text, piece.text.length() - text.length() + cut);
            line.append(text.substring(0, cut).stripTrailing(), piece.tone, gap);
            text = kept ? text.substring(cut) : text.substring(cut).stripLeading();
          } else if (line.isEmpty()) {
            break; // not even one character fits: the caller's room is too small for any text
          }
          lines.add(line);
          line = new Phrase();
          room = rest;
          gap = 0;
        }
        line.append(text, piece.tone, gap);
        gap = 0;
      }
    }
    if (!line.isEmpty() || lines.isEmpty()) {
      lines.add(line);
    }
    return lines;
  }

  /// The place of a break, moved in front of the spaces that it stands in or behind.
  private static int beforeSpaces(String text, int cut) {
    int start = cut;
    while (start > 0 && text.charAt(start - 1) == ' ') {
      start--;
    }
    return start > 0 ? start : cut;
  }

  /// Whether the spaces at a break begin the next line, where they can be counted: when there are
  /// several, or when they are a string's own.
  private static boolean areShown(String text, int at) {
    if (at + 1 >= text.length() || text.charAt(at) != ' ') {
      return false;
    }
    if (text.charAt(at + 1) == ' ') {
      return true;
    }
    boolean inString = false;
    for (int i = 0; i < at; i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '"') {
        inString = !inString;
      }
    }
    return inString;
  }

  /// Where to break a text that does not fit into `columns`: behind a comma with a space, else
  /// behind another separator, else anywhere.
  private static int softBreak(String text, int columns) {
    int limit = Display.fit(text, 0, Math.max(0, columns));
    if (limit >= text.length()) {
      return limit;
    }
    int least = limit / 3;
    for (int i = limit; i > least; i--) {
      if (text.charAt(i - 1) == ',' && text.charAt(i) == ' ') {
        return i;
      }
    }
    for (int i = limit; i > least; i--) {
      if ("|, /:<({".indexOf(text.charAt(i - 1)) >= 0 && text.charAt(i) != ':') {
        return i;
      }
    }
    return limit;
  }
}
