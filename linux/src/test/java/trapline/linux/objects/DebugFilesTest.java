package trapline.linux.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.model.MalformedBinary;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// Debug files are found where gdb finds them, and others are turned away.
@Tag("host")
class DebugFilesTest {
  private static final String SOURCE = "int main(void) { return 0; }\n";

  @TempDir Path folder;

  @BeforeAll
  static void tools() {
    Tools.require("objcopy", "strip");
  }

  private static void run(String... command) {
    Command.run(command).orFail();
  }

  private Path withDebugInfo(String name, String... options) {
    String[] all = new String[options.length + 1];
    all[0] = "-g";
    System.arraycopy(options, 0, all, 1, options.length);
    return Programs.compile(folder, name, SOURCE, all);
  }

  /// Moves the debug information of a program to a file, and names that in the program.
  private static void separate(Path program, Path debug) throws IOException {
    Files.createDirectories(debug.getParent());
    run("objcopy", "--only-keep-debug", program.toString(), debug.toString());
    run("strip", program.toString());
    run("objcopy", "--add-gnu-debuglink=" + debug, program.toString());
  }

  private static DebugFile.Found found(ObjectFiles files, Path program) throws IOException {
    DebugFile answer = files.debugFile(files.open(program));
    assertThat(answer).as(answer.rejected().toString()).isInstanceOf(DebugFile.Found.class);
    return (DebugFile.Found) answer;
  }

  private static DebugFile.Missing missing(ObjectFiles files, Path program) throws IOException {
    DebugFile answer = files.debugFile(files.open(program));
    assertThat(answer).isInstanceOf(DebugFile.Missing.class);
    return (DebugFile.Missing) answer;
  }

  @Test
  void aProgramMayHoldItsOwn() throws IOException {
    DebugFile.Found own = found(new ObjectFiles(), withDebugInfo("own"));
    assertThat(own.how()).isEqualTo(DebugFile.How.OWN);
    assertThat(own.path()).isEqualTo(folder.resolve("own").toString());
  }

  @Test
  void aNamedFileIsFoundBesideTheProgram() throws IOException {
    Path program = withDebugInfo("beside");
    Path debug = folder.resolve("beside.debug");
    separate(program, debug);
    DebugFile.Found found = found(new ObjectFiles(), program);
    assertThat(found.how()).isEqualTo(DebugFile.How.DEBUG_LINK);
    assertThat(found.path()).isEqualTo(debug.toRealPath().toString());
    assertThat(found.file().hasDebugInfo()).isTrue();
    assertThat(found.file().symbols().named("main")).hasSize(1);
    assertThat(found.rejected()).isEmpty();
  }

  @Test
  void aNamedFileIsFoundInTheHiddenFolder() throws IOException {
    Path program = withDebugInfo("hidden", "-Wl,--build-id=none");
    separate(program, folder.resolve(".debug/hidden.debug"));
    assertThat(found(new ObjectFiles(), program).path()).endsWith("/.debug/hidden.debug");
  }

  @Test
  void aNamedFileIsFoundUnderTheGivenDirectory() throws IOException {
    Path program = withDebugInfo("given", "-Wl,--build-id=none");
    Path directory = folder.resolve("debug-files");
    Path debug = Path.of(directory + folder.toRealPath().toString()).resolve("given.debug");
    separate(program, debug);
    assertThat(found(new ObjectFiles(List.of(directory)), program).path())
        .isEqualTo(debug.toString());
    assertThat(missing(new ObjectFiles(), program).why())
        .isEqualTo("no debug information for given");
  }

  @Test
  void aFileIsFoundByItsBuildId() throws IOException {
    Path program = withDebugInfo("byid");
    String id = new ObjectFiles().open(program).elf().buildId();
    Path directory = folder.resolve("debug-files");
    Path debug =
        directory.resolve(".build-id/" + id.substring(0, 2) + "/" + id.substring(2) + ".debug");
    Files.createDirectories(debug.getParent());
    run("objcopy", "--only-keep-debug", program.toString(), debug.toString());
    run("strip", program.toString());
    DebugFile.Found found = found(new ObjectFiles(List.of(directory)), program);
    assertThat(found.how()).isEqualTo(DebugFile.How.BUILD_ID);
    assertThat(found.path()).isEqualTo(debug.toString());

    Path other = withDebugInfo("other", "-O2", "-Wl,--build-id=md5");
    run("objcopy", "--only-keep-debug", other.toString(), debug.toString());
    DebugFile.Missing missing = missing(new ObjectFiles(List.of(directory)), program);
    assertThat(missing.rejected()).hasSize(1);
    assertThat(missing.rejected().get(0).what()).contains("build-id").contains(id);
  }

  /// As when packages of another distribution were unpacked, without build-ids' directories.
  @Test
  void theFolderOfADebugFileMayBeTheEndOfTheFiles() throws IOException {
    Path program = withDebugInfo("unpacked", "-Wl,--build-id=none");
    Path debug = folder.resolve("unpacked.debug");
    separate(program, debug);
    Path installed = Files.createDirectories(folder.resolve("root/lib/x")).resolve("unpacked");
    Files.move(program, installed);
    Path debugRoot = folder.resolve("debug");
    Path below = Files.createDirectories(debugRoot.resolve("lib/x"));
    Files.move(debug, below.resolve("unpacked.debug"));

    assertThat(missing(new ObjectFiles(), installed).remedy())
        .isEqualTo("name the directory of its debug file unpacked.debug with --debug-dir");
    DebugFile.Found found = found(new ObjectFiles(List.of(debugRoot)), installed);
    assertThat(found.how()).isEqualTo(DebugFile.How.DEBUG_LINK);
    assertThat(found.path()).isEqualTo(below.resolve("unpacked.debug").toString());
  }

