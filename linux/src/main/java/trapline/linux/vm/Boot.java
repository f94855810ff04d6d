package trapline.linux.vm;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import trapline.linux.files.PrivateDirectory;
import trapline.linux.files.TemporaryDirectory;
import trapline.linux.files.WholeFile;

/// Brings a guest to the point where its init waits for a program. The first time a kernel is used
/// it boots, and the machine's state is kept; from then on that state is loaded, which takes a
/// fraction of a second.
///
/// A state fits only the same QEMU, machine, kernel and init: its name is a digest of them.
final class Boot {
  private static final long BOOT_MILLIS = 120_000;
  private static final long SEND_MILLIS = 30_000;
  private static final int MAX_SYMBOLS = 64 << 20;
  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final String IGNORE_MEMORY =
      "\"capabilities\":[{\"capability\":\"x-ignore-shared\",\"state\":true}]";

  private final PrivateDirectory directory;
  private final List<String> machine;
  private final Path device;
  private final Path memory;
  private final Path initramfs;

  /// @param directory of the cache, for this kernel
  /// @param image the file that QEMU boots
  Boot(PrivateDirectory directory, Path image) throws IOException {
    this.directory = directory;
    byte[] archive = initramfs();
    this.initramfs = directory.file("init-" + digest(archive).substring(0, 16) + ".cpio");
    if (!directory.has(name(initramfs))) {
      WholeFile.write(initramfs, archive);
    }
    this.machine = Emulator.machine(image, initramfs);
    String state = "state-" + digest(key().getBytes(StandardCharsets.UTF_8)).substring(0, 16);
    this.device = directory.file(state + ".device");
    this.memory = directory.file(state + ".memory");
  }

  private String key() throws IOException {
    Path emulator = Tool.find(Emulator.PROGRAM);
    String which =
        emulator == null
            ? ""
            : emulator + " " + Files.size(emulator) + " " + Files.getLastModifiedTime(emulator);
    return which + "\n" + String.join("\n", machine);
  }

  /// Whether a state of this machine was kept.
  boolean isKept() {
    return directory.has(name(device)) && directory.has(name(memory));
  }

  /// The memory of the kept state.
  Path memory() {
    return memory;
  }

  /// Starts a guest from the kept state. It stands still, and goes on when the debugger lets it.
  Emulator restore(TemporaryDirectory work, MemoryFile ram, MemoryPlace place) throws IOException {
    ram.load(memory);
    Emulator emulator = Emulator.start(work, machine, place, true);
    try {
      emulator.control().execute("migrate-set-capabilities", IGNORE_MEMORY);
      emulator
          .control()
          .execute("migrate-incoming", "\"uri\":\"exec:cat '" + shellSafe(device) + "'\"");
      emulator.control().awaitMigration();
      return emulator;
    } catch (IOException | RuntimeException e) {
      emulator.close();
      throw e;
    }
  }

  /// Forgets a state that could not be loaded.
  void forget() throws IOException {
    Files.deleteIfExists(device);
    Files.deleteIfExists(memory);
  }

  /// Starts a guest from the beginning.
  ///
  /// @return the guest, standing still
  Emulator boot(TemporaryDirectory work, MemoryPlace place) throws IOException {
    Emulator emulator = Emulator.start(work, machine, place, false);
    try {
      emulator.control().execute("cont", "");
      awaitReady(emulator);
      emulator.control().execute("stop", ""); // or the debugger would be told of a stop of its own
      return emulator;
    } catch (IOException | RuntimeException e) {
      emulator.close();
      throw e;
    }
  }

  private static String awaitReady(Emulator emulator) throws IOException {
    long deadline = System.nanoTime() + BOOT_MILLIS * 1_000_000;
    while (System.nanoTime() < deadline) {
      String line;
      try {
        line = emulator.serial().line(500);
      } catch (java.io.EOFException e) {
        throw new GuestFailure(
            GuestFailure.Kind.PANIC,
            "the guest's kernel does not boot; it last said: " + emulator.lastWords(),
            e);
      }
      if (line != null && line.startsWith("ready ")) {
        return line.substring(6).strip();
      }
    }
    throw new GuestFailure(
        GuestFailure.Kind.TIMEOUT,
        "the guest's kernel did not boot within "
            + BOOT_MILLIS / 1000
            + " s; it last said: "
            + emulator.lastWords());
  }

