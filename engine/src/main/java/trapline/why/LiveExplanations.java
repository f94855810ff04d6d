package trapline.why;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import trapline.follow.FailureSession.Failure;
import trapline.kernel.run.CallTree;
import trapline.kernel.run.TracedCall;
import trapline.linux.tracefs.TracingAbility.Able;
import trapline.linux.tracefs.TracingAbility.Values;
import trapline.model.ErrorOrigin;
import trapline.model.Explanation;
import trapline.model.KernelRun;

/// Explains failed calls by what the running kernel's tracer told of them.
///
/// Where the tracer tells no return values the program is run a second time, with probes on the
/// returns of the functions that the first run saw.
public final class LiveExplanations {
  private final Able able;
  private final LiveTools tools;

  public LiveExplanations(Able able, LiveTools tools) {
    this.able = able;
    this.tools = tools;
  }

  /// One explanation for each failure, in the same order.
  ///
  /// @param again runs the program once more with a watch, and gives the calls that failed then;
  ///     only called when that is needed
  public List<Explanation> of(List<Failure> failures, Function<LiveObserver, List<Failure>> again) {
    List<Failure> seen = failures;
    KernelRun.Where where = KernelRun.Where.LIVE;
    if (able.values() != Values.TRACER && able.values() != Values.NONE) {
      seen = secondRun(failures, again);
      where = KernelRun.Where.LIVE_SECOND_RUN;
    }
    List<ErrorOrigin> origins = new ArrayList<>();
    List<@Nullable KernelRun> runs = new ArrayList<>();
    for (int i = 0; i < failures.size(); i++) {
      TracedCall ran = seen.get(i).ran();
      boolean same = ran != null;
      TracedCall first = failures.get(i).ran();
      TracedCall told = same ? ran : first;
      runs.add(told == null ? null : tools.run(told, same ? where : KernelRun.Where.LIVE));
      origins.add(
          ran != null && able.values() != Values.NONE
              ? tools.origin(ran)
              : Explanations.unknown(failures.get(i), why(first)));
    }
    List<ErrorOrigin> whole = tools.source().withCandidates(origins);
    List<Explanation> explanations = new ArrayList<>();
    for (int i = 0; i < failures.size(); i++) {
      Failure failure = failures.get(i);
      ErrorOrigin origin = whole.get(i);
      explanations.add(
          new Explanation(
              failure.journey(),
              failure.times(),
              origin,
              runs.get(i),
              origin.road().isEmpty() ? "" : tools.source().description(),
              failure.causes()));
    }
    return explanations;
  }

  private String why(@Nullable TracedCall first) {
    if (first == null) {
      return "The kernel's tracer did not report this call.";
    }
    return able.values() == Values.NONE
        ? "This kernel's tracer reports which functions ran, but not what they returned: it was"
            + " built without CONFIG_FUNCTION_GRAPH_RETVAL, and has no return probes."
        : "The program's second run, with return probes, did not make this call again with the"
            + " same result.";
  }

  /// For each failure the same one of the second run, or one in which nothing was seen.
  private List<Failure> secondRun(
      List<Failure> failures, Function<LiveObserver, List<Failure>> again) {
    Set<String> functions = new LinkedHashSet<>();
    for (Failure failure : failures) {
      TracedCall ran = failure.ran();
      CallTree tree = ran == null ? null : ran.tree();
      if (tree != null) {
        functions.addAll(tree.names());
      }
    }
    List<Failure> others;
    try (LiveObserver observer = LiveObserver.again(able, tools, tools.probeable(functions))) {
      others = again.apply(observer);
    }
    List<Failure> found = new ArrayList<>();
    for (Failure failure : failures) {
      Failure same = failure.unwatched();
      for (Failure other : others) {
        boolean isSame =
            other.key().samePosition(failure.key())
                && other.key().sameCall(failure.key())
                && other.journey().outcome().equals(failure.journey().outcome());
        same = isSame ? other : same;
      }
      found.add(same);
    }
    return found;
  }
}