  @Test
  void aFileWithAnotherChecksumIsTurnedAway() throws IOException {
    Path program = withDebugInfo("changed", "-Wl,--build-id=none");
    Path debug = folder.resolve("changed.debug");
    separate(program, debug);
    assertThat(found(new ObjectFiles(), program).how()).isEqualTo(DebugFile.How.DEBUG_LINK);
    byte[] content = Files.readAllBytes(debug);
    content[content.length - 1] ^= 1;
    Files.write(debug, content);
    DebugFile.Missing missing = missing(new ObjectFiles(), program);
    assertThat(missing.rejected()).hasSize(1);
    assertThat(missing.rejected().get(0).where()).endsWith("changed.debug");
    assertThat(missing.rejected().get(0).what()).contains("checksum");
    assertThat(missing.remedy())
        .isEqualTo("name the directory of its debug file changed.debug with --debug-dir");
  }

  @Test
  void aNamedFileWithAnotherBuildIdIsTurnedAway() throws IOException {
    Path program = withDebugInfo("mixed");
    Path debug = folder.resolve("mixed.debug");
    separate(program, debug);
    Path other = withDebugInfo("stranger", "-Wl,--build-id=0x0123456789abcdef");
    run("objcopy", "--only-keep-debug", other.toString(), debug.toString());
    DebugFile.Missing missing = missing(new ObjectFiles(), program);
    assertThat(missing.rejected().get(0).what()).contains("0123456789abcdef");
  }

  @Test
  void aDamagedDebugFileIsTurnedAway() throws IOException {
    Path program = withDebugInfo("damaged");
    Path debug = folder.resolve("damaged.debug");
    separate(program, debug);
    Files.write(debug, new byte[] {0x7f, 'E', 'L', 'F', 2, 1});
    assertThat(missing(new ObjectFiles(), program).rejected()).hasSize(1);
  }

  @Test
  void sharedDebugInformationIsFound() throws IOException {
    Path common = withDebugInfo("common", "-Wl,--build-id=0xaabbccddeeff0011");
    Path program = withDebugInfo("user");
    byte[] name = "common\0".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    ByteBuffer link = ByteBuffer.allocate(name.length + 8).order(ByteOrder.BIG_ENDIAN);
    link.put(name).putLong(0xaabbccddeeff0011L);
    Path section = Files.write(folder.resolve("alt"), link.array());
    run("objcopy", "--add-section", ".gnu_debugaltlink=" + section, program.toString());
    DebugFile.Found found = found(new ObjectFiles(), program);
    assertThat(found.alternate()).isNotNull();
    assertThat(found.alternate().buildId()).isEqualTo("aabbccddeeff0011");
    Files.delete(common);
    found = found(new ObjectFiles(), program);
    assertThat(found.alternate()).isNull();
    assertThat(found.rejected().get(0).what()).contains("missing: common");
  }

  @Test
  void thePackageOfASystemFileIsNamed() throws IOException {
    Tools.require("/var/lib/dpkg/info");
    Path ls = Path.of("/bin/ls");
    Command owner = Command.run("dpkg", "-S", ls.toString());
    Tools.requireHost(owner.status() == 0, "dpkg that knows /bin/ls");
    DebugFile answer = new ObjectFiles().debugFile(new ObjectFiles().open(ls));
    if (answer instanceof DebugFile.Missing missing) {
      String name = owner.out().substring(0, owner.out().indexOf(':'));
      assertThat(missing.remedy()).startsWith("install " + name + "-dbgsym");
    }
  }

  @Test
  void debugInformationOfLibcIsFoundByItsPackage() throws IOException {
    Tools.require("/usr/lib/debug/.build-id", "/lib/x86_64-linux-gnu/libc.so.6");
    ObjectFiles files = new ObjectFiles();
    ObjectFile libc = files.open(Path.of("/lib/x86_64-linux-gnu/libc.so.6"));
    DebugFile.Found found = (DebugFile.Found) files.debugFile(libc);
    assertThat(found.how()).isEqualTo(DebugFile.How.BUILD_ID);
    assertThat(found.file().buildId()).isEqualTo(libc.elf().buildId());
    assertThat(files.debugFile(libc)).isSameAs(found);
  }

  @Test
  void filesAreOpenedOnce() throws IOException {
    Path program = withDebugInfo("once");
    Path link = Files.createSymbolicLink(folder.resolve("link"), program);
    ObjectFiles files = new ObjectFiles();
    assertThat(files.open(link).elf()).isSameAs(files.open(program).elf());
  }

  @Test
  void whatCannotBeOpenedIsSaid() throws IOException {
    ObjectFiles files = new ObjectFiles();
    assertThatThrownBy(() -> files.open(folder.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> files.open(folder))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("not a regular file");
    Path pipe = folder.resolve("pipe");
    run("mkfifo", pipe.toString());
    assertThatThrownBy(() -> files.open(pipe)).hasMessageContaining("not a regular file");
    Path empty = Files.createFile(folder.resolve("empty"));
    assertThatThrownBy(() -> files.open(empty))
        .isInstanceOf(MalformedBinary.class)
        .hasMessageContaining("an empty file");
  }
}