  /// Boots for the first time: reads the kernel's symbols and keeps the machine's state.
  ///
  /// @return the kernel's release
  String prepare(
      TemporaryDirectory work,
      MemoryFile ram,
      MemoryPlace place,
      Path symbols,
      GuestProgress progress)
      throws IOException {
    progress.at("booting the guest's kernel for the first time", 0, 0);
    try (Emulator emulator = Emulator.start(work, machine, place, false)) {
      emulator.control().execute("cont", "");
      String release = awaitReady(emulator);
      emulator.serial().send("symbols\n");
      String line = emulator.serial().line(SEND_MILLIS);
      if (line == null || !line.startsWith("symbols ")) {
        throw new IOException("the guest sends no symbols: " + line);
      }
      int size = GuestLine.of(line, MAX_SYMBOLS).size();
      if (size == 0) {
        throw new IOException("the guest's kernel has no symbols");
      }
      ByteArrayOutputStream all = new ByteArrayOutputStream(size);
      while (all.size() < size) {
        int part = Math.min(1 << 16, size - all.size());
        all.writeBytes(emulator.serial().bytes(part, SEND_MILLIS));
        progress.at("reading the guest kernel's symbols", all.size(), size);
      }
      WholeFile.write(symbols, all.toByteArray());
      awaitSaved(emulator);
      keep(emulator, ram);
      return release;
    }
  }

  private static void awaitSaved(Emulator emulator) throws IOException {
    String line = emulator.serial().line(SEND_MILLIS);
    if (!"saved".equals(line)) {
      throw new IOException("the guest does not answer: " + line);
    }
    try {
      Thread.sleep(100); // it now goes to read(2), the state that is best kept
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void keep(Emulator emulator, MemoryFile ram) throws IOException {
    emulator.control().execute("stop", "");
    emulator.control().execute("migrate-set-capabilities", IGNORE_MEMORY);
    Path part = directory.empty(name(device) + WholeFile.UNFINISHED);
    emulator.control().execute("migrate", "\"uri\":\"exec:cat > '" + shellSafe(part) + "'\"");
    emulator.control().awaitMigration();
    Path memoryPart = directory.file(name(memory) + WholeFile.UNFINISHED);
    try {
      try (FileChannel out = directory.create(name(memoryPart))) {
        ram.save(out);
      }
      directory.rename(name(memoryPart), name(memory));
      directory.rename(name(part), name(device));
    } finally {
      Files.deleteIfExists(memoryPart);
      Files.deleteIfExists(part);
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  /// QEMU hands it to a shell, in single quotes, in a JSON string.
  private static String shellSafe(Path file) {
    String name = file.toString();
    if (name.contains("'") || name.contains("\"") || name.contains("\\")) {
      throw new GuestFailure(
          GuestFailure.Kind.FILES,
          name + ": the cache's path has a quote, which QEMU cannot take (set XDG_CACHE_HOME)");
    }
    return name;
  }

  /// The first file system: busybox and init, nothing that a program could see by chance.
  private static byte[] initramfs() throws IOException {
    if (!hasBusybox()) {
      throw new GuestFailure(
          GuestFailure.Kind.MISSING_TOOL,
          BUSYBOX
              + ", statically linked, is not installed, which guests need: apt-get install"
              + " busybox-static");
    }
    GuestArchive archive = new GuestArchive(GuestFiles.NONE);
    for (String each : List.of("trapline", "proc", "sys", "dev")) {
      archive.own(each, CpioWriter.FOLDER | 0755, new byte[0]);
    }
    archive.own("trapline/busybox", CpioWriter.FILE | 0755, Files.readAllBytes(BUSYBOX));
    try (InputStream script = Objects.requireNonNull(Boot.class.getResourceAsStream("init.sh"))) {
      archive.own("init", CpioWriter.FILE | 0755, script.readAllBytes());
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    archive.writeTo(out);
    return out.toByteArray();
  }

  static boolean hasBusybox() throws IOException {
    return Files.isReadable(BUSYBOX) && !isDynamic(BUSYBOX);
  }

  private static boolean isDynamic(Path program) throws IOException {
    trapline.bytes.Bytes bytes =
        trapline.bytes.Bytes.of(program.toString(), Files.readAllBytes(program));
    try {
      return !trapline.elf.ElfFile.of(bytes).interpreter().isEmpty();
    } catch (trapline.model.MalformedBinary e) {
      return true;
    }
  }

  static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
