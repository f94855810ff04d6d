package trapline.why;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import trapline.abi.Errnos;
import trapline.abi.SyscallTable;
import trapline.follow.RunThread;
import trapline.follow.RunTree;
import trapline.linux.vm.CallSelection;
import trapline.linux.vm.CallWatcher;
import trapline.linux.vm.GuestCall;
import trapline.linux.vm.GuestView;
import trapline.linux.vm.Recording;
import trapline.model.CallKey;
import trapline.model.ThreadPath;

/// Finds where a guest's run first differs from the run on this machine: the first call of a thread
/// that ended differently, else the first call that the other run did not make there.
final class RunComparison implements CallWatcher {
  private static final int EINTR = 4;
  private static final int EAGAIN = 11;

  /// How many calls of the other run may be passed over to find the same one.
  private static final int AHEAD = 64;

  /// How many more calls are looked at once a difference is known: they may tell of files.
  private static final int BEHIND = 2000;

  /// Ends a guest whose run is known to differ.
  static final class Found extends RuntimeException {
    private static final long serialVersionUID = 1;

    Found() {
      super("where the runs differ is known", null, false, false);
    }
  }

  private final GuestRun run;
  private final PathNames names;
  private final LackedFiles lacked;
  private final Set<RunThread> onTheWay = new HashSet<>();
  private final Map<Integer, GuestRun.Entered> inside = new HashMap<>();
  private final Map<RunThread, Integer> positions = new HashMap<>();
  private int behind;
  private String onWay = "";
  private String elsewhere = "";
  private String other = "";

  /// @param threads those whose calls were not found
  RunComparison(RunTree here, PathNames names, LackedFiles lacked, Set<ThreadPath> threads) {
    this.run = new GuestRun(here, names);
    this.names = names;
    this.lacked = lacked;
    for (RunThread each : here.threads()) {
      for (int i = 0; i <= each.programs().size(); i++) {
        ThreadPath way = each.way(i);
        if (way != null && threads.contains(way)) {
          for (RunThread up = each; up != null && onTheWay.add(up); ) {
            up = up.creator();
          }
        }
      }
    }
  }

  /// As a phrase, such as `access("/a") here gave 0, there failed with ENOENT`; empty when no
  /// difference was found.
  String difference() {
    return !onWay.isEmpty() ? onWay : !elsewhere.isEmpty() ? elsewhere : other;
  }

  @Override
  public CallSelection selection() {
    return CallSelection.EVERY_RESULT;
  }

  @Override
  public boolean entered(GuestCall call, GuestView guest) {
    GuestRun.Entered entered = run.entered(call, guest, each -> true);
    lacked.entered(call, entered.named(), guest);
    inside.put(call.thread(), entered);
    if (!onWay.isEmpty() && ++behind > BEHIND) {
      throw new Found();
    }
    return false;
  }

  @Override
  public void returned(GuestCall call, long result) {
    GuestRun.Entered entered = inside.remove(call.thread());
    RunThread ours = entered == null ? null : entered.ours();
    if (entered == null || ours == null) {
      return;
    }
    List<RunThread.Made> calls = ours.calls();
    int from = positions.getOrDefault(ours, 0);
    for (int i = from; i < calls.size() && i < from + AHEAD; i++) {
      CallKey key = calls.get(i).key();
      if (key.mayBe(entered.key()) && names.alike(key.paths(), entered.key().paths())) {
        positions.put(ours, i + 1);
        Long here = calls.get(i).result();
        if (here != null && isAnother(here, result)) {
          ended(ours, text(key) + " here " + text(here) + ", there " + text(result));
        }
        return;
      }
    }
    if (other.isEmpty() && onTheWay.contains(ours) && from < calls.size()) {
      other =
          "here " + text(calls.get(from).key()) + " was called, and there " + text(entered.key());
    }
  }

  private void ended(RunThread thread, String text) {
    if (onTheWay.contains(thread)) {
      onWay = onWay.isEmpty() ? text : onWay;
    }
    elsewhere = elsewhere.isEmpty() ? text : elsewhere;
  }

  private static boolean isAnother(long here, long there) {
    return GuestObserver.error(here) != GuestObserver.error(there)
        && !isOfTheMoment(GuestObserver.error(here))
        && !isOfTheMoment(GuestObserver.error(there));
  }

  private static boolean isOfTheMoment(int errno) {
    return errno == EINTR || errno == EAGAIN || Errnos.isRestart(errno);
  }

  private static String text(CallKey call) {
    StringBuilder text = new StringBuilder();
    text.append(SyscallTable.of(call.id().abi()).nameOf(call.id().number()));
    String separator = "(";
    for (String each : call.paths()) {
      text.append(separator).append('"').append(each).append('"');
      separator = ", ";
    }
    return text.append(call.paths().isEmpty() ? "" : ")").toString();
  }

  private static String text(long result) {
    return GuestObserver.error(result) != 0
        ? "failed with " + Errnos.of(GuestObserver.error(result)).name()
        : result >= 0 && result < 1 << 20 ? "gave " + result : "worked";
  }

  @Override
  public void recorded(GuestCall call, Recording recording) {
    // Nothing is recorded.
  }

  @Override
  public void made(int creator, int thread) {
    run.made(creator, thread);
  }

  @Override
  public void executed(int thread) {
    run.executed(thread);
  }
}
