package trapline.report;

import java.util.List;
import trapline.model.CodeLine;
import trapline.model.Hop;
import trapline.model.Journey;
import trapline.model.Step;

/// The road instruction by instruction, as someone stepping in a debugger would see it.
public final class StepsReport {
  private static final int INDENT = 2;
  private static final int MAX_OFFSET = 28;
  private static final int MAX_TEXT = 44;

  private StepsReport() {}

  /// The journey's steps: address, symbol with offset, AT&T text and the registers that changed,
  /// under a heading wherever the module or function changes. Empty when there are no steps.
  ///
  /// @return lines that end with `\n`, none wider than [Style#width()]
  public static String render(Journey journey, Style style) {
    if (journey.steps().isEmpty()) {
      return "";
    }
    Page page = new Page(style);
    Columns columns = Columns.of(journey.steps(), style);
    page.paragraph(0, 0, Phrase.of("STEPS", Tone.STRONG));
    String module = "";
    String function = "";
    for (Step step : journey.steps()) {
      switch (step) {
        case Step.Executed(CodeLine code, String in, List<Hop.RegisterValue> changed) -> {
          String at = Names.functionOf(code.symbol());
          if (!in.equals(module) || !at.equals(function)) {
            heading(page, in, at);
            module = in;
            function = at;
          }
          executed(page, columns, code, changed);
        }
        case Step.Collapsed(String what, long instructions) -> {
          Phrase line = Phrase.of(page.glyphs.dots, Tone.FAINT);
          line.words(what, Tone.PLAIN);
          line.word(
              Numbers.count(instructions) + (instructions == 1 ? " instruction" : " instructions"),
              Tone.FAINT,
              2);
          page.paragraph(INDENT, 4, line);
          module = "";
          function = "";
        }
        case Step.Trap(String call, String result) -> {
          page.boundary(true);
          Phrase line = new Phrase().words(call, Tone.KERNEL);
          if (!result.isEmpty()) {
            line.words("= " + result, Tone.KERNEL_HEADING);
          }
          page.paragraph(INDENT, 4, line);
          page.boundary(false);
          module = "";
          function = "";
        }
      }
    }
    page.newline();
    return page.toString();
  }

  private static void heading(Page page, String module, String function) {
    Phrase heading = new Phrase();
    heading.word(function.isEmpty() ? "??" : function, Tone.USER_HEADING);
    if (!module.isEmpty()) {
      heading.word(Names.baseName(module), Tone.FAINT, 2);
    }
    page.paragraph(INDENT, 4, heading);
  }

  private static void executed(
      Page page, Columns columns, CodeLine code, List<Hop.RegisterValue> changed) {
    Phrase line = new Phrase();
    String address = runtimeAddress(code);
    line.glue(" ".repeat(columns.address - address.length()) + address, Tone.FAINT);
    int column = columns.address + 2;
    String offset = symbolWithOffset(code);
    if (!offset.isEmpty()) {
      line.at(
          column,
          Display.cutMiddle(Display.clean(offset), columns.offset, page.glyphs.dots),
          Tone.FAINT);
    }
    column += columns.offset + 2;
    line.at(column, CodeBlock.mnemonic(code.text()), Tone.PLAIN);
    String operands = CodeBlock.operands(code.text());
    if (!operands.isEmpty()) {
      line.at(column + columns.mnemonic + 1, operands, Tone.PLAIN);
    }
    Phrase effects = effects(page, code, changed);
    int effectsColumn = column + columns.text + 2;
    int room = page.style.width() - INDENT - 2;
    if (effects.isEmpty()) {
      page.paragraph(INDENT + 2, 4, line);
      return;
    }
    int start = Math.max(effectsColumn, line.width() + 2);
    List<Phrase> lines = effects.wrap(room - start, room - effectsColumn);
    if (room - start >= Math.min(20, lines.getFirst().width())
        && lines.getFirst().width() <= room - start) {
      line.append(lines.getFirst(), start - line.width());
      page.paragraph(INDENT + 2, 4, line);
      for (Phrase rest : lines.subList(1, lines.size())) {
        page.paragraph(INDENT + 2 + effectsColumn, 0, rest);
      }
    } else {
      page.paragraph(INDENT + 2, 4, line);
      page.paragraph(INDENT + 2 + Math.min(effectsColumn, room / 2), 0, effects);
    }
  }

  private static Phrase effects(Page page, CodeLine code, List<Hop.RegisterValue> changed) {
    Phrase effects = new Phrase();
    for (Hop.RegisterValue register : changed) {
      effects.word(register.name() + "=" + Numbers.register(register.value()), Tone.USER, 1);
    }
    if (!code.note().isEmpty()) {
      effects.words(code.note(), Tone.FAINT);
    }
    if (code.here()) {
      effects.word(page.glyphs.here + " here", Tone.USER_HEADING, 2);
    }
    return effects;
  }

  private static String runtimeAddress(CodeLine code) {
    return Long.toHexString(code.address().value());
  }

  /// The offset in the function, whose name is in the heading.
  private static String symbolWithOffset(CodeLine code) {
    String symbol = code.symbol();
    int plus = symbol.lastIndexOf('+');
    if (symbol.isEmpty()) {
      return "";
    }
    return plus < 0 ? symbol + "+0" : symbol;
  }

  private record Columns(int address, int offset, int mnemonic, int text) {
    static Columns of(List<Step> steps, Style style) {
      int address = 0;
      int offset = 0;
      int mnemonic = 0;
      int operands = 0;
      for (Step step : steps) {
        if (step instanceof Step.Executed executed) {
          CodeLine code = executed.code();
          address = Math.max(address, runtimeAddress(code).length());
          offset = Math.max(offset, Display.width(symbolWithOffset(code)));
          mnemonic = Math.max(mnemonic, CodeBlock.mnemonic(code.text()).length());
          operands =
              Math.max(
                  operands, Math.min(MAX_TEXT, Display.width(CodeBlock.operands(code.text()))));
        }
      }
      mnemonic = Math.min(mnemonic, 8);
      offset = Math.min(offset, Math.min(MAX_OFFSET, style.width() / 5));
      int text = Math.min(mnemonic + 1 + operands, style.width() * 2 / 5);
      return new Columns(address, offset, mnemonic, text);
    }
  }
}
