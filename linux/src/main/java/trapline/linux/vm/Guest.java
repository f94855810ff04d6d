package trapline.linux.vm;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import trapline.linux.files.FileErrors;
import trapline.linux.files.TemporaryDirectory;

/// Runs programs in a guest kernel under QEMU, always in pure emulation: the recording is the
/// emulator's own, which KVM cannot make. The guest has one processor, 384 MB of memory, files only
/// in memory, and no network but loopback. When the program's first process ends the guest ends.
public final class Guest {
  /// How much is kept of each of the program's output streams.
  public static final int OUTPUT_LIMIT = 1 << 20;

  private static final long SEND_MILLIS = 30_000;
  private static final int MOST_SENT = 64 << 20;
  private static final int PAGE = 4096;

  /// After this time without a wanted call any call is waited for.
  private static final long UNHEARD_NANOS = 2_000_000_000;

  private static final int RECORD = 16;

  private final GuestKernel kernel;

  public Guest(GuestKernel kernel) {
    this.kernel = kernel;
  }

  /// Starts a guest, runs the program to its end and shuts down. Guests may run side by side.
  ///
  /// @throws GuestFailure when that did not work; calls that were recorded before have been handed
  ///     to the watcher
  public GuestResult run(GuestSpec spec, CallWatcher watcher) {
    try {
      EntryPoints entries = EntryPoints.of(kernel);
      GuestArchive archive = new GuestArchive(spec.files());
      SyscallScript launch = collect(archive, spec);
      try (TemporaryDirectory work = GuestKernels.work()) {
        return new Session(spec, watcher, work, entries, archive, launch).run();
      }
    } catch (IOException e) {
      throw new GuestFailure(
          GuestFailure.Kind.EMULATOR, "the guest failed: " + FileErrors.line(e), e);
    }
  }

