package trapline.why;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import trapline.follow.PathArguments;
import trapline.follow.RunThread;
import trapline.follow.RunTree;
import trapline.linux.vm.GuestCall;
import trapline.linux.vm.GuestView;
import trapline.model.CallKey;
import trapline.model.RemoteMemory;
import trapline.model.SyscallId;
import trapline.model.ThreadPath;

/// A guest's run in progress: its threads and calls, matched with those of the run on this machine.
final class GuestRun {
  /// A call that a thread of the guest has entered.
  ///
  /// @param memory the thread's, while it stands still
  /// @param there the thread
  /// @param ours the thread of this machine's run that makes it; `null` when none does, as far as
  ///     is known
  /// @param way to that thread, at the time of the call
  record Entered(
      CallKey key,
      List<PathArguments.Named> named,
      RemoteMemory memory,
      RunThread there,
      @Nullable RunThread ours,
      @Nullable ThreadPath way) {}

  private record Last(CallKey key, long pointer, RemoteMemory memory) {}

  private final RunTree tree = new RunTree(false);
  private final Counterparts counterparts;
  private final Map<Integer, Last> last = new HashMap<>();
  private boolean begun;

  /// @param here the run on this machine
  GuestRun(RunTree here, PathNames names) {
    this.counterparts = new Counterparts(here, names);
  }

  /// @param tells whether the call may be used to find out which of several threads makes it
  Entered entered(GuestCall call, GuestView guest, Predicate<CallKey> tells) {
    SyscallId id = new SyscallId(call.abi(), call.number());
    RemoteMemory memory = new SeenMemory(guest.memory());
    List<PathArguments.Named> named = PathArguments.read(id, call.arguments(), memory);
    CallKey key = tree.entered(call.thread(), id, call.ip(), call.arguments(), named);
    last.put(call.thread(), new Last(key, call.sp(), memory));
    RunThread there = tree.thread(call.thread());
    if (tells.test(key)) {
      counterparts.called(there, key);
    }
    RunThread ours = counterparts.of(there);
    return new Entered(
        key, named, memory, there, ours, ours == null ? null : ours.way(there.programs().size()));
  }

  /// The thread of this machine's run that a guest's thread is, as far as is known by now.
  @Nullable RunThread ours(RunThread there) {
    return counterparts.of(there);
  }

  void made(int creator, int thread) {
    RunThread there = tree.made(creator, thread);
    Last call = last.get(creator);
    if (call != null) {
      counterparts.made(there, call.key(), call.pointer(), call.memory());
    }
  }

  void executed(int thread) {
    if (!begun) {
      begun = true; // the guest's program itself
      return;
    }
    String program = tree.executed(thread, thread);
    counterparts.executed(tree.thread(thread), program);
  }
}
