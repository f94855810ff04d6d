package trapline.linux.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.linux.proc.Maps;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// The files that a living process has mapped can be opened, even when their names have gone.
@Tag("host")
class MappedFilesTest {
  @TempDir Path folder;

  /// The first mapping of a file whose path ends so, read without Trapline's own parser.
  private static Maps.Mapping mapping(long pid, String end) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc/" + pid + "/maps"));
    for (String line : lines) {
      String[] part = line.split(" +", 6);
      String path = part.length < 6 ? "" : part[5];
      boolean deleted = path.endsWith(" (deleted)");
      path = deleted ? path.substring(0, path.length() - " (deleted)".length()) : path;
      if (path.endsWith(end)) {
        String[] range = part[0].split("-");
        return new Maps.Mapping(
            Long.parseUnsignedLong(range[0], 16),
            Long.parseUnsignedLong(range[1], 16),
            part[1],
            Long.parseLong(part[2], 16),
            0,
            Long.parseLong(part[4]),
            path,
            deleted);
      }
    }
    throw new AssertionError(end + " is not mapped: " + lines);
  }

  private static void await(Process process) throws IOException {
    // The program says when it is past its loader.
    assertThat(process.getInputStream().read()).isEqualTo('x');
  }

  private Process start() throws IOException {
    String source =
        """
        #include <unistd.h>
        int main(void) { write(1, "x", 1); pause(); return 0; }
        """;
    Path program = Programs.compile(folder, "sleeper", source);
    Process process = new ProcessBuilder(program.toString()).start();
    await(process);
    return process;
  }

  @Test
  void mappedFilesAreOpened() throws IOException {
    Process process = start();
    try {
      ObjectFiles files = new ObjectFiles();
      ObjectFile program = files.open((int) process.pid(), mapping(process.pid(), "/sleeper"));
      assertThat(program.elf().symbols().named("main")).hasSize(1);
      assertThat(program.elf()).isSameAs(files.open(folder.resolve("sleeper")).elf());
      ObjectFile libc = files.open((int) process.pid(), mapping(process.pid(), "libc.so.6"));
      assertThat(libc.elf().dynamic().soname()).isEqualTo("libc.so.6");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aDeletedProgramIsOpenedAsLongAsItRuns() throws IOException {
    Process process = start();
    try {
      String id = new ObjectFiles().open(folder.resolve("sleeper")).elf().buildId();
      Files.delete(folder.resolve("sleeper"));
      Maps.Mapping mapping = mapping(process.pid(), "/sleeper");
      assertThat(mapping.deleted()).isTrue();
      ObjectFile program = new ObjectFiles().open((int) process.pid(), mapping);
      assertThat(program.elf().buildId()).isEqualTo(id);
      assertThat(program.path()).endsWith("/sleeper");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aReplacedProgramIsNotTakenForTheRunningOne() throws IOException {
    Process process = start();
    try {
      Path path = folder.resolve("sleeper");
      String id = new ObjectFiles().open(path).elf().buildId();
      Files.move(path, folder.resolve("former"));
      Programs.compile(folder, "sleeper", "int main(void) { return 7; }\n");
      Maps.Mapping now = mapping(process.pid(), "/former");
      Maps.Mapping before =
          new Maps.Mapping(
              now.start(),
              now.end(),
              now.permissions(),
              now.fileOffset(),
              now.device(),
              now.inode(),
              path.toString(),
              false);
      ObjectFile program = new ObjectFiles().open((int) process.pid(), before);
      assertThat(program.elf().buildId()).isEqualTo(id);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void librariesOfTheSystemTellTheirVersion() throws IOException {
    ObjectFiles files = new ObjectFiles();
    Tools.require("ldd", "/lib/x86_64-linux-gnu/libc.so.6", "/lib64/ld-linux-x86-64.so.2");
    String shown = Command.run("ldd", "--version").orFail().lines().findFirst().orElse("");
    String version = "glibc " + shown.substring(shown.lastIndexOf(' ') + 1);
    for (String name : List.of("/lib/x86_64-linux-gnu/libc.so.6", "/lib64/ld-linux-x86-64.so.2")) {
      assertThat(LibcVersion.of(files.open(Path.of(name)).elf())).isEqualTo(version);
    }
    assertThat(LibcVersion.of(files.open(Path.of("/bin/ls")).elf())).isEmpty();
  }

  @Test
  void muslTellsItsVersion() throws IOException {
    Path library = Path.of("/lib/x86_64-linux-musl/libc.so");
    Tools.require("musl-gcc", library.toString());
    String shown = Command.run(library.toString()).err();
    String version = shown.replaceFirst("(?s).*Version (\\S+).*", "$1");
    assertThat(LibcVersion.of(new ObjectFiles().open(library).elf())).isEqualTo("musl " + version);
  }

  @Test
  void theVdsoIsReadFromMemory() throws IOException {
    // Any shared object will do: what matters is that bytes alone are enough.
    Path library = Programs.compile(folder, "image.so", "int f(void) { return 1; }", "-shared");
    ObjectFile image = new ObjectFiles().ofMemory("[vdso]", Files.readAllBytes(library));
    assertThat(image.elf().dynamicSymbols().named("f")).hasSize(1);
    assertThat(image.path()).isEqualTo("[vdso]");
    DebugFile answer = new ObjectFiles().debugFile(image);
    assertThat(answer).isInstanceOf(DebugFile.Missing.class);
  }
}
