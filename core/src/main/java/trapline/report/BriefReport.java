package trapline.report;

import java.util.List;
import trapline.model.Argument;
import trapline.model.Frame;
import trapline.model.Journey;
import trapline.model.Outcome;

/// A journey in one line: call, result, the user's line, duration, in columns.
@SuppressWarnings("IfChainToSwitch") // see CallHeader.outcome
public final class BriefReport {
  private static final int DURATION = 8;

  private BriefReport() {}

  public static String render(Journey journey, Style style) {
    Page page = new Page(style);
    String dots = page.glyphs.dots;
    int placeWidth = style.width() * 3 / 10;
    String duration =
        journey.nanoseconds() < 0 ? "" : Numbers.duration(journey.nanoseconds(), page.glyphs.micro);
    int timeWidth = Math.max(DURATION, Display.width(duration));
    int callWidth = style.width() - placeWidth - timeWidth - 4;
    Phrase outcome = outcome(journey.outcome()).cut(callWidth / 2, dots);
    // The result is seen whatever the arguments are.
    int room = callWidth - outcome.width() - 1;
    String name = Display.clean(journey.name());
    String arguments = arguments(journey);
    Phrase line = Phrase.of(name, Tone.STRONG).glue(arguments);
    if (line.width() > room) {
      line = line.cut(room - 1, dots).glue(")");
    }
    line.append(outcome, 1);
    String place = place(page, journey, placeWidth);
    if (!place.isEmpty()) {
      line.at(callWidth + 2, place, Tone.PLAIN);
    }
    if (!duration.isEmpty()) {
      line.at(style.width() - Display.width(duration), duration, Tone.FAINT);
    }
    line.write(page);
    page.newline();
    return page.toString();
  }

  private static Phrase outcome(Outcome outcome) {
    if (outcome instanceof Outcome.Failed failed) {
      return Phrase.of("= -1 " + failed.errno().name(), Tone.ERROR);
    }
    return outcome instanceof Outcome.Returned ? CallHeader.outcome(outcome) : Phrase.of("= ?");
  }

  private static String arguments(Journey journey) {
    StringBuilder text = new StringBuilder("(");
    List<Argument> arguments = journey.arguments();
    for (int i = 0; i < arguments.size(); i++) {
      text.append(i == 0 ? "" : ", ").append(arguments.get(i).value().text());
    }
    return Display.clean(text.append(')').toString());
  }

  private static String place(Page page, Journey journey, int width) {
    Frame frame = journey.userFrame();
    if (frame == null) {
      return "";
    }
    String where = page.fitted(Names.where(frame), width);
    int room = width - Display.width(where) - 2;
    String function = Display.clean(Names.function(frame, page.glyphs.dots));
    return frame.function().isEmpty() || Display.width(function) > room
        ? where
        : where + "  " + function;
  }
}
