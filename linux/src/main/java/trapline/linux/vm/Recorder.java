package trapline.linux.vm;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import trapline.linux.files.PrivateDirectory;

/// Switches the emulator's log of executed instructions on and off, and writes the same by single
/// steps.
final class Recorder {
  private static final String[] NAMES = {
    "RAX", "RBX", "RCX", "RDX", "RSI", "RDI", "RBP", "RSP", "R8 ", "R9 ", "R10", "R11", "R12",
    "R13", "R14", "R15"
  };

  /// How many instructions a recording by steps may have: a minute's worth.
  private static final int MAX_STEPS = 500_000;

  private static final long KERNEL = 0xffff_8000_0000_0000L;

  private final Qmp control;
  private final GdbRemote gdb;
  private final String oneInstruction;
  private final PrivateDirectory work;
  private Path log;
  private int logs;
  private boolean isOn;

  Recorder(Emulator emulator, GdbRemote gdb) {
    this.control = emulator.control();
    this.gdb = gdb;
    this.work = emulator.work();
    this.log = work.file("log");
    // QEMU 8.1 has renamed it.
    this.oneInstruction = isBefore(emulator.version(), 8, 1) ? "singlestep " : "one-insn-per-tb ";
  }

  private static boolean isBefore(String version, int major, int minor) {
    String[] parts = version.replace("QEMU ", "").split("\\.");
    try {
      int first = Integer.parseInt(parts[0]);
      int second = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
      return first < major || (first == major && second < minor);
    } catch (NumberFormatException e) {
      return false;
    }
  }

  Path file() {
    return log;
  }

  /// The size of the log by now.
  long size() throws IOException {
    return Files.exists(log) ? Files.size(log) : 0;
  }

  boolean isOn() {
    return isOn;
  }

  void on() throws IOException {
    if (!isOn) {
      say(oneInstruction + "on");
      say("log exec,cpu,nochain");
      isOn = true;
    }
  }

  void off() throws IOException {
    if (isOn) {
      say("log none");
      say(oneInstruction + "off");
      isOn = false;
    }
  }

  private void say(String command) throws IOException {
    String answer = control.monitor(command);
    if (!answer.isEmpty()) {
      throw new IOException("QEMU refused the command \"" + command + "\": " + answer);
    }
  }

  /// Forgets what was recorded, while it is off. A new file takes its place: QEMU may still write
  /// the rest of what it has in hand to the old one, where that one ended.
  void clear() throws IOException {
    if (!isOn && Files.exists(log)) {
      Path old = log;
      log = old.resolveSibling("log-" + ++logs);
      say("logfile " + log.getFileName());
      Files.delete(old);
    }
  }

  /// Executes single steps, and writes each instruction's registers, until a place is reached.
  ///
  /// @param until where to stop, with `stack` in `rsp`
  /// @param exit a function before which `onExit` is called
  /// @return a note when the place was not reached; else empty
  String step(long until, long stack, long exit, IoAction onExit) throws IOException {
    try (BufferedWriter out =
        new BufferedWriter(
            Channels.newWriter(
                work.append(String.valueOf(log.getFileName())), StandardCharsets.US_ASCII))) {
      for (int i = 0; i < MAX_STEPS; i++) {
        long[] registers = gdb.registers();
        if (registers[GdbRemote.RIP] == until && registers[GdbRemote.RSP] == stack) {
          return "";
        }
        if (registers[GdbRemote.RIP] == exit) {
          onExit.run();
        }
        if (Long.compareUnsigned(registers[GdbRemote.RIP], KERNEL) >= 0) {
          write(out, registers);
        }
        gdb.step();
      }
    }
    return "The recording was cut off after " + MAX_STEPS + " instructions.";
  }

  /// Something that may fail as the emulator may.
  interface IoAction {
    void run() throws IOException;
  }

  private static void write(BufferedWriter out, long[] registers) throws IOException {
    StringBuilder text = new StringBuilder(512);
    text.append("Trace 0: 0x0 [0000000000000000/");
    hex(text, registers[GdbRemote.RIP], 16).append("/00000000/00000000] \n");
    for (int i = 0; i < NAMES.length; i++) {
      text.append(NAMES[i]).append('=');
      hex(text, registers[i], 16).append(i % 4 == 3 ? '\n' : ' ');
    }
    text.append("RIP=");
    hex(text, registers[GdbRemote.RIP], 16).append(" RFL=");
    hex(text, registers[GdbRemote.EFLAGS], 8).append(" CPL=0\n");
    out.append(text);
  }

  private static StringBuilder hex(StringBuilder text, long value, int digits) {
    String hex = Long.toHexString(value);
    return text.repeat('0', Math.max(0, digits - hex.length())).append(hex);
  }
}
