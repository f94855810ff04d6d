package trapline.why;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import trapline.abi.Errnos;
import trapline.follow.RunTree;
import trapline.kernel.run.CallTree;
import trapline.linux.vm.Guest;
import trapline.linux.vm.GuestCall;
import trapline.linux.vm.GuestFailure;
import trapline.linux.vm.GuestKernel;
import trapline.linux.vm.GuestLimits;
import trapline.linux.vm.GuestResult;
import trapline.linux.vm.GuestSpec;
import trapline.linux.vm.Recording;
import trapline.model.CallKey;
import trapline.model.ErrorOrigin;
import trapline.model.KernelRun;
import trapline.model.MalformedBinary;
import trapline.model.Outcome;
import trapline.model.ThreadPath;

/// Observes a kernel by running the program once more in a guest.
public final class GuestObserver {
  private static final int EINTR = 4;

  /// How long the runs are compared when a call was not found.
  private static final Duration COMPARISON = Duration.ofMinutes(1);

  private final GuestKernel kernel;
  private final GuestTools tools;
  private final IntConsumer progress;

  /// @param source the source of that kernel, as far as it is known
  /// @param progress is told how many of the wanted calls have been seen
  public GuestObserver(GuestKernel kernel, Source source, IntConsumer progress) {
    this.kernel = kernel;
    this.progress = progress;
    this.tools = new GuestTools(kernel, source.places());
  }

  /// A call of the run on this machine.
  ///
  /// @param outcome how it ended here
  public record Wanted(CallKey key, Outcome outcome) {}

  /// A wanted call in the guest.
  ///
  /// @param run what ran
  /// @param origin who said the error, when the call failed in the same way in both runs; else
  ///     `null`
  public record Seen(KernelRun run, @Nullable ErrorOrigin origin) {}

  /// How the guest went.
  ///
  /// @param calls for each wanted call what was seen; `null` when the guest's run did not make it
  /// @param guest how it ended; `null` when it was ended as soon as all was seen, or given up
  /// @param givenUp why it was given up before its end; empty when it was not
  /// @param lacked files of this machine that the program asked for in the guest in vain; only
  ///     looked for when a call was not seen, or ended otherwise
  /// @param difference the first call at which the guest's run went another way, as a phrase; empty
  ///     when that was not looked for, or not found
  public record Observed(
      List<@Nullable Seen> calls,
      @Nullable GuestResult guest,
      String givenUp,
      List<Path> lacked,
      String difference) {}

  /// Runs the program in the guest until all wanted calls were seen, or to its end.
  ///
  /// @param here the run that the wanted calls are of
  /// @throws GuestFailure when that did not work and no call was seen
  public Observed observe(List<Wanted> wanted, RunTree here, GuestSpec spec) {
    PathNames names = new PathNames(here.paths());
    Reader reader = new Reader(wanted);
    List<CallKey> keys = wanted.stream().map(Wanted::key).toList();
    CallSearch search = new CallSearch(keys, here, names, reader);
    GuestResult result = null;
    String givenUp = "";
    try {
      result = new Guest(kernel).run(spec, search);
    } catch (CallSearch.AllFound e) {
      return new Observed(reader.seen, null, "", List.of(), "");
    } catch (GuestFailure e) {
      if (reader.seen.stream().allMatch(Objects::isNull)) {
        throw e;
      }
      givenUp = String.valueOf(e.getMessage());
    }
    search.finish();
    if (search.missing().isEmpty()) {
      return new Observed(reader.seen, result, givenUp, List.of(), "");
    }
    LackedFiles lacked = new LackedFiles(spec.program().directory(), spec.files().absent());
    String difference = difference(search.missing(), here, names, lacked, spec);
    return new Observed(reader.seen, result, givenUp, lacked.paths(), difference);
  }

