package trapline.follow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.model.Abi;
import trapline.model.Registers;
import trapline.model.RemoteMemory;
import trapline.model.SyscallId;

class FilesTouchedTest {
  private static final SyscallId OPENAT = new SyscallId(Abi.X86_64, 257);
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

  private void open(Path path, int flags, long result) {
    byte[] name = (path + "\0").getBytes(UTF_8);
    RemoteMemory memory =
        (address, into, offset, length) -> {
          int given = address == PATH ? Math.min(length, name.length) : 0;
          System.arraycopy(name, 0, into, offset, given);
          return given;
        };
    long[] slots = new long[Registers.SLOTS];
    slots[RDI] = AT_FDCWD;
    slots[RSI] = PATH;
    slots[RDX] = flags;
    int self = (int) ProcessHandle.current().pid();
    touched.entered(self, OPENAT, "openat", new Registers(slots), memory);
    touched.exited(self, result);
  }

  @Test
  void aFileThatWasReadIsTakenAsItIs() throws IOException {
    Path file = Files.writeString(folder.resolve("read"), "text");
    open(file, 0, 3);
    open(folder.resolve("missing"), 0, -2);
    assertThat(touched.opened()).containsExactly(file);
    assertThat(touched.copies()).isEmpty();
    assertThat(touched.made()).isEmpty();
  }

  @Test
  void aFileThatIsWrittenIsCopiedBefore() throws IOException {
    Path file = Files.writeString(folder.resolve("written"), "before");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    open(link, O_WRONLY, 3);
    Files.writeString(file, "after");
    open(link, O_WRONLY, 3);
    assertThat(touched.opened()).containsExactly(link);
    assertThat(touched.copies()).containsOnlyKeys(file);
    assertThat(touched.copies().get(file)).hasContent("before");
  }

  @Test
  void aFileThatIsMadeWasNotThere() throws IOException {
    Path file = folder.resolve("made");
    open(file, O_WRONLY | O_CREAT, 3);
    Files.writeString(file, "new");
    open(file, O_WRONLY | O_CREAT, 4);
    assertThat(touched.made()).containsExactly(file);
    assertThat(touched.opened()).containsExactly(folder);
    assertThat(touched.copies()).isEmpty();
  }

  @Test
  void aRelativePathIsFromTheThreadsFolder() {
    open(Path.of("pom.xml"), 0, 3);
    assertThat(touched.opened()).containsExactly(Path.of("pom.xml").toAbsolutePath());
  }

  @Test
  void theKernelsOwnFilesAreLeftOut() {
    open(Path.of("/proc/self/maps"), 0, 3);
    open(Path.of("/dev/null"), O_WRONLY, 3);
    assertThat(touched.opened()).isEmpty();
    assertThat(touched.copies()).isEmpty();
  }
}
