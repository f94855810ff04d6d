package trapline.linux.vm;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import trapline.linux.files.PrivateDirectory;
import trapline.linux.files.TemporaryDirectory;

/// A running QEMU: one machine with one processor, its clock driven by the instructions that it
/// executes, so that no timer disturbs what is recorded more than on a real machine.
final class Emulator implements Closeable {
  static final String PROGRAM = "qemu-system-x86_64";

  /// What the kernel is told. No hardening of the entry code, which would only lengthen recordings;
  /// addresses as linked; memory kept free where [MemoryFile#WINDOW] is; the clock trusted.
  static final String KERNEL_ARGUMENTS =
      "console=ttyS0 quiet panic=-1 tsc=reliable mitigations=off nokaslr random.trust_cpu=on"
          + " memmap=128M$256M";

  private static final long START_MILLIS = 20_000;
  private static final int CONSOLE_TAIL = 1500;

  private final Process process;
  private final TemporaryDirectory work;
  private final Thread hook;
  private final Qmp qmp;
  private final Channel serial;
  private @Nullable GdbRemote debugger;

  private Emulator(Process process, TemporaryDirectory work, Thread hook, Qmp qmp, Channel serial) {
    this.process = process;
    this.work = work;
    this.hook = hook;
    this.qmp = qmp;
    this.serial = serial;
  }

  /// The machine, as options of QEMU: what a saved state depends on.
  static List<String> machine(Path kernel, Path initramfs) {
    return List.of(
        "-nodefaults",
        "-no-user-config",
        "-display",
        "none",
        "-accel",
        "tcg,thread=single",
        "-cpu",
        "max,la57=off",
        "-smp",
        "1",
        "-m",
        "512",
        "-no-reboot",
        "-icount",
        "shift=1,sleep=on",
        "-kernel",
        kernel.toString(),
        "-initrd",
        initramfs.toString(),
        "-append",
        KERNEL_ARGUMENTS);
  }

  /// Starts QEMU with the machine standing still.
  ///
  /// @param memory where the machine's memory is; the file's name is gone afterwards
  /// @param isIncoming whether a saved state will be loaded instead of booting
  static Emulator start(
      TemporaryDirectory work, List<String> machine, MemoryPlace memory, boolean isIncoming)
      throws IOException {
    List<String> command = new ArrayList<>();
    Path ender = Tool.find("setpriv");
    if (ender != null) { // when Trapline is killed QEMU ends too
      command.addAll(List.of(ender.toString(), "--pdeathsig", "KILL"));
    }
    Path program = Tool.find(PROGRAM);
    if (program == null) {
      throw new GuestFailure(
          GuestFailure.Kind.MISSING_TOOL,
          PROGRAM + " is not installed, which runs guests: apt-get install qemu-system-x86");
    }
    command.add(program.toString());
    command.addAll(machine);
    command.addAll(
        List.of(
            "-machine",
            "pc,memory-backend=ram",
            "-object",
            "memory-backend-file,id=ram,size=512M,share=on,mem-path="
                + memory.file().toString().replace(",", ",,"),
            "-serial",
            "file:console",
            "-chardev",
            "socket,id=serial,path=serial,server=on,wait=off",
            "-serial",
            "chardev:serial",
            "-chardev",
            "socket,id=gdb,path=gdb,server=on,wait=off",
            "-gdb",
            "chardev:gdb",
            "-qmp",
            "unix:qmp,server=on,wait=off",
            "-dfilter",
            "0xffffffff80000000..0xfffffffffffff000",
            "-D",
            "log",
            "-S"));
    if (isIncoming) {
      command.addAll(List.of("-incoming", "defer"));
    }
    Process process =
        new ProcessBuilder(command)
            .directory(work.path().toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(work.directory().empty("said").toFile())
            .redirectErrorStream(true)
            .start();
    Thread hook =
        new Thread(
            () -> {
              process.destroyForcibly();
              try {
                process.waitFor(2, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              GuestCache.closeQuietly(memory);
              work.close();
            });
    Runtime.getRuntime().addShutdownHook(hook);
    Channel serial = null;
    Channel control = null;
    try {
      control = connect(process, work, "qmp");
      serial = connect(process, work, "serial");
      Qmp qmp = new Qmp(control);
      memory.close(); // QEMU has it open
      return new Emulator(process, work, hook, qmp, serial);
    } catch (IOException | RuntimeException e) {
      GuestCache.closeQuietly(control);
      GuestCache.closeQuietly(serial);
      end(process, hook);
      GuestCache.closeQuietly(memory);
      throw e;
    }
  }

  /// Whether this process is ending, which ends every emulator.
  static boolean isEnding() {
    Thread probe = new Thread(() -> {});
    try {
      Runtime.getRuntime().addShutdownHook(probe);
      Runtime.getRuntime().removeShutdownHook(probe);
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  private static Channel connect(Process process, TemporaryDirectory work, String name)
      throws IOException {
    long deadline = System.nanoTime() + START_MILLIS * 1_000_000;
    while (true) {
      Channel channel = Channel.connect(work.path(), name);
      if (channel != null) {
        return channel;
      }
      if (!process.isAlive()) {
        throw new GuestFailure(
            GuestFailure.Kind.EMULATOR,
            "QEMU did not start: " + Files.readString(work.directory().file("said")).strip());
      }
      if (System.nanoTime() > deadline) {
        throw new GuestFailure(GuestFailure.Kind.EMULATOR, "QEMU does not start: no " + name);
      }
      try {
        Thread.sleep(2);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new java.io.InterruptedIOException("interrupted");
      }
    }
  }

  Qmp control() {
    return qmp;
  }

  /// The guest's second serial port.
  Channel serial() {
    return serial;
  }

  /// The directory that it works in.
  PrivateDirectory work() {
    return work.directory();
  }

  /// Attaches the debugger interface, which stops the machine.
  GdbRemote attach() throws IOException {
    GdbRemote gdb = new GdbRemote(connect(process, work, "gdb"));
    debugger = gdb;
    return gdb;
  }

  /// Such as `QEMU 7.2.22`.
  String version() {
    Matcher matcher =
        Pattern.compile("\"micro\": (\\d+), \"minor\": (\\d+), \"major\": (\\d+)")
            .matcher(qmp.greeting());
    return matcher.find()
        ? "QEMU " + matcher.group(3) + "." + matcher.group(2) + "." + matcher.group(1)
        : "QEMU";
  }

  /// The last that the kernel and QEMU said, in one line.
  String lastWords() {
    try {
      String console =
          Files.readString(work.directory().file("console"), StandardCharsets.ISO_8859_1);
      String said = Files.readString(work.directory().file("said"), StandardCharsets.ISO_8859_1);
      String all = (console + "\n" + said).replaceAll("[\\x00-\\x09\\x0b-\\x1f]", "").strip();
      int panic = all.indexOf("Kernel panic");
      String tail =
          panic >= 0
              ? all.substring(panic).lines().findFirst().orElse("")
              : all.substring(Math.max(0, all.length() - CONSOLE_TAIL));
      return String.join(" | ", tail.lines().map(String::strip).toList());
    } catch (IOException e) {
      return "";
    }
  }

  /// Whether it has ended, or is about to.
  boolean hasEnded() {
    try {
      return process.waitFor(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    GuestCache.closeQuietly(debugger);
    GuestCache.closeQuietly(qmp);
    GuestCache.closeQuietly(serial);
    end(process, hook);
  }

  private static void end(Process process, Thread hook) {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It is running already.
    }
  }
}
