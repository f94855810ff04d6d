package trapline.report;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import trapline.model.Errno;
import trapline.model.ErrorOrigin;
import trapline.model.ErrorOrigin.Candidate;
import trapline.model.Explanation;
import trapline.model.Hop;
import trapline.model.HopKind;
import trapline.model.KernelRun;
import trapline.model.LocalCause;
import trapline.model.RanFunction;

/// Why a call failed, as text for people: the call, the user's line, the road that the error came
/// up in the kernel, and the answer in a sentence.
@SuppressWarnings("IfChainToSwitch") // see CallHeader.outcome
public final class WhyReport {
  /// Columns of the widest label: `called from`.
  private static final int LABEL = 11;

  private static final int MOST_CANDIDATES = 12;

  private static final Pattern SENTENCE = Pattern.compile("(?<=[.]) ");

  private final Explanation explanation;
  private final ErrorOrigin origin;
  private final Page page;

  private WhyReport(Explanation explanation, Style style) {
    this.explanation = explanation;
    this.origin = explanation.origin();
    this.page = Page.ofEvidence(style, LABEL);
  }

  /// Failed calls, in their order. Calls in a row of which the same is to be said share one answer,
  /// a road that was shown before is not shown again, and what answers in a row have in common is
  /// said behind the last of them.
  ///
  /// Every line ends with `\n` and none is wider than [Style#width()].
  public static String render(List<Explanation> explanations, Style style) {
    StringBuilder pages = new StringBuilder();
    Set<Road> shown = new HashSet<>();
    List<List<Explanation>> groups = groups(explanations);
    for (int i = 0; i < groups.size(); i++) {
      List<Explanation> group = groups.get(i);
      WhyReport report = new WhyReport(group.getFirst(), style);
      List<String> foot = foot(group);
      boolean last = i + 1 == groups.size() || !foot.equals(foot(groups.get(i + 1)));
      boolean isNew = shown.add(report.roadKey());
      pages.append(report.calls(group, isNew, last ? foot : List.of()));
    }
    return pages.toString();
  }

  private static List<List<Explanation>> groups(List<Explanation> explanations) {
    List<List<Explanation>> groups = new ArrayList<>();
    List<String> said = List.of();
    for (Explanation each : explanations) {
      List<String> here = new WhyReport(each, Style.PLAIN).allSaid();
      if (!here.equals(said)) {
        groups.add(new ArrayList<>());
        said = here;
      }
      groups.getLast().add(each);
    }
    return groups;
  }

  /// All that is said of a call below its first line, but for the note of its run.
  private List<String> allSaid() {
    below(false);
    KernelRun run = explanation.run();
    return List.of(page.toString(), run == null ? "" : observed(run), explanation.placesFrom());
  }

  /// What makes a road another one.
  ///
  /// @param functions with the places in them
  private record Road(
      ErrorOrigin.Kind kind, Errno errno, List<String> functions, List<Candidate> candidates) {}

  private Road roadKey() {
    List<String> functions = new ArrayList<>();
    for (ErrorOrigin.Teller teller : origin.road()) {
      functions.add(teller.function().name() + '+' + teller.offset());
    }
    return new Road(origin.kind(), origin.errno(), functions, origin.candidates());
  }

  /// @param isNew whether their road was not shown before
  private String calls(List<Explanation> group, boolean isNew, List<String> foot) {
    for (Explanation each : group) {
      CallHeader.render(page, each.journey());
    }
    page.newline();
    below(!isNew && !origin.road().isEmpty());
    for (String paragraph : foot) {
      page.paragraph(2, 0, new Phrase().words(paragraph, Tone.FAINT));
    }
    page.newline();
    return page.toString();
  }

  /// @param again whether the road was shown before
  private void below(boolean again) {
    userSide();
    causes();
    if (!again) {
      road();
      candidates();
    }
    answer(again);
  }

