package trapline.follow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.model.Abi;
import trapline.model.Architecture;
import trapline.model.Registers;
import trapline.model.RemoteMemory;
import trapline.model.SyscallId;

@Tag("host")
class FilesTouchedTest {
  private static final SyscallId OPENAT = new SyscallId(Abi.X86_64, 257);
  private static final SyscallId UNLINKAT = new SyscallId(Abi.X86_64, 263);
  private static final int O_WRONLY = 1;
  private static final int O_CREAT = 0100;
  private static final long PATH = 0x1000;
  private static final int AT_FDCWD = -100;
  private static final int RDI = 14;
  private static final int RSI = 13;
  private static final int RDX = 12;

  @TempDir Path folder;
  private FilesTouched touched;

  @BeforeEach
  void makeFolders() throws IOException {
    folder = folder.toRealPath();
    touched = new FilesTouched(Files.createDirectory(folder.resolve("copies")));
  }

  private void open(Path path, int flags) {
    call(OPENAT, path, flags);
  }

  private void call(SyscallId id, Path path, int flags) {
    byte[] name = (path + "\0").getBytes(UTF_8);
    RemoteMemory memory =
        (address, into, offset, length) -> {
          int from = (int) (address - PATH);
          int given = from < 0 ? 0 : Math.max(0, Math.min(length, name.length - from));
          System.arraycopy(name, from, into, offset, given);
          return given;
        };
    long[] slots = new long[Architecture.X86_64.slots()];
    slots[RDI] = AT_FDCWD;
    slots[RSI] = PATH;
    slots[RDX] = flags;
    int self = (int) ProcessHandle.current().pid();
    List<Long> arguments = List.of((long) AT_FDCWD, PATH, (long) flags, 0L, 0L, 0L);
    touched.entered(
        self,
        id,
        new Registers(Architecture.X86_64, slots),
        PathArguments.read(id, arguments, memory));
  }

  @Test
  void aFileThatWasReadIsTakenAsItIs() throws IOException {
    Path file = Files.writeString(folder.resolve("read"), "text");
    open(file, 0);
    assertThat(touched.opened()).containsExactly(file);
    assertThat(touched.copies()).isEmpty();
    assertThat(touched.made()).isEmpty();
  }

  /// How far the way to a file goes decides between ENOENT and ENOTDIR.
  @Test
  void ofAMissingFileWhatLeadsToItIsTaken() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "text");
    open(folder.resolve("missing/deeper"), 0);
    open(file.resolve("below"), 0);
    assertThat(touched.opened()).containsExactly(folder, file);
    assertThat(touched.made()).isEmpty();
  }

  @Test
  void aFileThatAnotherCallChangesIsCopied() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "before");
    call(UNLINKAT, file, 0);
    assertThat(touched.opened()).containsExactly(file);
    assertThat(touched.copies()).containsOnlyKeys(file);
  }

  /// A path of almost PATH_MAX bytes is read in pieces.
  @Test
  void aLongPath() {
    Path deep = folder.resolve("x/".repeat(1900) + "end");
    open(deep, 0);
    assertThat(touched.opened()).containsExactly(folder);
    open(folder.resolve("x/".repeat(2100)), 0); // no end within PATH_MAX: ENAMETOOLONG
    assertThat(touched.opened()).containsExactly(folder);
  }

  @Test
  void aFileThatIsWrittenIsCopiedBefore() throws IOException {
    Path file = Files.writeString(folder.resolve("written"), "before");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    open(link, O_WRONLY);
    Files.writeString(file, "after");
    open(link, O_WRONLY);
    assertThat(touched.opened()).containsExactly(link);
    assertThat(touched.copies()).containsOnlyKeys(file);
    assertThat(touched.copies().get(file)).hasContent("before");
  }

  @Test
  void aFileThatIsMadeWasNotThere() throws IOException {
    Path file = folder.resolve("made");
    open(file, O_WRONLY | O_CREAT);
    Files.writeString(file, "new");
    open(file, O_WRONLY | O_CREAT);
    assertThat(touched.made()).containsExactly(file);
    assertThat(touched.opened()).containsExactly(folder);
    assertThat(touched.copies()).isEmpty();
  }

  @Test
  void aRelativePathIsFromTheThreadsFolder() {
    open(Path.of("pom.xml"), 0);
    assertThat(touched.opened()).containsExactly(Path.of("pom.xml").toAbsolutePath());
  }

  @Test
  void theKernelsOwnFilesAreLeftOut() {
    open(Path.of("/proc/self/maps"), 0);
    open(Path.of("/dev/null"), O_WRONLY);
    assertThat(touched.opened()).isEmpty();
    assertThat(touched.copies()).isEmpty();
  }
}
