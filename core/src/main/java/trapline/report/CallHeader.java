package trapline.report;

import java.util.List;
import trapline.model.Argument;
import trapline.model.Errno;
import trapline.model.Frame;
import trapline.model.Journey;
import trapline.model.Outcome;

/// The first line of a journey: the call, how it ended, who made it and how long it took.
final class CallHeader {
  private static final int COMMAND_MAX = 15;

  private CallHeader() {}

  static void render(Page page, Journey journey) {
    Phrase right = thread(journey);
    if (journey.occurrence() > 1) {
      right =
          new Phrase()
              .word(Numbers.ordinal(journey.occurrence()) + " time", Tone.FAINT)
              .append(right, 3);
    }
    page.spread(call(journey), hang(journey), time(right, journey, page));
  }

  /// The same with the place of the call: the form for calls whose road was shown before.
  static void renderRepeat(Page page, Journey journey) {
    again(page, journey, "#" + Numbers.count(journey.occurrence()));
  }

  /// The same for a call that came from a line before, but by another instruction; from a function
  /// where no line is known.
  static void renderSameLine(Page page, Journey journey, long times) {
    String what = isLineKnown(journey) ? " of this line" : " of this function";
    again(page, journey, "call site " + Numbers.count(times) + what);
  }

  private static void again(Page page, Journey journey, String count) {
    Phrase right = new Phrase();
    String place = place(page, journey);
    if (!place.isEmpty()) {
      right.word(place);
    }
    right.append(Phrase.of(count, Tone.FAINT), 3);
    right.append(thread(journey), 3);
    page.spread(call(journey), hang(journey), time(right, journey, page));
  }

  private static Phrase time(Phrase right, Journey journey, Page page) {
    if (journey.nanoseconds() >= 0) {
      right.word(Numbers.duration(journey.nanoseconds(), page.glyphs.micro), Tone.FAINT, 3);
    }
    return right;
  }

  private static int hang(Journey journey) {
    return Math.min(journey.name().length() + 1, 8);
  }

  private static Phrase call(Journey journey) {
    Phrase call = Phrase.of(journey.name(), Tone.STRONG).glue("(", Tone.PLAIN);
    List<Argument> arguments = journey.arguments();
    for (int i = 0; i < arguments.size(); i++) {
      Argument argument = arguments.get(i);
      String text = argument.name() + ": " + argument.value().text();
      if (i < arguments.size() - 1) {
        text += ",";
      } else {
        text += ")";
      }
      if (i == 0) {
        call.glue(text);
      } else {
        call.word(text);
      }
    }
    if (arguments.isEmpty()) {
      call.glue(")");
    }
    return call.append(outcome(journey.outcome()), 1);
  }

  // Tests of the type one by one, here and elsewhere in this package, in place of a switch over the
  // sealed type: a switch would be linked at run time, which costs 15 ms once the program starts
  // and is not kept in the AOT cache.
  static Phrase outcome(Outcome outcome) {
    if (outcome instanceof Outcome.Returned returned) {
      String text = returned.text();
      return Phrase.of(
          "= " + (text.isEmpty() ? Long.toString(returned.value()) : text), Tone.STRONG);
    }
    if (outcome instanceof Outcome.Failed failed) {
      Errno errno = failed.errno();
      return Phrase.of("= -1 " + errno.name() + " (" + errno.text() + ")", Tone.ERROR);
    }
    if (outcome instanceof Outcome.Restarted restarted) {
      return Phrase.of("= ? " + restarted.code(), Tone.STRONG)
          .words("(a signal interrupted it; the kernel starts it again)", Tone.PLAIN);
    }
    if (outcome instanceof Outcome.NeverReturned never) {
      return Phrase.of("= ?", Tone.STRONG)
          .words("(does not return: " + never.why() + ")", Tone.PLAIN);
    }
    if (outcome instanceof Outcome.NeverRan never) {
      return Phrase.of("= ?", Tone.STRONG).words("(never ran: " + never.why() + ")", Tone.PLAIN);
    }
    return Phrase.of("= ?", Tone.STRONG).glue(" (still running)");
  }

  private static Phrase thread(Journey journey) {
    boolean main = journey.processId() == journey.threadId();
    Phrase thread = Phrase.of("thread " + journey.threadId(), Tone.FAINT);
    String command = journey.command();
    if (!command.isEmpty() && !command.equals(programName(journey))) {
      thread.word("(" + command + ")", Tone.FAINT);
    }
    if (!main) {
      thread.word("of " + journey.processId(), Tone.FAINT);
    }
    return thread;
  }

  /// What the kernel calls a thread of this program that has no name of its own.
  private static String programName(Journey journey) {
    if (!journey.program().name().isEmpty()) {
      return cut(journey.program().name());
    }
    Frame user = journey.userFrame();
    return user == null ? "" : cut(Names.baseName(user.module()));
  }

  private static String cut(String name) {
    return name.length() > COMMAND_MAX ? name.substring(0, COMMAND_MAX) : name;
  }

  private static boolean isLineKnown(Journey journey) {
    Frame user = journey.userFrame();
    return user != null && user.place() != null;
  }

  private static String place(Page page, Journey journey) {
    Frame frame = journey.userFrame();
    if (frame == null) {
      return "";
    }
    int room = page.style.width() / 3;
    String dots = page.glyphs.dots;
    return page.fitted(Names.where(frame), room)
        + "  "
        + Display.cutMiddle(Display.clean(Names.function(frame, dots)), room, dots);
  }
}
