package trapline.report;

import java.util.List;
import trapline.model.CodeLine;

/// Machine instructions in columns: address, mnemonic, operands, what they do for the call.
final class CodeBlock {
  private static final int MAX_MNEMONIC = 9;
  private static final int MIN_NOTE = 16;

  private CodeBlock() {}

  /// The mnemonic with its prefixes.
  static String mnemonic(String text) {
    int end = mnemonicEnd(text);
    return text.substring(0, end);
  }

  /// What follows the mnemonic, without the spaces between.
  static String operands(String text) {
    return text.substring(mnemonicEnd(text)).strip();
  }

  private static int mnemonicEnd(String text) {
    int end = text.indexOf(' ');
    return end < 0 ? text.length() : end;
  }

  /// Writes the instructions in rows under `label`.
  ///
  /// @param mark the evidence of all of them, beside the first
  static void render(Page page, String label, List<CodeLine> code, char mark) {
    int addressWidth = 0;
    int mnemonicWidth = 0;
    int operandsWidth = 0;
    for (CodeLine line : code) {
      addressWidth = Math.max(addressWidth, address(line).length());
      mnemonicWidth = Math.max(mnemonicWidth, mnemonic(line.text()).length());
      if (!line.note().isEmpty() || line.here()) {
        operandsWidth = Math.max(operandsWidth, Display.width(operands(line.text())));
      }
    }
    mnemonicWidth = Math.min(mnemonicWidth, MAX_MNEMONIC);
    int operandsColumn = addressWidth + 2 + mnemonicWidth + 1;
    int noteColumn =
        Math.min(operandsColumn + operandsWidth + 2, Math.max(operandsColumn, page.area() * 5 / 8));
    String function = "";
    boolean first = true;
    for (CodeLine line : code) {
      String symbol = line.symbol();
      boolean moved = !Names.functionOf(symbol).equals(function);
      function = Names.functionOf(symbol);
      String address = address(line);
      Phrase fact = new Phrase();
      fact.glue(" ".repeat(addressWidth - address.length()) + address, Tone.FAINT);
      fact.at(addressWidth + 2, mnemonic(line.text()), Tone.PLAIN);
      String operands = operands(line.text());
      if (!operands.isEmpty()) {
        fact.at(operandsColumn, operands, Tone.PLAIN);
      }
      Phrase note = note(page, line);
      String place = symbol.isEmpty() || !moved ? "" : shortSymbol(page, symbol);
      String rowLabel = first ? label : "";
      char rowMark = first ? mark : Page.NO_MARK;
      first = false;
      if (note.isEmpty()) {
        page.row(rowLabel, fact, place, rowMark);
        continue;
      }
      int column = Math.max(noteColumn, fact.width() + 2);
      if (column + Math.min(note.width(), MIN_NOTE) <= page.area()) {
        int room = page.area() - column;
        List<Phrase> lines = note.wrap(room, page.area() - noteColumn);
        fact.append(lines.getFirst(), column - fact.width());
        page.row(rowLabel, fact, place, rowMark);
        for (Phrase rest : lines.subList(1, lines.size())) {
          page.row("", indented(noteColumn, rest), "", Page.NO_MARK);
        }
      } else {
        page.row(rowLabel, fact, place, rowMark);
        for (Phrase rest : note.wrap(page.area() - operandsColumn, page.area() - operandsColumn)) {
          page.row("", indented(operandsColumn, rest), "", Page.NO_MARK);
        }
      }
    }
  }

  private static Phrase indented(int columns, Phrase phrase) {
    return Phrase.of(" ".repeat(columns)).append(phrase, 0);
  }

  private static Phrase note(Page page, CodeLine line) {
    Phrase note = new Phrase();
    if (!line.note().isEmpty()) {
      note.words(line.note(), page.side());
    }
    if (line.here()) {
      note.word(page.glyphs.here + " here", page.side().heading(), 2);
    }
    return note;
  }

  private static String shortSymbol(Page page, String symbol) {
    return Display.cutMiddle(Display.clean(symbol), page.area() / 2, page.glyphs.dots);
  }

  private static String address(CodeLine line) {
    return Long.toHexString(line.linkAddress().value());
  }
}