  private void userSide() {
    page.side(Tone.USER);
    if (explanation.journey().hop(HopKind.SOURCE_LINE) instanceof Hop.SourceLine line) {
      StackRows.render(page, "your code", line);
    }
    if (explanation.times() > 1) {
      page.row(
          "",
          new Phrase()
              .words(
                  "failed the same way "
                      + Numbers.count(explanation.times())
                      + " times at this line",
                  Tone.FAINT),
          "",
          Page.NO_MARK);
    }
    page.newline();
  }

  /// What on this machine made the call fail.
  private void causes() {
    if (explanation.causes().isEmpty()) {
      return;
    }
    String label = "here";
    for (LocalCause cause : explanation.causes()) {
      page.row(
          label,
          new Phrase().words(Display.cleanSource(cause.text()), Tone.PLAIN),
          "",
          cause.evidence().mark());
      label = "";
    }
    page.newline();
  }

  /// The functions that handed the error up, innermost first.
  private void road() {
    List<ErrorOrigin.Teller> road = origin.road();
    if (road.isEmpty()) {
      return;
    }
    page.side(Tone.KERNEL);
    for (int i = road.size() - 1; i >= 0; i--) {
      ErrorOrigin.Teller teller = road.get(i);
      boolean first = i == road.size() - 1;
      Phrase fact = Phrase.of(name(teller.function()), first ? Tone.STRONG : Tone.PLAIN);
      if (first) {
        fact.word(page.glyphs.here + " " + said(), Tone.ERROR, 2);
      }
      page.row(label(road.size() - 1 - i), fact, where(teller.function()), 'o');
      if (first) {
        instruction(teller);
      }
    }
    page.newline();
  }

  private String said() {
    return switch (origin.kind()) {
      case SIGNAL -> "saw the signal first";
      case USER_MEMORY -> "hit the bad address";
      case ELSEWHERE -> "found " + origin.errno().name();
      default -> "said " + origin.errno().name() + " first";
    };
  }

  private static String label(int fromInnermost) {
    return switch (fromInnermost) {
      case 0 -> "the kernel";
      case 1 -> "passed it";
      case 2 -> "up through";
      default -> "";
    };
  }

  private static String where(RanFunction function) {
    return function.placeText();
  }

  private void instruction(ErrorOrigin.Teller teller) {
    if (teller.offset() < 0) {
      return;
    }
    Phrase fact =
        Phrase.of("at " + name(teller.function()) + "+0x" + Long.toHexString(teller.offset()));
    if (!teller.instruction().isEmpty()) {
      fact.word(teller.instruction(), Tone.FAINT, 2);
    }
    page.row("", fact, "", Page.NO_MARK);
  }

  private void candidates() {
    if (origin.candidates().isEmpty()) {
      return;
    }
    String label = "candidates";
    int shown = 0;
    for (Candidate candidate : origin.candidates()) {
      if (shown++ == MOST_CANDIDATES) {
        int left = origin.candidates().size() - MOST_CANDIDATES;
        page.row(
            "",
            Phrase.of(page.glyphs.dots + " " + left + " more places", Tone.FAINT),
            "",
            Page.NO_MARK);
        break;
      }
      Phrase fact = new Phrase().words(Display.cleanSource(candidate.text()), Tone.PLAIN);
      if (!candidate.how().isEmpty()) {
        fact.words("(" + candidate.how() + ")", Tone.FAINT);
      }
      page.row(label, fact, candidate.place().toString(), 'i');
      label = "";
    }
    page.newline();
  }

  /// @param again whether the road was shown before
  private void answer(boolean again) {
    // Without a road the explanation is the answer, and says more than the kind alone does.
    boolean alone = origin.road().isEmpty() && !origin.explanation().isEmpty();
    String sentence = alone ? origin.explanation() : sentence(again);
    if (!sentence.isEmpty()) {
      page.paragraph(2, 0, new Phrase().words(sentence, Tone.STRONG));
    }
    if (!alone && !origin.explanation().isEmpty()) {
      page.paragraph(2, 0, new Phrase().words(origin.explanation(), Tone.PLAIN));
    }
    if (!origin.candidates().isEmpty() && !again) {
      page.paragraph(
          2,
          0,
          new Phrase()
              .words(
                  "The candidates are read from the source; which of them it was is not known.",
                  Tone.FAINT));
    }
  }

