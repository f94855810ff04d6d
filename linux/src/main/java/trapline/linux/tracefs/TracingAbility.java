package trapline.linux.tracefs;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the running kernel's function tracer can do for this process.
public sealed interface TracingAbility {
  /// The tracer that is used: in instances since Linux 6.11.
  String TRACER = "function_graph";

  /// How what they returned is told.
  enum Values {
    /// By the tracer itself (`CONFIG_FUNCTION_GRAPH_RETVAL`).
    TRACER,
    /// By return probes of functions that are known beforehand (`CONFIG_KPROBE_EVENTS`).
    KPROBE,
    /// The same with function probes (`CONFIG_FPROBE_EVENTS`).
    FPROBE,
    /// Not at all.
    NONE
  }

  /// It works.
  record Able(Tracefs tracefs, Values values) implements TracingAbility {}

  /// It does not.
  ///
  /// @param why in a few words
  /// @param remedy what would bring it
  record Unable(String why, String remedy) implements TracingAbility {}

  /// Tries it: makes an instance, looks what it can do, and removes it. Nothing is traced.
  static TracingAbility look() {
    Unable hidden = elsewhere(TraceFile.read(Path.of("/proc/self/status")));
    if (hidden != null) {
      return hidden;
    }
    Tracefs tracefs = Tracefs.find();
    return tracefs == null
        ? notThere(TraceFile.read(Path.of("/proc/filesystems")))
        : of(tracefs, lockdown(TraceFile.read(Path.of("/sys/kernel/security/lockdown"))));
  }

  /// In a PID namespace the tracer knows the threads by other numbers.
  private static @Nullable Unable elsewhere(String status) {
    int at = status.indexOf("\nNSpid:");
    int end = at < 0 ? -1 : status.indexOf('\n', at + 1);
    String numbers = end < 0 ? "" : status.substring(at + 7, end).strip();
    return numbers.split("\\s+").length > 1
        ? new Unable(
            "this process is in a PID namespace (a container), whose thread numbers the kernel's"
                + " tracer does not know",
            "run Trapline outside of the container")
        : null;
  }

  private static Unable notThere(String fileSystems) {
    if (!fileSystems.contains("tracefs")) {
      return new Unable(
          "this kernel has no tracer (CONFIG_FTRACE)",
          "a kernel with CONFIG_FUNCTION_GRAPH_TRACER");
    }
    return Files.exists(Path.of("/sys/kernel/tracing/trace"))
            || TraceFile.read(Path.of("/proc/self/mounts")).contains(" tracefs ")
        ? new Unable("tracefs is for root alone", "run as root")
        : new Unable("tracefs is not mounted", "as root: mount -t tracefs t /sys/kernel/tracing");
  }

  /// The word in brackets of `none [integrity] confidentiality`; empty when unknown.
  private static String lockdown(String text) {
    int open = text.indexOf('[');
    int close = text.indexOf(']', open + 1);
    return open < 0 || close < 0 ? "" : text.substring(open + 1, close);
  }

  /// What a tracefs can do.
  ///
  /// @param lockdown the kernel's mode; empty when unknown
  static TracingAbility of(Tracefs tracefs, String lockdown) {
    if (lockdown.equals("confidentiality")) {
      return new Unable(
          "the kernel is locked down (confidentiality)",
          "boot it without lockdown=confidentiality");
    }
    if (!Files.isWritable(tracefs.file("instances"))) {
      return new Unable(tracefs.root() + " cannot be written", "run as root");
    }
    String tracers = " " + TraceFile.read(tracefs.file("available_tracers")).strip() + " ";
    if (!tracers.contains(" function ") && !tracers.contains(" function_graph ")) {
      return new Unable(
          "this kernel has no function tracer (available_tracers:" + tracers.stripTrailing() + ")",
          "a kernel with CONFIG_FUNCTION_GRAPH_TRACER");
    }
    if (!Files.exists(tracefs.file("events/raw_syscalls/sys_enter"))) {
      return new Unable(
          "this kernel has no events raw_syscalls", "a kernel with CONFIG_FTRACE_SYSCALLS");
    }
    InstanceName name = InstanceName.next(Map.of());
    Path instance = tracefs.instance(name.text());
    try {
      tracefs.folders().make(instance);
    } catch (IOException e) {
      return new Unable(
          "no instance of the tracer can be made: " + reason(e), "run as root, with CAP_SYS_ADMIN");
    }
    try {
      return inInstance(tracefs, instance);
    } finally {
      try {
        tracefs.folders().remove(instance);
      } catch (IOException e) {
        // It is known by its name, and the next run removes it.
      }
    }
  }

  private static TracingAbility inInstance(Tracefs tracefs, Path instance) {
    Path tracers = instance.resolve("available_tracers");
    if (!TraceFile.lists(tracers, TRACER)) {
      return new Unable(
          "this kernel has no function_graph for an instance of its own, only for all at once",
          "Linux 6.11 or newer with CONFIG_FUNCTION_GRAPH_TRACER");
    }
    // What is locked down says so when it is opened.
    try (OutputStream out = new FileOutputStream(instance.resolve("current_tracer").toFile())) {
      out.flush();
    } catch (IOException e) {
      return new Unable(
          "the kernel refuses its function tracer: " + reason(e),
          "run as root; boot without lockdown=confidentiality");
    }
    boolean values = Files.exists(instance.resolve("options/funcgraph-retval"));
    return new Able(tracefs, values ? Values.TRACER : probes(tracefs));
  }

  private static Values probes(Tracefs tracefs) {
    if (Files.isWritable(tracefs.file("kprobe_events"))) {
      return Values.KPROBE;
    }
    boolean function =
        Files.isWritable(tracefs.file("dynamic_events"))
            && TraceFile.read(tracefs.file("README")).contains("%return]");
    return function ? Values.FPROBE : Values.NONE;
  }

  private static String reason(IOException e) {
    String text = String.valueOf(e.getMessage());
    return e instanceof java.nio.file.FileSystemException failure && failure.getReason() != null
        ? failure.getReason()
        : e instanceof java.nio.file.AccessDeniedException ? "permission denied" : text;
  }
}
