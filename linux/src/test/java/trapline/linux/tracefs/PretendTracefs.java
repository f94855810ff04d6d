package trapline.linux.tracefs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A plain directory laid out like tracefs, in which instances come with files as the kernel makes
/// them.
final class PretendTracefs implements Tracefs.Folders {
  final Path root;
  String tracersOfInstances = "function_graph function nop";
  boolean returnValues;

  PretendTracefs(Path root) throws IOException {
    this.root = root;
    Files.createDirectories(root.resolve("instances"));
    Files.createDirectories(root.resolve("events/raw_syscalls/sys_enter"));
    write(root.resolve("available_tracers"), "function_graph function nop\n");
    write(root.resolve("kprobe_events"), "");
    options(root);
  }

  Tracefs tracefs() {
    return new Tracefs(root, this);
  }

  private static void options(Path folder) throws IOException {
    for (String on : List.of("funcgraph-cpu", "funcgraph-duration", "funcgraph-irqs")) {
      write(folder.resolve("options").resolve(on), "1\n");
    }
    for (String off :
        List.of("funcgraph-proc", "funcgraph-tail", "overwrite", "function-fork", "event-fork")) {
      write(folder.resolve("options").resolve(off), "0\n");
    }
  }

  static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  String read(String name) throws IOException {
    return Files.readString(root.resolve(name));
  }

  List<String> instances() throws IOException {
    try (Stream<Path> files = Files.list(root.resolve("instances"))) {
      return files.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }

  @Override
  public void make(Path folder) throws IOException {
    Files.createDirectory(folder);
    options(folder);
    write(folder.resolve("available_tracers"), tracersOfInstances + "\n");
    if (returnValues) {
      write(folder.resolve("options/funcgraph-retval"), "0\n");
    }
    for (String file :
        List.of(
            "current_tracer",
            "tracing_on",
            "buffer_size_kb",
            "set_ftrace_pid",
            "set_event_pid",
            "set_ftrace_notrace",
            "trace_pipe",
            "per_cpu/cpu0/stats",
            "events/raw_syscalls/sys_enter/enable",
            "events/raw_syscalls/sys_exit/enable")) {
      write(folder.resolve(file), "");
    }
  }

  @Override
  public void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
