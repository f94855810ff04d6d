package trapline.linux.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Command;
import trapline.testing.Programs;

/// Folders that others change while a guest's files are collected.
@Tag("host")
class GuestArchiveTest {
  @TempDir private Path folder;

  private final GuestArchive archive = new GuestArchive(GuestFiles.NONE);

  @Test
  void aFileThatHasGoneMeanwhileIsLeftOutAndSaid() throws IOException {
    Path stays = Files.writeString(folder.resolve("stays"), "this one stays");
    Path goes = Files.writeString(folder.resolve("goes"), "this one goes");
    archive.addShallow(folder, 1 << 20);
    assertThat(archive.holds(goes)).isTrue();
    Files.delete(goes);

    assertThat(written()).contains("this one stays").doesNotContain("this one goes");
    assertThat(archive.holds(stays)).isTrue();
    assertThat(archive.holds(goes)).isFalse();
    assertThat(archive.notes())
        .containsExactly(goes + " has gone meanwhile, so the guest lacks it");
  }

  @Test
  void linksThatLeadNowhereAreLinks() throws IOException {
    Files.createSymbolicLink(folder.resolve("broken"), folder.resolve("nothing"));
    Files.createDirectory(folder.resolve("inner"));
    Files.writeString(folder.resolve("inner/deep"), "deep contents");
    archive.addShallow(folder, 1 << 20);
    archive.addAll(folder);

    assertThat(written()).contains("inner/deep", "deep contents", "broken");
    assertThat(archive.notes()).isEmpty();
  }

  /// A file that is brought along names its own dynamic linker, which must not run here.
  @Test
  void theInterpreterOfAnIncludedFileIsBroughtAndNotRun() throws IOException {
    Path mark = folder.resolve("mark");
    Path evil =
        Programs.compile(
            folder,
            "evil",
            "#include <fcntl.h>\nint main(void) { return open(\"" + mark + "\", O_CREAT, 0600); }",
            "-static");
    Path victim =
        Programs.compile(folder, "victim", "int main(){}", "-Wl,--dynamic-linker=" + evil);
    GuestFiles files = new GuestFiles(List.of(victim), List.of(), Map.of(), Set.of(), List.of());
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    GuestProgram program = GuestProgram.of(Path.of("/bin/sh"), List.of("sh"), Map.of(), elsewhere);
    ProgramFiles.collect(archive, program, files);

    assertThat(mark).doesNotExist();
    assertThat(archive.holds(victim)).isTrue();
    assertThat(archive.holds(evil)).isTrue();
    assertThat(archive.holds(Path.of("/lib/x86_64-linux-gnu/libc.so.6"))).isTrue();
    Command.run(evil.toString(), "--list", victim.toString());
    assertThat(mark).exists();
  }

  /// While files come and go, which a directory such as `/tmp` is never without.
  @Test
  void aBusyFolderIsCollected() throws Exception {
    Files.writeString(folder.resolve("stays"), "this one stays");
    AtomicBoolean ended = new AtomicBoolean();
    Thread busy =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (int i = 0; !ended.get(); i++) {
                    Path file = folder.resolve("inner" + i % 7).resolve("f" + i % 50);
                    try {
                      Files.createDirectories(file.getParent());
                      Files.writeString(file, "x");
                      Files.writeString(folder.resolve("g" + i % 50), "x");
                      Files.delete(folder.resolve("g" + i % 50));
                      Files.delete(file);
                      Files.delete(file.getParent());
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  }
                });
    try {
      for (int i = 0; i < 300; i++) {
        GuestArchive each = new GuestArchive(GuestFiles.NONE);
        each.addShallow(folder, 1 << 20);
        each.addAll(folder);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        each.writeTo(out);
        assertThat(out.toString(StandardCharsets.ISO_8859_1)).contains("this one stays");
      }
    } finally {
      ended.set(true);
      busy.join();
    }
  }

  private String written() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long size = archive.writeTo(out);
    assertThat(out.size()).isEqualTo((int) size);
    return out.toString(StandardCharsets.ISO_8859_1);
  }
}
