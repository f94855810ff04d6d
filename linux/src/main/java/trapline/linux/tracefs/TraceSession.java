package trapline.linux.tracefs;

import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trapline.linux.files.FileErrors;
import trapline.linux.sys.NonBlockingFile;
import trapline.linux.tracefs.TracingAbility.Able;
import trapline.linux.tracefs.TracingAbility.Values;

/// One use of the running kernel's function tracer: an instance of its own, with its own buffer,
/// filtered to the threads of one program and those that they make.
///
/// [#open], then [#probe] if there are to be return probes, [#begin] while the threads stand still,
/// and then [#on], [#off] and [#read] as often as is wanted. Closing it undoes everything. After a
/// kill the next [#open] of any process does so.
///
/// For one thread, but [#close] may be called by another one.
public final class TraceSession implements AutoCloseable {
  /// What all processors' buffers together may take.
  private static final long MOST_KILOBYTES = 128 << 10;

  private static final int LEAST_KILOBYTES = 1 << 10;

  /// More text than this is not read at once.
  private static final int MOST_TEXT = 64 << 20;

  /// What runs only because there are return probes.
  private static final List<String> OF_PROBES =
      List.of(
          "kprobe_ftrace_handler",
          "get_kprobe",
          "pre_handler_kretprobe",
          "kretprobe_rethook_handler",
          "kretprobe_dispatcher",
          "kretprobe_trampoline_handler",
          "__kretprobe_trampoline_handler",
          "rethook_try_get",
          "rethook_hook",
          "arch_rethook_prepare",
          "arch_prepare_kretprobe",
          "fprobe_handler",
          "fprobe_exit_handler",
          "fprobe_entry",
          "fprobe_return");

  private final Tracefs tracefs;
  private final Values values;
  private final InstanceName name;
  private final Path instance;
  private int probes;
  private @Nullable OutputStream power;
  private @Nullable NonBlockingFile pipe;
  private boolean closed;

  private TraceSession(Able able, InstanceName name) {
    this.tracefs = able.tracefs();
    this.values = able.values();
    this.name = name;
    this.instance = tracefs.instance(name.text());
  }

  /// Makes the instance, after what killed runs have left was removed.
  ///
  /// @param kilobytes how large each processor's buffer is to be; with many processors it is less
  /// @throws TracingFailure when the kernel refuses it
  public static TraceSession open(Able able, int kilobytes) {
    Leftovers.remove(able.tracefs());
    Map<String, String> before = SharedOptions.toChange(able.tracefs());
    TraceSession session = new TraceSession(able, InstanceName.next(before));
    try {
      able.tracefs().folders().make(session.instance);
    } catch (IOException e) {
      throw new TracingFailure(
          "no instance of the kernel's tracer can be made: " + FileErrors.line(e), e);
    }
    try {
      session.prepare(kilobytes);
      return session;
    } catch (IOException e) {
      session.close();
      throw new TracingFailure("the kernel's tracer cannot be set: " + FileErrors.line(e), e);
    }
  }

  private void prepare(int kilobytes) throws IOException {
    TraceFile.set(instance.resolve("tracing_on"), "0");
    long share = MOST_KILOBYTES / Math.max(1, processors());
    TraceFile.set(
        instance.resolve("buffer_size_kb"),
        Long.toString(Math.clamp(share, LEAST_KILOBYTES, Math.max(LEAST_KILOBYTES, kilobytes))));
    for (String option : List.of("overwrite", "function-fork", "event-fork")) {
      TraceFile.set(instance.resolve("options").resolve(option), "1");
    }
    SharedOptions.apply(instance);
  }

  private int processors() {
    String[] folders = instance.resolve("per_cpu").toFile().list();
    return folders == null ? 1 : folders.length;
  }

  /// Makes probes on the returns of functions. What cannot be probed is left out.
  ///
  /// @param symbols as kallsyms has them; each stands for one function alone
  /// @return how many there are now
  public int probe(List<String> symbols) {
    if (values != Values.KPROBE && values != Values.FPROBE) {
      return 0;
    }
    ProbeFiles files = new ProbeFiles(tracefs, values);
    for (String symbol : symbols) {
      if (files.add(name.group(), "r" + probes, symbol)) {
        probes++;
      }
    }
    return probes;
  }

  /// Begins to trace threads that stand still, and those that they will make. Nothing is recorded
  /// before [#on].
  ///
  /// @throws TracingFailure when the kernel refuses it
  public void begin(int[] threads) {
    try {
      StringBuilder list = new StringBuilder();
      for (int thread : threads) {
        list.append(list.isEmpty() ? "" : " ").append(thread);
      }
      TraceFile.set(instance.resolve("set_ftrace_pid"), list.toString());
      TraceFile.set(instance.resolve("set_event_pid"), list.toString());
      for (String event : List.of("sys_enter", "sys_exit")) {
        TraceFile.set(instance.resolve("events/raw_syscalls").resolve(event + "/enable"), "1");
      }
      if (probes > 0) {
        for (String function : OF_PROBES) {
          leaveOut(function);
        }
        TraceFile.set(instance.resolve("events").resolve(name.group()).resolve("enable"), "1");
      }
      TraceFile.set(instance.resolve("current_tracer"), TracingAbility.TRACER);
      pipe = NonBlockingFile.open(instance.resolve("trace_pipe").toString());
      power = new FileOutputStream(instance.resolve("tracing_on").toFile());
    } catch (IOException | trapline.model.KernelRefused e) {
      throw new TracingFailure("the kernel's tracer cannot be set: " + FileErrors.text(e), e);
    }
  }

  private void leaveOut(String function) {
    try {
      TraceFile.append(instance.resolve("set_ftrace_notrace"), function);
    } catch (IOException e) {
      return; // this kernel has no such function
    }
  }

  /// Records from here on.
  public void on() {
    turn('1');
  }

  /// Does not record from here on.
  public void off() {
    turn('0');
  }

  private void turn(char value) {
    OutputStream open = power;
    if (open == null) {
      throw new IllegalStateException("the session has not begun");
    }
    try {
      open.write(value);
    } catch (IOException e) {
      throw new TracingFailure("the kernel's tracer cannot be switched: " + FileErrors.line(e), e);
    }
  }

  /// Takes out what was recorded since the last time, as text of whole lines.
  public Reader read() {
    NonBlockingFile open = pipe;
    if (open == null) {
      throw new IllegalStateException("the session has not begun");
    }
    byte[] part = new byte[1 << 16];
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      for (int got = open.read(part); got > 0; got = open.read(part)) {
        if (text.size() < MOST_TEXT) {
          text.write(part, 0, got);
        }
      }
    } catch (trapline.model.KernelRefused e) {
      throw new TracingFailure("the kernel's trace cannot be read: " + FileErrors.text(e), e);
    }
    return new StringReader(text.toString(StandardCharsets.ISO_8859_1));
  }

  /// Undoes everything that was set.
  ///
  /// @throws TracingFailure when something is left, which the next run tries to remove
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    List<Exception> failures = new ArrayList<>();
    if (pipe != null) {
      pipe.close();
    }
    if (power != null) {
      try {
        power.close();
      } catch (IOException e) {
        failures.add(e);
      }
    }
    try {
      Leftovers.removeInstance(tracefs, name.text(), name);
    } catch (IOException e) {
      failures.add(e);
    }
    if (probes > 0) {
      try {
        new ProbeFiles(tracefs, values).remove(name.group());
      } catch (IOException e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      throw new TracingFailure(
          "some settings of the kernel's tracer could not be restored: "
              + failures.getFirst().getMessage(),
          failures.getFirst());
    }
  }
}
