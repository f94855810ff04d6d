package trapline.report;

import java.util.List;
import trapline.model.CodeLine;

/// Machine instructions in columns: address, mnemonic, operands, what they do for the call.
final class CodeBlock {
  private static final int MIN_MNEMONIC = 5;
  private static final int MAX_MNEMONIC = 9;

  private final Page page;
  private final int addressWidth;
  private final int operandsColumn;
  private final int noteColumn;

  private String shownOperands(CodeLine line) {
    return Names.shown(operands(line.text()), page.glyphs.dots);
  }

  private CodeBlock(Page page, List<CodeLine> code) {
    this.page = page;
    int address = 0;
    int mnemonic = MIN_MNEMONIC;
    int operands = 0;
    for (CodeLine line : code) {
      address = Math.max(address, address(line).length());
      mnemonic = Math.max(mnemonic, mnemonic(line.text()).length());
      if (!line.note().isEmpty() || !comment(line.text()).isEmpty()) {
        operands = Math.max(operands, Display.width(shownOperands(line)));
      }
    }
    addressWidth = address;
    operandsColumn = address + 2 + Math.min(mnemonic, MAX_MNEMONIC) + 1;
    noteColumn = Math.min(operandsColumn + operands + 2, page.area() * 5 / 8);
  }

  /// The first word of an instruction.
  static String mnemonic(String text) {
    int end = text.indexOf(' ');
    return end < 0 ? text : text.substring(0, end);
  }

  /// What follows the mnemonic, without the spaces between and without the comment.
  static String operands(String text) {
    int start = text.indexOf(' ');
    if (start < 0) {
      return "";
    }
    int end = commentStart(text);
    return text.substring(start, Math.max(start, end)).strip();
  }

  /// The disassembler's comment, such as `# 4018 <socket@GLIBC_2.2.5>`; empty when there is none.
  static String comment(String text) {
    return text.substring(commentStart(text)).strip();
  }

  private static int commentStart(String text) {
    int start = text.indexOf(" # ");
    return start < 0 ? text.length() : start;
  }

  /// Writes the instructions in rows under `label`.
  ///
  /// @param last what stands behind the last one; may be empty
  /// @param mark the evidence of all of them, beside the first
  static void render(Page page, String label, List<CodeLine> code, String last, char mark) {
    CodeBlock block = new CodeBlock(page, code);
    String function = "";
    String rowLabel = label;
    char rowMark = mark;
    for (int i = 0; i < code.size(); i++) {
      CodeLine line = code.get(i);
      String in = Names.functionOf(line.symbol());
      String place = in.equals(function) ? "" : block.place(line);
      function = in;
      block.row(rowLabel, line, i == code.size() - 1 ? last : "", place, rowMark);
      rowLabel = "";
      rowMark = Page.NO_MARK;
    }
  }

  /// Writes the instructions one behind the other in as few rows as they need: those of a library
  /// matter less once its way of making a call was seen.
  ///
  /// @param known a note that need not be written, because the way back says the same
  /// @param end what follows the last one; may be empty
  static void renderDense(Page page, List<CodeLine> code, String known, Phrase end) {
    String dots = page.glyphs.dots;
    Phrase all = new Phrase();
    String function = "";
    for (CodeLine line : code) {
      if (!all.isEmpty()) {
        all.glue(page.style.unicode() ? " " + page.glyphs.dot : page.glyphs.dot, Tone.FAINT);
      }
      String in = Names.functionOf(line.symbol());
      all.word(address(line), Tone.FAINT);
      if (!in.equals(function)) {
        all.glue(" <" + Names.shown(line.symbol(), dots) + ">", Tone.FAINT);
        function = in;
      }
      String operands = Names.shown(operands(line.text()), dots);
      all.glue(" " + mnemonic(line.text()) + (operands.isEmpty() ? "" : " " + operands));
      String comment = Names.shown(comment(line.text()), dots);
      if (!comment.isEmpty()) {
        all.glue(" " + comment, Tone.FAINT);
      }
      if (!line.note().isEmpty() && !line.note().equals(known)) {
        all.glue(" " + Names.shown(line.note(), dots), page.side());
      }
      if (line.here()) {
        all.glue(" " + page.glyphs.here + " here", page.side().heading());
      }
    }
    page.row("", all.append(end, 1), "", Page.NO_MARK);
  }

  private String place(CodeLine line) {
    String symbol = Display.clean(Names.shown(line.symbol(), page.glyphs.dots));
    return Display.cutMiddle(symbol, page.area() * 2 / 3, page.glyphs.dots);
  }

  private void row(String label, CodeLine line, String more, String place, char mark) {
    Phrase fact = instruction(line);
    Phrase note = note(line).word(more, Tone.FAINT, 2);
    int column = note.isEmpty() ? 0 : Math.max(noteColumn, fact.width() + 2);
    boolean beside = column + note.width() <= page.area();
    if (beside && !note.isEmpty()) {
      fact.append(note, column - fact.width());
    }
    if (!place.isEmpty() && fact.width() + 2 + Display.width(place) > page.area()) {
      page.row(label, new Phrase(), place, mark);
      page.row("", fact, "", Page.NO_MARK);
    } else {
      page.row(label, fact, place, mark);
    }
    if (!beside) {
      int room = page.area() - operandsColumn;
      for (Phrase rest : note.wrap(room, room)) {
        page.row("", Phrase.of(" ".repeat(operandsColumn)).append(rest, 0), "", Page.NO_MARK);
      }
    }
  }

  private Phrase instruction(CodeLine line) {
    String address = address(line);
    Phrase fact = Phrase.of(" ".repeat(addressWidth - address.length()) + address, Tone.FAINT);
    fact.at(addressWidth + 2, mnemonic(line.text()), Tone.PLAIN);
    String operands = shownOperands(line);
    if (!operands.isEmpty()) {
      fact.at(operandsColumn, operands, Tone.PLAIN);
    }
    return fact;
  }

  private Phrase note(CodeLine line) {
    Phrase note = new Phrase();
    if (!line.note().isEmpty()) {
      note.words(Names.shown(line.note(), page.glyphs.dots), page.side());
    }
    if (line.here()) {
      note.word(page.glyphs.here + " here", page.side().heading(), 2);
    }
    String comment = Names.shown(comment(line.text()), page.glyphs.dots);
    if (!comment.isEmpty()) {
      note.word(comment, Tone.FAINT, 2);
    }
    return note;
  }

  private static String address(CodeLine line) {
    return Long.toHexString(line.linkAddress().value());
  }
}
