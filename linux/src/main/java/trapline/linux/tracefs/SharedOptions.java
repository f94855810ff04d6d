package trapline.linux.tracefs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// Options of the tracer `function_graph`: how its text looks. On most kernels all instances share
/// them (`tracer_flags` in `kernel/trace/trace_functions_graph.c`), so only those that are not as
/// they must be are changed, and they are changed back.
final class SharedOptions {
  /// How they must be, for the text to be read; those that a kernel does not have are passed over.
  private static final Map<String, String> NEEDED =
      Map.of(
          "funcgraph-cpu", "1",
          "funcgraph-duration", "1",
          "funcgraph-proc", "1",
          "funcgraph-tail", "1",
          "funcgraph-abstime", "0",
          "funcgraph-overrun", "0",
          "funcgraph-retaddr", "0",
          "funcgraph-args", "0",
          "funcgraph-retval", "1");

  private SharedOptions() {}

  static boolean isOne(String option) {
    return NEEDED.containsKey(option);
  }

  /// Which must be changed, with their values from before: those too that another living Trapline
  /// has changed, since whoever of them ends last changes them back.
  static Map<String, String> toChange(Tracefs tracefs) {
    Map<String, String> before = new LinkedHashMap<>();
    for (String name : tracefs.instances()) {
      InstanceName other = InstanceName.parse(name);
      if (other != null && !other.owner().isGone()) {
        before.putAll(other.before());
      }
    }
    for (Map.Entry<String, String> each : NEEDED.entrySet()) {
      String value = TraceFile.read(tracefs.file("options").resolve(each.getKey())).strip();
      if (!value.isEmpty() && !value.equals(each.getValue())) {
        before.put(each.getKey(), value);
      }
    }
    return before;
  }

  /// Sets what is needed, in an instance.
  static void apply(Path instance) throws IOException {
    for (Map.Entry<String, String> each : NEEDED.entrySet()) {
      Path file = instance.resolve("options").resolve(each.getKey());
      String value = TraceFile.read(file).strip();
      if (!value.isEmpty() && !value.equals(each.getValue())) {
        TraceFile.set(file, each.getValue());
      }
    }
  }

  /// Changes back what an instance has changed, unless another living Trapline needs it or somebody
  /// has changed it since. The instance is still there.
  static void restore(Tracefs tracefs, String instance, Map<String, String> before)
      throws IOException {
    for (Map.Entry<String, String> each : before.entrySet()) {
      Path file = tracefs.instance(instance).resolve("options").resolve(each.getKey());
      boolean untouched = TraceFile.read(file).strip().equals(NEEDED.get(each.getKey()));
      if (untouched && !isNeeded(tracefs, instance, each.getKey())) {
        TraceFile.set(file, each.getValue().equals("1") ? "1" : "0");
      }
    }
  }

  private static boolean isNeeded(Tracefs tracefs, String besides, String option) {
    for (String name : tracefs.instances()) {
      InstanceName other = name.equals(besides) ? null : InstanceName.parse(name);
      if (other != null && other.before().containsKey(option) && !other.owner().isGone()) {
        return true;
      }
    }
    return false;
  }
}
