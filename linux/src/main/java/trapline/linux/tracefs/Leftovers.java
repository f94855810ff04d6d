package trapline.linux.tracefs;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import trapline.linux.proc.Owner;
import trapline.linux.tracefs.TracingAbility.Values;

/// Removes instances and probes: a session's own at its end, and those that killed ones have left.
final class Leftovers {
  private static final long PATIENCE_MILLIS = 2_000;
  private static final long PAUSE_MILLIS = 10;

  private Leftovers() {}

  /// Removes what Traplines have left that are not running any more, and nothing else. What cannot
  /// be removed stays for the next time.
  static void remove(Tracefs tracefs) {
    for (String name : tracefs.instances()) {
      InstanceName instance = InstanceName.parse(name);
      if (instance != null && instance.owner().isGone()) {
        try {
          removeInstance(tracefs, name, instance);
        } catch (IOException e) {
          // Somebody reads it, perhaps; the next run tries again.
        }
      }
    }
    for (Values kind : new Values[] {Values.KPROBE, Values.FPROBE}) {
      ProbeFiles probes = new ProbeFiles(tracefs, kind);
      for (String group : probes.groups()) {
        Owner owner = InstanceName.ownerOfGroup(group);
        if (owner != null && owner.isGone()) {
          try {
            probes.remove(group);
          } catch (IOException e) {
            // The same.
          }
        }
      }
    }
  }

  /// Removes one instance with all that it has set. Its probes are left, not enabled any more.
  ///
  /// @throws IOException when it is still there
  static void removeInstance(Tracefs tracefs, String name, InstanceName instance)
      throws IOException {
    IOException failure = null;
    try {
      SharedOptions.restore(tracefs, name, instance.before());
    } catch (IOException e) {
      failure = e;
    }
    // The kernel takes back tracer, events and filters with the directory, which it refuses as long
    // as a file in it is open.
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (true) {
      try {
        tracefs.folders().remove(tracefs.instance(name));
        break;
      } catch (IOException e) {
        if (System.nanoTime() > end || !pause()) {
          throw e;
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static boolean pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
