package trapline.linux.tracefs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import trapline.linux.tracefs.TracingAbility.Values;

/// The file through which probes are made and removed, which all users of the tracer share: it is
/// only ever appended to, for opening it otherwise removes everybody's probes
/// (`Documentation/trace/kprobetrace.rst`, `fprobetrace.rst`).
final class ProbeFiles {
  private final Path file;
  private final Values values;

  /// @param values [Values#KPROBE] or [Values#FPROBE]
  ProbeFiles(Tracefs tracefs, Values values) {
    this.values = values;
    this.file = tracefs.file(values == Values.FPROBE ? "dynamic_events" : "kprobe_events");
  }

  /// Makes a probe on the return of a function that hands on what it returned.
  ///
  /// @param event the probe's name, which needs no other meaning
  /// @param symbol the function as kallsyms has it
  /// @return whether the kernel took it
  boolean add(String group, String event, String symbol) {
    String line =
        values == Values.FPROBE
            ? "f:" + group + "/" + event + " " + symbol + "%return $retval"
            : "r:" + group + "/" + event + " " + symbol + " $retval";
    try {
      TraceFile.append(file, line);
      return true;
    } catch (IOException e) {
      return false; // not every function can be probed: it stays without a value
    }
  }

  /// The groups of all probes that are Trapline's.
  List<String> groups() {
    List<String> groups = new ArrayList<>();
    for (String[] each : probes()) {
      if (InstanceName.ownerOfGroup(each[0]) != null && !groups.contains(each[0])) {
        groups.add(each[0]);
      }
    }
    return groups;
  }

  /// Removes the probes of a group. No instance may have them enabled.
  ///
  /// @throws IOException when some are left
  void remove(String group) throws IOException {
    IOException failure = null;
    for (String[] each : probes()) {
      if (each[0].equals(group)) {
        try {
          TraceFile.append(file, "-:" + group + "/" + each[1]);
        } catch (IOException e) {
          failure = e;
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /// Group and event of each probe, out of lines such as `r10:GROUP/EVENT FUNCTION arg1=$retval`.
  private List<String[]> probes() {
    List<String[]> probes = new ArrayList<>();
    for (String line : TraceFile.read(file).split("\n")) {
      int colon = line.indexOf(':');
      int slash = line.indexOf('/', colon);
      int end = line.indexOf(' ', slash);
      if (colon > 0 && slash > 0 && end > 0) {
        probes.add(new String[] {line.substring(colon + 1, slash), line.substring(slash + 1, end)});
      }
    }
    return probes;
  }
}
