package trapline.linux.ptrace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import trapline.capture.TraceEvent;
import trapline.testing.Command;

/// Helpers for tests that trace.
final class Traced {
  private Traced() {}

  static Tracer launch(Path program, String... arguments) {
    List<String> argv = new ArrayList<>();
    argv.add(program.toString());
    argv.addAll(List.of(arguments));
    return Tracer.launch(new LaunchSpec(program, argv, Map.of(), Path.of("")));
  }

  /// Starts a program at the same addresses each time.
  static Tracer launchFixed(Path program) {
    return Tracer.launch(
        new LaunchSpec(
            Path.of("/usr/bin/setarch"),
            List.of("setarch", "-R", program.toString()),
            Map.of(),
            Path.of("")));
  }

  /// All events to the end, each thread resumed as it comes.
  static List<TraceEvent> runOut(Tracer tracer) {
    List<TraceEvent> events = new ArrayList<>();
    for (TraceEvent event; (event = tracer.next()) != null; ) {
      events.add(event);
      tracer.resume(event.threadId());
    }
    return events;
  }

  /// Runs until the thread is about to make that call.
  static TraceEvent.Entered runToCall(Tracer tracer, long number) {
    for (TraceEvent event; (event = tracer.next()) != null; ) {
      if (event instanceof TraceEvent.Entered entered && entered.call().number() == number) {
        return entered;
      }
      tracer.resume(event.threadId());
    }
    throw new AssertionError("the program ended without call " + number);
  }

  /// The symbols of a program, as nm(1) lists them.
  static Map<String, Long> symbols(Path program) {
    Map<String, Long> symbols = new TreeMap<>();
    for (String line : Command.run("nm", program.toString()).orFail().split("\n")) {
      String[] fields = line.strip().split(" +");
      if (fields.length == 3) {
        symbols.put(fields[2], Long.parseUnsignedLong(fields[0], 16));
      }
    }
    return symbols;
  }

  /// A field of `/proc/PID/status`; empty when the process is gone.
  static String status(long process, String field) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + process + "/status"))) {
        if (line.startsWith(field + ":")) {
          return line.substring(field.length() + 1).strip();
        }
      }
    } catch (IOException e) {
      // gone
    }
    return "";
  }

  /// The number of the system call in which a thread waits; -1 when it runs, is stopped or gone.
  static long waitsIn(long thread) {
    try {
      String call = Files.readString(Path.of("/proc/" + thread + "/syscall")).split("[ \n]")[0];
      boolean waits = status(thread, "State").startsWith("S");
      return waits && call.matches("[0-9]+") ? Long.parseLong(call) : -1;
    } catch (IOException e) {
      return -1;
    }
  }

  /// Fails when a process that runs `program` is left.
  static void assertNoneLeft(Path program) throws IOException {
    assertThat(processes(program)).isEmpty();
  }

  /// The directories under `/proc` of the processes that run `program`.
  static List<Path> processes(Path program) throws IOException {
    List<Path> found = new ArrayList<>();
    try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        try {
          Path executable = Files.readSymbolicLink(process.resolve("exe"));
          if (executable.toString().equals(program.toString())) {
            found.add(process);
          }
        } catch (IOException e) {
          // gone, or a kernel thread
        }
      }
    }
    return found;
  }

  /// What a file in a directory holds; empty when it is not there.
  static String read(Path folder, String file) {
    try {
      return Files.readString(folder.resolve(file)).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