  private static SyscallScript collect(GuestArchive archive, GuestSpec spec) throws IOException {
    ProgramFiles.collect(archive, spec.program(), spec.files());
    SyscallScript launch =
        Launch.program(spec.program(), archive.marks().attributes(spec.program().credentials()));
    archive.own("trapline/launch", CpioWriter.FILE | 0700, launch.image());
    archive.own("trapline/input", CpioWriter.FILE | 0600, spec.program().input());
    StringBuilder readOnly = new StringBuilder();
    spec.files().readOnly().forEach(each -> readOnly.append(each.toAbsolutePath()).append('\n'));
    archive.own("trapline/read-only", CpioWriter.FILE | 0600, utf8(readOnly.toString()));
    String host = Files.readString(Path.of("/proc/sys/kernel/hostname"), StandardCharsets.UTF_8);
    archive.own("trapline/hostname", CpioWriter.FILE | 0600, utf8(host));
    return launch;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// One run.
  private final class Session {
    private final GuestSpec spec;
    private final CallWatcher watcher;
    private final TemporaryDirectory work;
    private final EntryPoints entries;
    private final GuestArchive archive;
    private final SyscallScript launch;
    private final List<String> notes = new ArrayList<>();
    private final long started = System.nanoTime();
    private long pages;
    private byte[] output = new byte[0];
    private byte[] errors = new byte[0];
    private byte @Nullable [] end;

    Session(
        GuestSpec spec,
        CallWatcher watcher,
        TemporaryDirectory work,
        EntryPoints entries,
        GuestArchive archive,
        SyscallScript launch) {
      this.spec = spec;
      this.watcher = watcher;
      this.work = work;
      this.entries = entries;
      this.archive = archive;
      this.launch = launch;
    }

    GuestResult run() throws IOException {
      try (Emulator emulator = start()) {
        try {
          return drive(emulator);
        } catch (UncheckedIOException e) {
          throw failed(emulator, Objects.requireNonNull(e.getCause())); // of a look at the guest
        } catch (IOException e) {
          throw failed(emulator, e);
        }
      }
    }

    private IOException failed(Emulator emulator, IOException e) {
      if (e instanceof EOFException || emulator.hasEnded()) {
        throw gone(emulator, e);
      }
      return e;
    }

    private Emulator start() throws IOException {
      Boot boot = new Boot(kernel.directory(), kernel.image());
      if (boot.isKept()) {
        try (MemoryPlace place = MemoryPlace.of(work);
            MemoryFile ram = MemoryFile.create(place.create())) {
          fill(ram);
          return boot.restore(work, ram, place);
        } catch (IOException e) {
          if (Emulator.isEnding()) {
            throw e; // it was ended, and the state is as good as ever
          }
          notes.add(
              "the kept state of the guest could not be used, so it booted: " + FileErrors.line(e));
          boot.forget();
        }
      }
      try (MemoryPlace place = MemoryPlace.of(work);
          MemoryFile ram = MemoryFile.create(place.create())) {
        fill(ram);
        return boot.boot(work, place);
      }
    }

    /// Lays the files into the memory, behind the program that fetches them.
    private void fill(MemoryFile ram) throws IOException {
      int fetchPages = (Launch.fetch(0, 0).image().length + PAGE - 1) / PAGE;
      long at = MemoryFile.WINDOW + (long) fetchPages * PAGE;
      long size = archive.writeTo(ram.writeAt(at));
      if (at + size > MemoryFile.WINDOW + MemoryFile.WINDOW_SIZE) {
        throw new GuestFailure(
            GuestFailure.Kind.FILES, "the guest's files have become too large meanwhile");
      }
      ram.writeAt(MemoryFile.WINDOW).write(Launch.fetch(at, size).image());
      pages = fetchPages;
    }

    private GuestResult drive(Emulator emulator) throws IOException {
      GdbRemote gdb = emulator.attach();
      gdb.resume();
      Channel serial = emulator.serial();
      serial.send("files " + System.currentTimeMillis() / 1000 + " " + pages + "\n");
      unpacked(emulator);
      Duration ready = since(started);
      gdb.interrupt();
      if (!gdb.stopped(SEND_MILLIS)) {
        throw new IOException("QEMU does not stop");
      }
      CallWatch watch =
          new CallWatch(
              gdb,
              new Recorder(emulator, gdb),
              entries,
              watcher,
              spec,
              new GuestView(gdb, archive));
      watch.begin();
      gdb.resume();
      serial.send("start\n");
      new Loop(emulator, gdb, watch).run();
      byte[] record = end == null ? new byte[0] : end;
      int status = status(record);
      emulator.close();
      notes.addAll(archive.notes());
      return new GuestResult(
          status,
          output,
          errors,
          kernel.release(),
          emulator.version() + ", emulation",
          ready,
          since(started),
          notes);
    }

    private void unpacked(Emulator emulator) throws IOException {
      String line = emulator.serial().line(SEND_MILLIS);
      if (line == null || !line.startsWith("unpacked ")) {
        throw new GuestFailure(
            GuestFailure.Kind.EMULATOR,
            "the guest does not take its files; it last said: "
                + line
                + " "
                + emulator.lastWords());
      }
      byte[] said = emulator.serial().bytes(GuestLine.of(line, MOST_SENT).size(), SEND_MILLIS);
      String text = new String(said, StandardCharsets.UTF_8);
      for (String each : text.lines().toList()) {
        if (!each.matches("\\d+ blocks")) {
          notes.add("in the guest: " + each);
        }
      }
    }

    /// The program's end, out of the records that [SyscallScript] writes.
    private int status(byte[] record) throws IOException {
      ByteBuffer in = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
      if (in.remaining() < RECORD) {
        throw new IOException("the guest does not say how the program ended");
      }
      long step = in.getLong();
      long value = in.getLong();
      if (step != 0) {
        String what = launch.nameOf(step);
        throw new GuestFailure(
            GuestFailure.Kind.START,
            "the program could not be started in the guest: "
                + what
                + " gave error "
                + -value
                + (what.startsWith("execve") && value == -2
                    ? ": a file that it needs to start is not there"
                    : ""));
      }
      return (int) value;
    }

    private GuestFailure gone(Emulator emulator, IOException e) {
      String words = emulator.lastWords();
      boolean isPanic = words.contains("Kernel panic");
      return new GuestFailure(
          isPanic ? GuestFailure.Kind.PANIC : GuestFailure.Kind.EMULATOR,
          (isPanic ? "the guest's kernel panicked: " : "QEMU has ended; it last said: ") + words,
          e);
    }

    /// Waits for what the debugger interface and the guest's init say.
    private final class Loop {
      private final Emulator emulator;
      private final GdbRemote gdb;
      private final CallWatch watch;
      private final long deadline = started + spec.limits().total().toNanos();
      private long lastStop = System.nanoTime();
      private boolean isRunning = true;
      private boolean isListening;

      Loop(Emulator emulator, GdbRemote gdb, CallWatch watch) {
        this.emulator = emulator;
        this.gdb = gdb;
        this.watch = watch;
      }

      void run() throws IOException {
        while (end == null) {
          if (isRunning && !watch.isOver() && gdb.stopped(20)) {
            isRunning = false;
            if (watch.stopped()) {
              isListening = false;
              lastStop = System.nanoTime();
            }
            gdb.resume();
            isRunning = true;
          }
          if (emulator.serial().await(watch.isOver() ? 20 : 0)) {
            received();
            lastStop = System.nanoTime();
          }
          checkTime();
          listen();
          if (watch.isTooLarge()) {
            halt();
            watch.cut();
            gdb.resume();
          }
        }
      }

      private void halt() throws IOException {
        gdb.interrupt();
        if (!gdb.stopped(SEND_MILLIS)) {
          throw new IOException("QEMU does not stop");
        }
      }

      /// A program that makes only calls that nobody wants is not silent.
      private void listen() throws IOException {
        long now = System.nanoTime();
        if (end == null && !watch.isOver() && now - lastStop > UNHEARD_NANOS && !isListening) {
          halt();
          watch.listen();
          isListening = true;
          gdb.resume();
        }
      }

      private void received() throws IOException {
        String line = emulator.serial().line(SEND_MILLIS);
        if (line == null) {
          return;
        }
        GuestLine sent = GuestLine.of(line, MOST_SENT);
        byte[] contents = emulator.serial().bytes(sent.size(), SEND_MILLIS);
        switch (sent.word()) {
          case "output" -> output = unzipped(contents, "output");
          case "errors" -> errors = unzipped(contents, "error output");
          case "end" -> end = contents;
          default -> throw new IOException("the guest sent something unexpected: " + line);
        }
      }

      private byte[] unzipped(byte[] packed, String what) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
          byte[] all = in.readNBytes(OUTPUT_LIMIT);
          if (all.length == OUTPUT_LIMIT) {
            notes.add("of the program's " + what + " only the first megabyte was kept");
          }
          return all;
        }
      }

      private void checkTime() throws IOException {
        long now = System.nanoTime();
        boolean isSilent = now - lastStop > spec.limits().silence().toNanos();
        if (now < deadline && !isSilent) {
          return;
        }
        halt();
        watch.abandon("The guest was abandoned during this call.");
        String words = emulator.lastWords();
        throw new GuestFailure(
            GuestFailure.Kind.TIMEOUT,
            (isSilent
                    ? "the program made no system call in the guest for "
                        + spec.limits().silence().toSeconds()
                        + " s: it waits, or computes"
                    : "the guest did not end within " + spec.limits().total().toSeconds() + " s")
                + (words.isEmpty() ? "" : "; its console last said: " + words));
      }
    }
  }

  /// Whether the machine has the shell that runs in a guest: busybox, statically linked.
  public static boolean hasShell() {
    try {
      return Boot.hasBusybox();
    } catch (IOException e) {
      return false;
    }
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
