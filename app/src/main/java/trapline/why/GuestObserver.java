package trapline.why;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import trapline.abi.Errnos;
import trapline.follow.CallCounter;
import trapline.follow.PathArguments;
import trapline.kernel.run.CallTree;
import trapline.linux.vm.CallWatcher;
import trapline.linux.vm.Guest;
import trapline.linux.vm.GuestCall;
import trapline.linux.vm.GuestFailure;
import trapline.linux.vm.GuestKernel;
import trapline.linux.vm.GuestResult;
import trapline.linux.vm.GuestSpec;
import trapline.linux.vm.GuestView;
import trapline.linux.vm.Recording;
import trapline.model.CallKey;
import trapline.model.ErrorOrigin;
import trapline.model.KernelRun;
import trapline.model.MalformedBinary;
import trapline.model.Outcome;
import trapline.model.SyscallId;

/// Observes a kernel by running the program once more in a guest.
public final class GuestObserver {
  private static final int EINTR = 4;

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
  /// @param lacked files of this machine that the program asked for in the guest in vain
  public record Observed(
      List<@Nullable Seen> calls, @Nullable GuestResult guest, String givenUp, List<Path> lacked) {}

  /// Ends a guest in which there is no more to see.
  private static final class AllSeen extends RuntimeException {
    private static final long serialVersionUID = 1;

    AllSeen() {
      super("all that was asked for was seen", null, false, false);
    }
  }

  /// Runs the program in the guest until all wanted calls were seen, or to its end.
  ///
  /// @throws GuestFailure when that did not work and no call was seen
  public Observed observe(List<Wanted> wanted, GuestSpec spec) {
    LackedFiles lacked = new LackedFiles(spec.program().directory(), spec.files().absent());
    Watch watch = new Watch(wanted, lacked);
    try {
      GuestResult result = new Guest(kernel).run(spec, watch);
      return new Observed(watch.seen, result, "", lacked.paths());
    } catch (AllSeen e) {
      return new Observed(watch.seen, null, "", lacked.paths());
    } catch (GuestFailure e) {
      if (watch.left == wanted.size()) {
        throw e;
      }
      return new Observed(watch.seen, null, String.valueOf(e.getMessage()), lacked.paths());
    }
  }

  /// Chooses the calls to record and reads the recordings.
  private final class Watch implements CallWatcher {
    private final List<Wanted> wanted;
    private final CallMatch match;
    private final CallCounter counter = new CallCounter();
    private final LackedFiles lacked;
    private final List<@Nullable Seen> seen = new ArrayList<>();
    private final Map<GuestCall, CallMatch.Match> running = new HashMap<>();
    private int left;

    Watch(List<Wanted> wanted, LackedFiles lacked) {
      this.lacked = lacked;
      this.wanted = wanted;
      this.left = wanted.size();
      List<CallKey> keys = new ArrayList<>();
      for (Wanted each : wanted) {
        keys.add(each.key());
        seen.add(null);
      }
      this.match = new CallMatch(keys);
    }

    @Override
    public boolean entered(GuestCall call, GuestView guest) {
      SyscallId id = new SyscallId(call.abi(), call.number());
      List<PathArguments.Named> named = PathArguments.read(id, call.arguments(), guest.memory());
      lacked.entered(call, named, guest);
      CallMatch.Match matched =
          match.entered(counter.entered(call.thread(), id, call.ip(), call.arguments(), named));
      if (matched != null) {
        running.put(call, matched);
      }
      return matched != null;
    }

    @Override
    public void recorded(GuestCall call, Recording recording) {
      CallMatch.Match matched = running.remove(call);
      if (matched == null) {
        return;
      }
      Outcome outcome = wanted.get(matched.wanted()).outcome();
      boolean same = isSame(outcome, recording.result());
      if (!same && matched.certainty() != CallMatch.Certainty.SAME_PLACE) {
        return; // one of the calls that might have been it
      }
      match.settle(matched.wanted());
      seen.set(matched.wanted(), read(outcome, matched.certainty(), recording, same));
      left--;
      progress.accept(wanted.size() - left);
      if (left == 0) {
        throw new AllSeen();
      }
    }

    private Seen read(
        Outcome outcome, CallMatch.Certainty certainty, Recording recording, boolean same) {
      try {
        CallTree tree = tools.tree(recording);
        String difference = difference(certainty, recording.result(), same);
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

    private static String difference(
        CallMatch.Certainty certainty, OptionalLong result, boolean same) {
      if (!same) {
        return "there the call " + text(result);
      }
      return certainty == CallMatch.Certainty.SAME_PLACE
          ? ""
          : "there the same call ended the same way, but the order of calls is another";
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
}
