package trapline.why;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import trapline.abi.Errnos;
import trapline.follow.FailureSession.Failure;
import trapline.kernel.run.CallTree;
import trapline.linux.vm.CallWatcher;
import trapline.linux.vm.Guest;
import trapline.linux.vm.GuestCall;
import trapline.linux.vm.GuestKernel;
import trapline.linux.vm.GuestResult;
import trapline.linux.vm.GuestSpec;
import trapline.linux.vm.Recording;
import trapline.model.CallKey;
import trapline.model.Errno;
import trapline.model.ErrorOrigin;
import trapline.model.Explanation;
import trapline.model.KernelRun;
import trapline.model.MalformedBinary;
import trapline.model.Outcome;

/// Explains failed calls by running the program once more in a guest kernel.
public final class GuestObserver {
  private static final int EINTR = 4;

  private final GuestKernel kernel;
  private final GuestTools tools;
  private final Source source;

  /// @param source the source of that kernel, as far as it is known
  public GuestObserver(GuestKernel kernel, Source source) {
    this.kernel = kernel;
    this.source = source;
    this.tools = new GuestTools(kernel, source.places());
  }

  /// The explanations, and how the guest went.
  ///
  /// @param explanations one for each failure, in the same order
  public record Observed(List<Explanation> explanations, GuestResult guest) {}

  /// Runs the program in the guest.
  ///
  /// @throws trapline.linux.vm.GuestFailure when that did not work
  public Observed explain(List<Failure> failures, GuestSpec spec) {
    Watch watch = new Watch(failures);
    GuestResult result = new Guest(kernel).run(spec, watch);
    List<Explanation> explanations = new ArrayList<>();
    for (int i = 0; i < failures.size(); i++) {
      Explanation found = watch.found.get(i);
      explanations.add(found == null ? notMade(failures.get(i), result) : found);
    }
    return new Observed(explanations, result);
  }

  private static Explanation notMade(Failure failure, GuestResult result) {
    StringBuilder why =
        new StringBuilder("The program's run in the guest kernel did not come to this call");
    if (result.signal() != 0) {
      why.append(": a signal (").append(result.signal()).append(") ended it there");
    } else {
      why.append("; it ended there with status ").append(result.exitStatus());
    }
    String last = lastLine(result.errors());
    if (!last.isEmpty()) {
      why.append(" and last wrote to its standard error: ").append(last);
    }
    why.append(". What it needs from this machine can be named with --include.");
    return unknown(failure, why.toString());
  }

  private static String lastLine(byte[] text) {
    String all = new String(text, java.nio.charset.StandardCharsets.UTF_8).strip();
    String last = all.substring(all.lastIndexOf('\n') + 1);
    return last.length() > 200 ? last.substring(0, 200) : last;
  }

  private static Explanation unknown(Failure failure, String why) {
    return new Explanation(
        failure.journey(),
        failure.times(),
        new ErrorOrigin(errno(failure), ErrorOrigin.Kind.UNKNOWN, List.of(), List.of(), why),
        null,
        "");
  }

  private static Errno errno(Failure failure) {
    return failure.journey().outcome() instanceof Outcome.Failed failed
        ? failed.errno()
        : Errnos.of(EINTR);
  }

  /// Chooses the calls to record and reads the recordings.
  private final class Watch implements CallWatcher {
    private final List<Failure> failures;
    private final CallMatch match;
    private final List<@Nullable Explanation> found;
    private final Map<GuestCall, CallMatch.Match> recording = new HashMap<>();

    Watch(List<Failure> failures) {
      this.failures = failures;
      List<CallKey> keys = new ArrayList<>();
      this.found = new ArrayList<>();
      for (Failure failure : failures) {
        keys.add(failure.key());
        found.add(null);
      }
      this.match = new CallMatch(keys);
    }

    @Override
    public boolean entered(GuestCall call) {
      CallMatch.Match matched = match.entered(call);
      if (matched != null) {
        recording.put(call, matched);
      }
      return matched != null;
    }

    @Override
    public void recorded(GuestCall call, Recording seen) {
      CallMatch.Match matched = recording.remove(call);
      if (matched == null) {
        return;
      }
      Failure failure = failures.get(matched.wanted());
      Errno errno = errno(failure);
      OptionalLong result = seen.result();
      boolean same = result.isPresent() && isResult(result.getAsLong(), errno.number());
      if (!same && matched.certainty() != CallMatch.Certainty.SAME_PLACE) {
        return; // one of the calls that might have been it
      }
      match.settle(matched.wanted());
      found.set(matched.wanted(), explanation(failure, matched, errno, seen, same));
    }

    private Explanation explanation(
        Failure failure, CallMatch.Match matched, Errno errno, Recording seen, boolean same) {
      CallTree tree;
      try {
        tree = tools.tree(seen);
      } catch (MalformedBinary e) {
        return unknown(failure, "The recording cannot be read: " + e.getMessage() + ".");
      }
      String difference = "";
      if (!same) {
        difference = "there the call " + text(seen.result());
      } else if (matched.certainty() == CallMatch.Certainty.SAME_CALL) {
        difference = "there the same call failed the same way, but the order of calls is another";
      }
      KernelRun run = tools.run(tree, seen, difference);
      ErrorOrigin origin =
          same
              ? source.withCandidates(tools.origin(tree, code(seen, errno)))
              : new ErrorOrigin(
                  errno,
                  ErrorOrigin.Kind.UNKNOWN,
                  List.of(),
                  List.of(),
                  "What makes the call fail here lies outside of what the guest shares with this"
                      + " machine: another process, a mount, a limit, a file that was not carried,"
                      + " or the other kernel.");
      return new Explanation(
          failure.journey(),
          failure.times(),
          origin,
          run,
          origin.road().isEmpty() ? "" : source.description());
    }

    private static int code(Recording recording, Errno errno) {
      long result = recording.result().orElse(-errno.number());
      return (int) -result;
    }

    private static boolean isResult(long result, int errno) {
      return result == -errno || (errno == EINTR && Errnos.isRestart((int) -result));
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
}
