package trapline.linux.vm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import trapline.bytes.Bytes;
import trapline.elf.ElfFile;
import trapline.linux.files.UntrustedFile;
import trapline.linux.loader.LibrarySearch;
import trapline.model.MalformedBinary;

/// Collects what a program needs to start: itself, its interpreters, and the libraries that its
/// dynamic linker finds for it.
final class ProgramFiles {
  private static final List<String> BASICS =
      List.of(
          "/bin/sh",
          "/etc/passwd",
          "/etc/group",
          "/etc/nsswitch.conf",
          "/etc/hosts",
          "/etc/host.conf",
          "/etc/hostname",
          "/etc/resolv.conf",
          "/etc/services",
          "/etc/protocols",
          "/etc/localtime",
          "/etc/ld.so.cache",
          "/tmp",
          "/var/tmp",
          "/run",
          "/root",
          "/home");

  /// As in the kernel (`BINPRM_MAX_RECURSION` in `fs/exec.c`, rounded up).
  private static final int MAX_INTERPRETERS = 6;

  private static final long SHALLOW_LIMIT = 8L << 20;

  private final GuestArchive archive;
  private final List<byte[]> environment;

  private ProgramFiles(GuestArchive archive, List<byte[]> environment) {
    this.archive = archive;
    this.environment = environment;
  }

  /// Adds everything that a guest gets.
  static void collect(GuestArchive archive, GuestProgram program, GuestFiles files)
      throws IOException {
    ProgramFiles collector = new ProgramFiles(archive, program.environment());
    if (!archive.add(program.executable())) {
      throw new GuestFailure(
          GuestFailure.Kind.FILES, program.executable() + ": no such file or not readable");
    }
    collector.addNeeds(program.executable(), 0);
    archive.add(program.directory());
    archive.addShallow(program.directory(), SHALLOW_LIMIT);
    for (String each : BASICS) {
      archive.add(Path.of(each));
    }
    addTopFolders(archive);
    collector.addNeeds(Path.of("/bin/sh"), 0);
    for (Path each : files.included()) {
      archive.addAll(each);
      if (Files.isRegularFile(each) && Files.isExecutable(each)) {
        collector.addNeeds(each, 0);
      }
    }
    for (Path each : files.opened()) {
      archive.add(each);
    }
    for (Path each : files.readOnly()) {
      archive.add(each);
    }
  }

  /// The directories in `/`, empty: programs mount over them, and look where they are.
  private static void addTopFolders(GuestArchive archive) throws IOException {
    try (Stream<Path> list = Files.list(Path.of("/"))) {
      list.filter(Files::isDirectory).forEach(archive::add);
    }
  }

  /// Adds the interpreters and libraries of a program.
  private void addNeeds(Path program, int depth) throws IOException {
    if (!Files.isReadable(program) || depth > MAX_INTERPRETERS) {
      return;
    }
    byte[] head;
    try (InputStream in = UntrustedFile.newInputStream(program)) {
      head = in.readNBytes(256);
    } catch (FileSystemException e) {
      return; // the name stands in a script or program, and may be of anything
    }
    if (head.length > 2 && head[0] == '#' && head[1] == '!') {
      String line = new String(head, 2, head.length - 2, StandardCharsets.UTF_8);
      String interpreter = line.lines().findFirst().orElse("").strip().split("[ \t]")[0];
      if (interpreter.startsWith("/") && archive.add(Path.of(interpreter))) {
        addNeeds(Path.of(interpreter), depth + 1);
        addFoundByEnv(interpreter, line.lines().findFirst().orElse(""), depth);
      }
      return;
    }
    if (head.length > 4 && head[0] == 0x7f && head[1] == 'E' && head[2] == 'L' && head[3] == 'F') {
      String interpreter = interpreterOf(program);
      if (!interpreter.isEmpty() && archive.add(Path.of(interpreter))) {
        addLibraries(interpreter, program);
      }
    }
  }

  /// `#!/usr/bin/env python3` runs what stands in `PATH`.
  private void addFoundByEnv(String interpreter, String line, int depth) throws IOException {
    String[] words = line.strip().split("[ \t]+");
    if (!interpreter.endsWith("/env") || words.length < 2) {
      return;
    }
    for (byte[] each : environment) {
      String variable = new String(each, StandardCharsets.UTF_8);
      if (variable.startsWith("PATH=")) {
        for (String folder : variable.substring(5).split(":")) {
          Path found = Path.of(folder, words[words.length - 1]);
          if (!folder.isEmpty() && Files.isExecutable(found)) {
            archive.add(found);
            addNeeds(found, depth + 1);
            return;
          }
        }
      }
    }
  }

  private static String interpreterOf(Path program) throws IOException {
    try (UntrustedFile named = UntrustedFile.open(program);
        FileChannel file = FileChannel.open(named.path())) {
      ByteBuffer mapped =
          file.map(FileChannel.MapMode.READ_ONLY, 0, Math.min(file.size(), 1 << 30));
      return ElfFile.of(Bytes.of(program.toString(), mapped)).interpreter();
    } catch (MalformedBinary e) {
      return ""; // such as a 32-bit program, or what execve(2) will refuse in the guest too
    }
  }

  /// Adds what the dynamic linker will load, found by reading: a file that is only brought along
  /// names its dynamic linker itself, and nothing that a file names is run here.
  private void addLibraries(String interpreter, Path program) throws IOException {
    Map<String, String> variables = new HashMap<>();
    for (byte[] each : environment) {
      String variable = new String(each, StandardCharsets.UTF_8);
      int equals = variable.indexOf('=');
      if (variable.startsWith("LD_LIBRARY_PATH=") || variable.startsWith("LD_PRELOAD=")) {
        variables.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    LibrarySearch.Found found;
    try {
      found = new LibrarySearch(Path.of(interpreter), variables).of(program);
    } catch (MalformedBinary e) {
      return; // execve(2) or the dynamic linker will say what is wrong, in the guest too
    }
    found.files().values().forEach(archive::add);
    for (Map.Entry<String, Path> each : found.absent().entrySet()) {
      throw new GuestFailure(
          GuestFailure.Kind.FILES,
          each.getValue() + " needs " + each.getKey() + ", which is not found here either");
    }
  }
}
