package trapline.linux.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Command;
import trapline.testing.Tools;

/// Archives against busybox's cpio.
@Tag("host")
class CpioWriterTest {
  @TempDir private Path folder;

  @Test
  void busyboxReadsWhatWasWritten() throws IOException {
    Tools.require("/bin/busybox");
    Path file = folder.resolve("archive");
    try (OutputStream out = Files.newOutputStream(file)) {
      CpioWriter cpio = new CpioWriter(out);
      cpio.add("/d", new CpioWriter.Entry(040750, 0, 0, 86400), new byte[0]);
      cpio.add("/d/three", new CpioWriter.Entry(0100640, 1, 2, 86400), bytes("abc"));
      cpio.add("/d/link", new CpioWriter.Entry(0120777, 0, 0, 0), bytes("three"));
      // A file that has shrunk meanwhile is filled up, and one that has grown is cut.
      cpio.add(
          "/d/shrunk",
          entry(),
          6,
          new ByteArrayInputStream("abc".getBytes(StandardCharsets.UTF_8)));
      cpio.add("/d/grown", entry(), 2, new ByteArrayInputStream(bytes("abc")));
      cpio.finish();
      assertThat(cpio.size()).isEqualTo(Files.size(file)).isGreaterThan(600);
    }
    String list =
        Command.runIn(folder, List.of("sh", "-c", "/bin/busybox cpio -itv < archive")).orFail();
    assertThat(list)
        .containsPattern("drwxr-x---.* d\n")
        .containsPattern("-rw-r-----.* 3 .*d/three\n")
        .containsPattern("lrwxrwxrwx.*d/link -> three");
    Command.runIn(folder, List.of("sh", "-c", "/bin/busybox cpio -id < archive")).orFail();
    assertThat(folder.resolve("d/link")).hasContent("abc");
    assertThat(Files.readAllBytes(folder.resolve("d/shrunk"))).isEqualTo(bytes("abc\0\0\0"));
    assertThat(folder.resolve("d/grown")).hasContent("ab");
  }

  private static CpioWriter.Entry entry() {
    return new CpioWriter.Entry(0100600, 0, 0, 0);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
