package trapline.kernel.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.kernel.KernelSource;
import trapline.model.MalformedBinary;
import trapline.testing.Command;
import trapline.testing.Tools;

/// Archives made by tar in its formats hold what the directory holds.
@Tag("host")
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

  /// Wherever it is cut, even between two files.
  @ParameterizedTest
  @CsvSource({"none", "gzip", "xz", "xz -T2 --block-size=64KiB"})
  void aCutAtAnyPlaceIsRefused(String compressor) throws IOException {
    byte[] whole = Files.readAllBytes(pack("gnu", compressor));
    // tar fills its last record of 20 blocks; only what stands before its end mark is missed.
    int end = compressor.equals("none") ? whole.length - 10240 : whole.length - 1;
    for (int length = 0; length <= end; length += length < 2048 ? 512 : 9 * 512 + 7) {
      Path cut = Files.write(folder.resolve("cut.tar"), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> read(new TarballSource(cut)))
          .as(compressor + " " + length)
          .isInstanceOf(MalformedBinary.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"gzip", "xz", "xz -T2 --block-size=64KiB"})
  void damageAtAnyPlaceIsRefused(String compressor) throws IOException {
    byte[] whole = Files.readAllBytes(pack("gnu", compressor));
    for (int at = 20; at < whole.length; at += 5077) {
      byte[] wrong = whole.clone();
      wrong[at] ^= 0x10;
      Path file = Files.write(folder.resolve("wrong.tar"), wrong);
      assertThatThrownBy(() -> read(new TarballSource(file)))
          .as(compressor + " " + at)
          .isInstanceOf(MalformedBinary.class);
    }
  }

  /// Members of a .gz and streams of an .xz follow one another; a pipe cannot tell what comes.
  @ParameterizedTest
  @CsvSource({"gzip", "xz"})
  void partsThatFollowOneAnotherAreOneArchive(String compressor) throws Exception {
    Path tar = pack("gnu", "none");
    Path parts = folder.resolve("parts");
    String script = "head -c 5000 $0 | $2 -c > $1; tail -c +5001 $0 | $2 -c >> $1; sha256sum < $1";
    String digest =
        Command.run("bash", "-c", script, tar.toString(), parts.toString(), compressor)
            .orFail()
            .substring(0, 64);
    TarballSource source = new TarballSource(parts);
    assertThat(read(source)).isEqualTo(read(new DirectorySource(tree)));
    assertThat(source.sha256()).isEqualTo(digest);
    Path fifo = folder.resolve("fifo");
    Command.run("mkfifo", fifo.toString()).orFail();
    Process cat =
        new ProcessBuilder("bash", "-c", "cat \"$0\" > \"$1\"", parts.toString(), fifo.toString())
            .start();
    try (FileInputStream in = new FileInputStream(fifo.toFile())) {
      TarballSource streamed = new TarballSource("pipe", in.getChannel());
      assertThat(read(streamed)).isEqualTo(read(new DirectorySource(tree)));
      assertThat(streamed.sha256()).isEqualTo(digest);
    } finally {
      cat.destroy();
    }
  }

  @Test
  void theFolderAroundTheTreeMayHaveAnyNameOrBeMissing() throws IOException {
    Map<String, String> expected = read(new DirectorySource(tree));
    Tools.require("git");
    String git =
        "cd $0 && git init -q . && git add -A && git -c user.name=a -c user.email=a@b commit -qm a"
            + " && git archive --format=tar --prefix=any/ -o ../git.tar HEAD"
            + " && git archive --format=tar -o ../bare.tar HEAD && rm -rf .git"
            + " && tar -cf ../dot.tar . && tar -cf ../here.tar net kernel lib drivers Makefile"
            + " && cd .. && find linux-9.9 -type f | tar -cf files.tar -T -";
    Command.run("bash", "-c", git, tree.toString()).orFail();
    for (String name : List.of("git.tar", "bare.tar", "dot.tar", "here.tar", "files.tar")) {
      assertThat(read(new TarballSource(folder.resolve(name)))).as(name).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"zstd, .tar.zst", "bzip2, .tar.bz2", "lzip, .tar.lz"})
  void otherCompressionsAreRefusedWithWhatToDo(String compressor, String name) throws IOException {
    byte[] start =
        switch (compressor) {
          case "zstd" -> new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0};
          case "bzip2" -> "BZh91AY".getBytes(StandardCharsets.US_ASCII);
          default -> "LZIP1".getBytes(StandardCharsets.US_ASCII);
        };
    Path file = Files.write(folder.resolve("other"), start);
    assertThatThrownBy(() -> read(new TarballSource(file)))
        .isInstanceOf(MalformedBinary.class)
        .hasMessageContainingAll(name, "unpack it", file.toString());
  }

  @Test
  void aSizeThatCannotBeIsRefused() throws IOException {
    Path bomb = folder.resolve("bomb.tar");
    byte[] header = Files.readAllBytes(pack("gnu", "none"));
    int at = new String(header, StandardCharsets.ISO_8859_1).indexOf("linux-9.9/Makefile");
    Path one = Files.write(folder.resolve("one"), Arrays.copyOfRange(header, at, at + 512));
    // One file that claims 2^46 bytes and a stream that ends: cut off, without memory for it.
    byte[] huge = Files.readAllBytes(one);
    Arrays.fill(huge, 124, 136, (byte) 0);
    huge[124] = (byte) 0x80;
    huge[130] = 0x40;
    Arrays.fill(huge, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte octet : huge) {
      sum += octet & 0xff;
    }
    byte[] digits = String.format("%06o", sum).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(digits, 0, huge, 148, 6);
    huge[154] = 0;
    Files.write(bomb, huge);
    assertThatThrownBy(() -> read(new TarballSource(bomb)))
        .isInstanceOf(MalformedBinary.class)
        .hasMessageContaining("ends inside");
  }

  @Test
  void whatCannotBeReadIsAGapAndNothingElseIsOpened() throws IOException {
    Command.run("mkfifo", tree.resolve("net/fifo.c").toString()).orFail();
    Files.createSymbolicLink(tree.resolve("net/loop"), Path.of(".."));
    DirectorySource source = new DirectorySource(tree);
    source.read(
        path -> true,
        (path, content) -> {
          try {
            Files.deleteIfExists(tree.resolve("net/socket.c"));
            Files.deleteIfExists(tree.resolve("net/exact.c"));
            Files.deleteIfExists(tree.resolve("lib/noise.c"));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return false;
        },
        KernelSource.Progress.NONE);
    assertThat(source.gaps()).isNotEmpty().allMatch(gap -> gap.reason().contains("vanished"));
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
