package trapline.why;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import trapline.abi.Errnos;
import trapline.follow.FailureSession.Failure;
import trapline.linux.vm.GuestResult;
import trapline.model.Errno;
import trapline.model.ErrorOrigin;
import trapline.model.Explanation;
import trapline.model.KernelRun;
import trapline.model.Outcome;

/// Joins failed calls with what was seen of them in a guest kernel.
public final class Explanations {
  private static final int EINTR = 4;
  private static final int LONGEST_LINE = 200;
  private static final int MOST_LACKED = 4;

  private Explanations() {}

  /// One explanation for each failure, in the same order.
  public static List<Explanation> of(
      List<Failure> failures, GuestObserver.Observed observed, Source source) {
    List<ErrorOrigin> origins = new ArrayList<>();
    List<String> places = new ArrayList<>();
    for (int i = 0; i < failures.size(); i++) {
      ErrorOrigin origin = origin(failures.get(i), observed.calls().get(i), observed);
      origins.add(origin);
      places.add(origin.road().isEmpty() ? "" : source.description());
    }
    List<ErrorOrigin> whole = source.withCandidates(origins);
    List<Explanation> explanations = new ArrayList<>();
    for (int i = 0; i < failures.size(); i++) {
      GuestObserver.Seen seen = observed.calls().get(i);
      explanations.add(explanation(failures.get(i), whole.get(i), seen, places.get(i)));
    }
    return explanations;
  }

  /// A failure of which nothing was seen in a kernel.
  ///
  /// @param why as sentences
  public static Explanation unobserved(Failure failure, String why) {
    return explanation(failure, unknown(failure, why), null, "");
  }

  private static ErrorOrigin origin(
      Failure failure, GuestObserver.@Nullable Seen seen, GuestObserver.Observed observed) {
    if (seen == null) {
      return unknown(failure, notMade(observed));
    }
    ErrorOrigin origin = seen.origin();
    return origin != null
        ? origin
        : unknown(
            failure,
            "What makes the call fail here lies outside of what the guest shares with this"
                + " machine: another process, a mount, a limit, a file that was not carried, "
                + (InMemory.mayMatter(failure.journey())
                    ? "the file system (the guest's is a tmpfs), "
                    : "")
                + "or the other kernel."
                + (observed.difference().isEmpty()
                    ? ""
                    : " The runs first differed where " + observed.difference() + ".")
                + lacked(observed));
  }

  private static Explanation explanation(
      Failure failure, ErrorOrigin origin, GuestObserver.@Nullable Seen seen, String places) {
    KernelRun run = seen == null ? null : seen.run();
    if (run != null
        && InMemory.mayMatter(failure.journey())
        && !run.note().contains(InMemory.NOTE)) {
      run = run.with(InMemory.NOTE);
    }
    return new Explanation(
        failure.journey(), failure.times(), origin, run, places, failure.causes());
  }

  private static String notMade(GuestObserver.Observed observed) {
    StringBuilder why =
        new StringBuilder("The program's run in the guest kernel did not reach this call");
    GuestResult guest = observed.guest();
    if (!observed.givenUp().isEmpty()) {
      return why + ": " + observed.givenUp() + ".";
    }
    if (guest != null) {
      if (guest.signal() != 0) {
        why.append(": signal ").append(guest.signal()).append(" ended it there");
      } else {
        why.append("; it ended there with status ").append(guest.exitStatus());
      }
      String last = observed.difference().isEmpty() ? lastLine(guest.errors()) : "";
      if (!last.isEmpty()) {
        why.append(" and last wrote to its standard error: ").append(last);
      }
    }
    if (!observed.difference().isEmpty()) {
      why.append(". The two runs first differed where ").append(observed.difference());
    }
    String lacked = lacked(observed);
    return why
        + "."
        + (lacked.isEmpty()
            ? " What it needs from this machine can be named with --guest-file."
            : lacked);
  }

  /// What the program asked for and did not get, as a sentence behind others.
  private static String lacked(GuestObserver.Observed observed) {
    List<Path> lacked = observed.lacked();
    if (lacked.isEmpty()) {
      return "";
    }
    int shown = Math.min(lacked.size(), MOST_LACKED);
    StringJoiner options = new StringJoiner(" ");
    for (Path each : lacked.subList(0, shown)) {
      options.add("--guest-file " + each);
    }
    int left = lacked.size() - shown;
    return " The guest lacked "
        + lacked.getFirst()
        + (lacked.size() == 1 ? "" : " and " + (lacked.size() - 1) + " more files of this machine")
        + ", which the program asked for there: "
        + options
        + (left == 0 ? "" : " and " + left + " more")
        + ".";
  }

  private static String lastLine(byte[] text) {
    String all = new String(text, StandardCharsets.UTF_8).strip();
    String last = all.substring(all.lastIndexOf('\n') + 1);
    return last.length() > LONGEST_LINE ? last.substring(0, LONGEST_LINE) : last;
  }

  static ErrorOrigin unknown(Failure failure, String why) {
    Errno errno =
        failure.journey().outcome() instanceof Outcome.Failed failed
            ? failed.errno()
            : Errnos.of(EINTR);
    return new ErrorOrigin(errno, ErrorOrigin.Kind.UNKNOWN, List.of(), List.of(), why);
  }
}
