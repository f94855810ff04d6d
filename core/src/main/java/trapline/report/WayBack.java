package trapline.report;

import java.util.ArrayList;
import java.util.List;
import trapline.model.CodeLine;
import trapline.model.Errno;
import trapline.model.Hop;
import trapline.model.HopKind;
import trapline.model.Journey;
import trapline.model.Outcome;

/// The last section: the result on its way from its register to the caller's variable.
@SuppressWarnings("IfChainToSwitch") // see CallHeader.outcome
final class WayBack {
  private WayBack() {}

  /// @param close whether the line of the boundary has said all of the kernel's side
  static void render(Page page, Journey journey, Road road, boolean close) {
    Hop hop = road.get(HopKind.RETURN);
    page.gap();
    if (hop instanceof Hop.Return back) {
      if (!close) {
        page.boundary(false);
      }
      page.side(Tone.USER);
      page.gap();
      back(page, journey, road, back);
      return;
    }
    Phrase why =
        hop instanceof Hop.Missing missing
            ? Absence.phrase(page, missing.why(), missing.remedy())
            : absent(page, journey.outcome());
    page.lastHeading("BACK", why, "", Page.NO_MARK);
  }

  private static Phrase absent(Page page, Outcome outcome) {
    String why;
    if (outcome instanceof Outcome.NeverReturned never) {
      why = "it does not return: " + never.why();
    } else if (outcome instanceof Outcome.NeverRan never) {
      why = "the call never ran: " + never.why();
    } else if (outcome instanceof Outcome.StillRunning) {
      why = "it had not returned when Trapline stopped looking";
    } else if (outcome instanceof Outcome.Restarted restarted) {
      why = "the kernel starts it again (" + restarted.code() + ")";
    } else {
      why = "the way back was not followed";
    }
    return Absence.phrase(page, why, "");
  }

  private static void back(Page page, Journey journey, Road road, Hop.Return back) {
    Phrase way = new Phrase();
    String register = journey.id().abi().resultRegister() + " = ";
    if (journey.outcome() instanceof Outcome.Failed(Errno errno)) {
      way.word(register + back.result() + " (-" + errno.name() + ")", Tone.ERROR);
    } else {
      way.word(register + number(back.result()));
    }
    if (!back.branch().isEmpty()) {
      way.step(page.glyphs.to, Names.shown(back.branch(), page.glyphs.dots), Tone.PLAIN);
    }
    if (!back.errnoStore().isEmpty()) {
      String value =
          journey.outcome() instanceof Outcome.Failed(Errno errno)
              ? "errno = " + errno.number() + " at "
              : "errno at ";
      String at = Names.shown(back.errnoStore(), page.glyphs.dots);
      way.step(page.glyphs.to, value + at, Tone.PLAIN);
    } else if (journey.outcome() instanceof Outcome.Returned
        && road.isEstablished(HopKind.WRAPPER)
        && !back.branch().isEmpty()) {
      way.step(page.glyphs.to, "errno untouched", Tone.PLAIN);
    }
    if (!back.assignment().isEmpty()) {
      way.step(page.glyphs.to, Names.shown(back.assignment(), page.glyphs.dots), Tone.STRONG);
    }
    List<CodeLine> code = new ArrayList<>(back.code().size());
    for (CodeLine line : back.code()) {
      if (!page.told.hasCodeBack(road, line) && (page.told.isEmpty() || !isOfWrapper(road, line))) {
        code.add(line);
      }
    }
    Phrase note = back.note().isEmpty() ? new Phrase() : Absence.phrase(page, back.note(), "");
    boolean whole = page.told.isEmpty();
    if (!whole && code.isEmpty()) {
      way.append(note, 1);
    }
    String place = Names.shown(back.place(), page.glyphs.dots);
    page.lastHeading("BACK", way, place, back.evidence().mark());
    if (whole) {
      CodeBlock.render(page, "", code, "", Page.NO_MARK);
      if (!note.isEmpty()) {
        page.row("", note, "", Page.NO_MARK);
      }
    } else if (!code.isEmpty()) {
      CodeBlock.renderDense(page, code, "", note);
    }
  }

  /// Whether the instruction is one of those that the library's section of this journey shows.
  private static boolean isOfWrapper(Road road, CodeLine line) {
    if (!line.note().isEmpty() || !(road.get(HopKind.WRAPPER) instanceof Hop.Wrapper wrapper)) {
      return false;
    }
    for (CodeLine each : wrapper.code()) {
      if (each.address().equals(line.address())) {
        return true;
      }
    }
    return false;
  }

  private static String number(long value) {
    return value > -4096 && value < 1L << 32 ? Long.toString(value) : Numbers.hex(value);
  }
}
