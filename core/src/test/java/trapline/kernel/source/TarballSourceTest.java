package trapline.kernel.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.kernel.KernelSource;
import trapline.model.MalformedBinary;
import trapline.testing.Command;

/// Archives made by tar in its formats hold what the folder holds.
class TarballSourceTest {
  private static final String LONG =
      "drivers/" + "a-folder-with-a-long-name/".repeat(9) + "and-a-file-with-a-long-name.c";

  @TempDir Path folder;
  private Path tree;

  @BeforeEach
  void makeTree() throws IOException {
    tree = folder.resolve("linux-9.9");
    write("Makefile", "VERSION = 9\n");
    write("net/socket.c", "x".repeat(511));
    write("net/exact.c", "y".repeat(512));
    write("net/empty.c", "");
    write(LONG, "long");
    write("kernel/größe.c", "utf-8");
    byte[] noise = new byte[300_000];
    new SplittableRandom(7).nextBytes(noise);
    Files.write(Files.createDirectories(tree.resolve("lib")).resolve("noise.c"), noise);
    Files.createSymbolicLink(tree.resolve("net/link.c"), Path.of("socket.c"));
  }

  @ParameterizedTest
  @CsvSource({
    "gnu, none",
    "ustar, none",
    "pax, none",
    "gnu, gzip",
    "gnu, xz",
    "pax, xz",
    "gnu, xz -T2 --block-size=64KiB"
  })
  void everyFormatReadsAsTheFolder(String format, String compressor) throws IOException {
    Path tarball = pack(format, compressor);
    boolean ustar = format.equals("ustar");
    AtomicLong last = new AtomicLong();

    Map<String, String> fromTar = new TreeMap<>();
    new TarballSource(tarball)
        .read(
            path -> true,
            (path, content) -> fromTar.put(path, hash(content.copy(0, content.size()))) == null,
            (done, total) -> last.set(done));

    Map<String, String> fromFolder = read(new DirectorySource(tree));
    if (ustar) {
      fromFolder.remove(LONG); // tar cannot store it in that format
    }
    assertThat(fromTar).isEqualTo(fromFolder).hasSizeGreaterThan(5);
    assertThat(last.get()).isPositive();
  }

  @Test
  void foldersThatAreNotWantedAreNotEntered() throws IOException {
    List<String> seen = new ArrayList<>();
    for (KernelSource source :
        List.of(new DirectorySource(tree), new TarballSource(pack("gnu", "none")))) {
      seen.clear();
      source.read(
          path -> path.equals("net/") || path.equals("net/socket.c") || path.equals("Makefile"),
          (path, content) -> {
            synchronized (seen) {
              return seen.add(path);
            }
          },
          KernelSource.Progress.NONE);
      assertThat(seen).containsExactlyInAnyOrder("Makefile", "net/socket.c");
    }
  }

  @Test
  void aFileCanBeAskedForWithAndWithoutHavingBeenKept() throws IOException {
    TarballSource source = new TarballSource(pack("gnu", "xz"));

    assertThat(source.file("net/socket.c").orElseThrow().size()).isEqualTo(511);
    assertThat(source.file("net/socket.c").orElseThrow().size()).isEqualTo(511);
    assertThat(source.file("net/none.c")).isEmpty();
    assertThat(new DirectorySource(tree).file("../../../etc/passwd")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"none", "gzip", "xz"})
  void aTruncatedArchiveIsRefused(String compressor) throws IOException {
    byte[] whole = Files.readAllBytes(pack("gnu", compressor));
    for (int length : new int[] {300, 1000, whole.length / 2, whole.length - 20_000}) {
      Path cut = folder.resolve("cut.tar");
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> read(new TarballSource(cut)))
          .as(compressor + " " + length)
          .isInstanceOfAny(MalformedBinary.class, IOException.class);
    }
  }

  @Test
  void whatIsNoKernelIsSaidToBeNone() throws IOException {
    assertThatThrownBy(
            () ->
                KernelIndexer.index(
                    new DirectorySource(tree), IndexOptions.NONE, KernelSource.Progress.NONE))
        .isInstanceOf(MalformedBinary.class)
        .hasMessageContaining("VERSION");
    assertThatThrownBy(
            () ->
                KernelIndexer.index(
                    new TarballSource(folder.resolve("none.tar")),
                    IndexOptions.NONE,
                    KernelSource.Progress.NONE))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(
            () ->
                KernelIndexer.index(
                    new DirectorySource(folder.resolve("none")),
                    IndexOptions.NONE,
                    KernelSource.Progress.NONE))
        .isInstanceOf(NoSuchFileException.class);
    write("Makefile", "VERSION = 9\nPATCHLEVEL = 9\n");
    assertThatThrownBy(
            () ->
                KernelIndexer.index(
                    new DirectorySource(tree), IndexOptions.NONE, KernelSource.Progress.NONE))
        .isInstanceOf(MalformedBinary.class)
        .hasMessageContaining("syscall_64.tbl");
  }

  private static Map<String, String> read(KernelSource source) throws IOException {
    Map<String, String> files = new TreeMap<>();
    source.read(
        path -> true,
        (path, content) -> {
          synchronized (files) {
            return files.put(path, hash(content.copy(0, content.size()))) == null;
          }
        },
        KernelSource.Progress.NONE);
    return files;
  }

  private static String hash(byte[] content) {
    return content.length + ":" + Arrays.hashCode(content);
  }

  private Path pack(String format, String compressor) {
    Path tarball = folder.resolve(format + compressor.hashCode() + ".tar");
    List<String> command =
        new ArrayList<>(
            List.of(
                "tar", "--format=" + format, "-C", folder.toString(), "-cf", tarball.toString()));
    if (!compressor.equals("none")) {
      command.add("--use-compress-program=" + compressor);
    }
    command.add("linux-9.9");
    Command run = Command.run(command.toArray(new String[0]));
    if (!format.equals("ustar")) {
      run.orFail();
    }
    return tarball;
  }

  private void write(String path, String text) throws IOException {
    Path file = tree.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
