package trapline.report;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.model.CodeLine;
import trapline.model.Hop;
import trapline.model.Journey;
import trapline.model.Place;
import trapline.model.Step;

/// The road instruction by instruction, as someone stepping in a debugger would see it.
public final class StepsReport {
  private static final int INDENT = 2;
  private static final int HANG = 4;
  private static final int MAX_MNEMONIC = 8;

  /// From this width on there is room for the symbols.
  private static final int WIDE = 90;

  /// Columns for an offset without its symbol.
  private static final int LEAST_SYMBOL = 6;

  /// Columns below which the registers get a line of their own.
  private static final int LEAST = 24;

  /// The names of the bits of `eflags` (Intel SDM, volume 1, section 3.4.3) that instructions of a
  /// program change; the others are not shown.
  private static final String[] FLAGS = {
    "CF", "", "PF", "", "AF", "", "ZF", "SF", "TF", "", "DF", "OF"
  };

  private StepsReport() {}

  /// The journey's steps: address, symbol with offset, AT&T text and the registers that changed,
  /// under a heading wherever the module or function changes, and under their source lines. Empty
  /// when there are no steps.
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
    Step.@Nullable Source source = null;
    for (Step step : journey.steps()) {
      if (step instanceof Step.Source line) {
        source = line;
        continue;
      }
      if (step instanceof Step.Executed executed) {
        CodeLine code = executed.code();
        String in = executed.module();
        String at = Names.functionOf(code.symbol());
        if (!in.equals(module) || !at.equals(function)) {
          heading(page, in, at);
          source = source != null && source.place() == null ? null : source;
          module = in;
          function = at;
        }
        if (source != null) {
          source(page, source);
          source = null;
        }
        executed(page, columns, code, executed.changed());
        continue;
      }
      if (step instanceof Step.Collapsed collapsed) {
        collapsed(page, collapsed);
      } else if (step instanceof Step.Trap trap) {
        trap(page, trap);
      }
      module = "";
      function = "";
    }
    page.newline();
    return page.toString();
  }

  private static void collapsed(Page page, Step.Collapsed collapsed) {
    long count = collapsed.instructions();
    Phrase line =
        Phrase.of(page.glyphs.dots, Tone.FAINT)
            .words(Names.shown(collapsed.what(), page.glyphs.dots), Tone.PLAIN);
    line.word(
        Numbers.count(count) + (count == 1 ? " instruction" : " instructions"), Tone.FAINT, 2);
    page.paragraph(INDENT, HANG, line);
  }

  private static void trap(Page page, Step.Trap trap) {
    page.boundary(true);
    Phrase line = new Phrase().words(trap.call(), Tone.KERNEL);
    if (!trap.result().isEmpty()) {
      line.words("= " + trap.result(), Tone.KERNEL_HEADING);
    }
    page.paragraph(INDENT, HANG, line);
    page.boundary(false);
  }

  private static void heading(Page page, String module, String function) {
    Phrase heading = new Phrase();
    heading.word(
        function.isEmpty() ? "??" : Names.shown(function, page.glyphs.dots), Tone.USER_HEADING);
    if (!module.isEmpty()) {
      heading.word(Names.baseName(module), Tone.FAINT, 2);
    }
    page.paragraph(INDENT, 4, heading);
  }

  private static void source(Page page, Step.Source source) {
    Place known = source.place();
    String place =
        known == null ? "no source line" : Display.clean(page.style.shown(known.toString()));
    String text = source.text();
    Phrase line = new Phrase();
    if (text == null || text.isBlank()) {
      int room = page.style.width() - INDENT - 2;
      line.word(Display.cutPath(place, room, page.glyphs.dots), Tone.FAINT);
    } else {
      line.word(Names.baseName(place), Tone.FAINT);
      line.at(line.width() + 2, Display.cleanSource(text.strip()), Tone.STRONG);
    }
    page.paragraph(INDENT + 2, HANG, line);
  }

  private static void executed(
      Page page, Columns columns, CodeLine code, List<Hop.RegisterValue> changed) {
    String address = runtimeAddress(code);
    Phrase line = Phrase.of(" ".repeat(columns.address - address.length()) + address, Tone.FAINT);
    int column = columns.address + 2;
    String dots = page.glyphs.dots;
    String symbol = symbol(code, columns.symbol, dots);
    if (!symbol.isEmpty()) {
      line.at(column, symbol, Tone.FAINT);
    }
    column += columns.symbol + 2;
    line.at(column, CodeBlock.mnemonic(code.text()), Tone.PLAIN);
    String operands = Names.shown(CodeBlock.operands(code.text()), dots);
    int operandsColumn = column + columns.mnemonic + 1;
    if (!operands.isEmpty()) {
      line.at(operandsColumn, operands, Tone.PLAIN);
    }
    Phrase effects = effects(code, changed, dots);
    int start = Math.max(operandsColumn + columns.operands + 2, line.width() + 2);
    int room = page.style.width() - INDENT - 2;
    if (!effects.isEmpty() && start + effects.width() <= room) {
      line.append(effects, start - line.width());
      page.paragraph(INDENT + 2, HANG, line);
      return;
    }
    page.paragraph(INDENT + 2, HANG, line);
    if (!effects.isEmpty()) {
      page.paragraph(INDENT + 2 + Math.max(0, room - start < LEAST ? column : start), 0, effects);
    }
  }

  private static Phrase effects(CodeLine code, List<Hop.RegisterValue> changed, String dots) {
    Phrase effects = new Phrase();
    for (Hop.RegisterValue register : changed) {
      String name = register.name();
      if (!name.equals("rip")) {
        String value =
            name.equals("eflags") ? flags(register.value()) : Numbers.register(register.value());
        effects.word(name + "=" + value, Tone.USER);
      }
    }
    if (!code.note().isEmpty()) {
      effects.words(Names.shown(code.note(), dots), Tone.USER);
    }
    String comment = Names.shown(CodeBlock.comment(code.text()), dots);
    if (!comment.isEmpty()) {
      effects.word(comment, Tone.FAINT, 2);
    }
    return effects;
  }

  /// The status and direction flags by name, as gdb shows them.
  private static String flags(long eflags) {
    StringBuilder out = new StringBuilder("[");
    for (int bit = 0; bit < FLAGS.length; bit++) {
      if (!FLAGS[bit].isEmpty() && (eflags >>> bit & 1) != 0) {
        out.append(out.length() > 1 ? " " : "").append(FLAGS[bit]);
      }
    }
    return out.append(']').toString();
  }

  /// The symbol with its offset; only the offset, as the function is in the heading, where there is
  /// no room for both.
  private static String symbol(CodeLine code, int columns, String dots) {
    String symbol = Display.clean(symbolWithOffset(code, dots));
    if (Display.width(symbol) <= columns) {
      return symbol;
    }
    return Display.cut(symbol.substring(symbol.lastIndexOf('+')), columns, "");
  }

  private static String runtimeAddress(CodeLine code) {
    return Long.toHexString(code.address().value());
  }

  /// The offset in the function, whose name is in the heading.
  private static String symbolWithOffset(CodeLine code, String dots) {
    String symbol = code.symbol();
    if (symbol.isEmpty()) {
      return "";
    }
    String shown = Names.shown(symbol, dots);
    return Names.offsetAt(symbol) < 0 ? shown + "+0" : shown;
  }

  /// Widths of the columns.
  private record Columns(int address, int symbol, int mnemonic, int operands) {
    static Columns of(List<Step> steps, Style style) {
      String dots = Glyphs.of(style).dots;
      int address = 0;
      int symbol = 0;
      int mnemonic = 0;
      int operands = 0;
      for (Step step : steps) {
        if (step instanceof Step.Executed executed) {
          CodeLine code = executed.code();
          address = Math.max(address, runtimeAddress(code).length());
          symbol = Math.max(symbol, Display.width(symbolWithOffset(code, dots)));
          mnemonic = Math.max(mnemonic, CodeBlock.mnemonic(code.text()).length());
          operands =
              Math.max(operands, Display.width(Names.shown(CodeBlock.operands(code.text()), dots)));
        }
      }
      int symbolRoom = style.width() < WIDE ? LEAST_SYMBOL : style.width() / 4;
      return new Columns(
          address,
          Math.min(symbol, symbolRoom),
          Math.min(mnemonic, MAX_MNEMONIC),
          Math.min(operands, style.width() / 4));
    }
  }
}