  /// What was observed, and where lines are from.
  private static List<String> foot(List<Explanation> group) {
    Explanation explanation = group.getFirst();
    List<String> foot = new ArrayList<>();
    KernelRun run = explanation.run();
    if (run != null) {
      String note = note(group);
      foot.add(note.isEmpty() ? observed(run) : observed(run) + " " + note);
    }
    if (!explanation.placesFrom().isEmpty()) {
      foot.add(
          "Lines are from "
              + explanation.placesFrom()
              + ". An inlined function counts as part of the one that it is in.");
    }
    return foot;
  }

  /// The sentences that hold for all of them.
  private static String note(List<Explanation> group) {
    List<String> sentences = null;
    for (Explanation each : group) {
      KernelRun run = each.run();
      List<String> own = run == null ? List.of() : List.of(SENTENCE.split(run.note()));
      if (sentences == null) {
        sentences = new ArrayList<>(own);
      } else {
        sentences.retainAll(own);
      }
    }
    return sentences == null ? "" : String.join(" ", sentences);
  }

  private String sentence(boolean again) {
    String errno = origin.errno().name();
    if (origin.road().isEmpty()) {
      return switch (origin.kind()) {
        case NO_SUCH_CALL -> "The kernel has no such call: no function of its own ran.";
        case SECCOMP -> "A seccomp filter answered " + errno + " before the call's function ran.";
        case LIBRARY -> "The C library answered " + errno + " without a trap into the kernel.";
        case SIGNAL -> "A signal interrupted the call.";
        default -> "";
      };
    }
    StringBuilder sentence = new StringBuilder();
    List<ErrorOrigin.Teller> road = origin.road();
    RanFunction innermost = road.getLast().function();
    String name = name(innermost) + place(innermost);
    sentence.append(
        switch (origin.kind()) {
          case SIGNAL -> "A signal interrupted the call: " + name + " saw it first";
          case USER_MEMORY ->
              errno + ": " + name + " hit an address of the program that it may not access";
          case ELSEWHERE -> errno + " was set elsewhere and found by " + name;
          case SECCOMP -> "A seccomp filter answered " + errno + ", in " + name;
          case NO_SUCH_CALL -> "The kernel has no such call: " + name + " answers " + errno;
          default -> errno + " was first said by " + name;
        });
    if (again) {
      return sentence.append(", on the same path as above.").toString();
    }
    for (int i = road.size() - 2; i >= 0; i--) {
      sentence
          .append(i == road.size() - 2 ? ", called by " : " " + page.glyphs.from + " ")
          .append(name(road.get(i).function()));
    }
    return sentence.append('.').toString();
  }

  private String name(RanFunction function) {
    return Names.shown(function.name(), page.glyphs.dots);
  }

  private static String place(RanFunction function) {
    return function.places().isEmpty() ? "" : " (" + function.placeText() + ")";
  }

  private static String observed(KernelRun run) {
    StringBuilder text = new StringBuilder("Observed in ");
    text.append(where(run)).append("; ");
    text.append(
        run.where() == KernelRun.Where.LIVE
            ? "it is this run's own call"
            : run.difference().isEmpty()
                ? run.where() == KernelRun.Where.LIVE_SECOND_RUN
                    ? "there the call failed the same way"
                    : "the call failed the same way on this machine"
                : "not as on this machine: " + run.difference());
    return text.append('.').toString();
  }

  /// Which kernel was observed: `guest kernel 6.12.117 (emulated)`.
  public static String where(KernelRun run) {
    return switch (run.where()) {
      case LIVE -> "the running kernel " + run.release() + " (live)";
      case LIVE_SECOND_RUN -> "the running kernel " + run.release() + " (live, second run)";
      case GUEST_EMULATED -> "guest kernel " + run.release() + " (emulated)";
    };
  }
}