  /// Runs the program once more, and compares its calls with those of this machine's run.
  private String difference(
      List<CallKey> missing, RunTree here, PathNames names, LackedFiles lacked, GuestSpec spec) {
    Set<ThreadPath> threads = new HashSet<>();
    missing.forEach(each -> threads.add(each.thread()));
    RunComparison comparison = new RunComparison(here, names, lacked, threads);
    GuestLimits usual = spec.limits();
    GuestLimits limits = new GuestLimits(COMPARISON, usual.silence(), usual.recording());
    try {
      new Guest(kernel)
          .run(new GuestSpec(spec.program(), spec.files(), limits, spec.source()), comparison);
    } catch (RunComparison.Found | GuestFailure e) {
      return comparison.difference(); // as far as it came
    }
    return comparison.difference();
  }

  /// Reads the recordings of the calls that are found.
  private final class Reader implements CallSearch.Finder {
    private final List<Wanted> wanted;
    private final List<@Nullable Seen> seen = new ArrayList<>();
    private final Map<CallMatch.Match, Seen> possible = new HashMap<>();
    private int found;

    Reader(List<Wanted> wanted) {
      this.wanted = wanted;
      wanted.forEach(each -> seen.add(null));
    }

    @Override
    public boolean seen(CallMatch.Match matched, GuestCall call, Recording recording) {
      Outcome outcome = wanted.get(matched.wanted()).outcome();
      boolean same = isSame(outcome, recording.result());
      if (same) {
        possible.put(matched, read(outcome, matched, recording, true));
      } else if (matched.certainty() == CallMatch.Certainty.SAME_PLACE) {
        // Shown unless a later one ends as it did here.
        seen.set(matched.wanted(), read(outcome, matched, recording, false));
      }
      return same;
    }

    @Override
    public void found(CallMatch.Match matched) {
      seen.set(matched.wanted(), possible.get(matched));
      progress.accept(++found);
    }

    private Seen read(Outcome outcome, CallMatch.Match matched, Recording recording, boolean same) {
      try {
        CallTree tree = tools.tree(recording);
        String difference = difference(matched, recording.result(), same);
        boolean failed = same && recording.result().isPresent() && failure(outcome) != 0;
        ErrorOrigin origin =
            failed ? tools.origin(tree, (int) -recording.result().getAsLong()) : null;
        return new Seen(tools.run(tree, recording, difference, origin), origin);
      } catch (MalformedBinary e) {
        throw new GuestFailure(
            GuestFailure.Kind.EMULATOR,
            "what the emulator recorded cannot be read: " + e.getMessage(),
            e);
      }
    }

    private static String difference(CallMatch.Match matched, OptionalLong result, boolean same) {
      if (!same) {
        return "there the call " + text(result);
      }
      if (matched.certainty() == CallMatch.Certainty.SAME_PLACE) {
        return "";
      }
      return "there the same call ended the same way, but the calls came in another order"
          + (matched.attempt() > 1
              ? "; " + matched.attempt() + " calls matched, and this is the first that ended so"
              : "");
    }

    /// The error of a failed call, positive; 0 when it did not fail.
    private static int failure(Outcome outcome) {
      return outcome instanceof Outcome.Failed failed ? failed.errno().number() : 0;
    }

    private static boolean isSame(Outcome outcome, OptionalLong result) {
      if (result.isEmpty()) {
        return outcome instanceof Outcome.NeverReturned;
      }
      long value = result.getAsLong();
      boolean restart = Errnos.isRestart((int) -value);
      int errno = failure(outcome);
      return errno == 0
          ? !Errnos.isError(value) && !restart
          : value == -errno || (errno == EINTR && restart);
    }

    private static String text(OptionalLong result) {
      if (result.isEmpty()) {
        return "did not return";
      }
      long value = result.getAsLong();
      return Errnos.isError(value)
          ? "failed with " + Errnos.of((int) -value).name()
          : "returned " + value;
    }
  }

  /// The error that a result is, positive; 0 when it is none.
  static int error(long result) {
    return Errnos.isError(result) || Errnos.isRestart((int) -result) ? (int) -result : 0;
  }
}
