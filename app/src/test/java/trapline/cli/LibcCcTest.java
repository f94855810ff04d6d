package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Command;
import trapline.testing.Tools;

/// Programs that `trapline libc cc` makes run on the C library, and have nothing of the system's.
@Tag("libc")
class LibcCcTest {
  /// Says which files it has mapped; the kernel's headers are for both libraries not their own.
  private static final String PROGRAM =
      """
      #include <errno.h>
      #include <features.h>
      #include <math.h>
      #include <pthread.h>
      #include <stdio.h>
      #include <string.h>
      #ifdef __GLIBC__
      #include <linux/version.h>
      #endif
      static void *run(void *x) { return x; }
      int main(int n, char **v) {
        pthread_t thread;
        char line[4096];
        pthread_create(&thread, 0, run, v);
        pthread_join(thread, 0);
        FILE *maps = fopen("/proc/self/maps", "r");
        while (fgets(line, sizeof line, maps))
          if (strchr(line, '/')) fputs(strchr(line, '/'), stdout);
        return pow(n, 2) != 1;
      }
      """;

  @TempDir Path folder;

  @Test
  void programsForGlibcRunOnIt() throws Exception {
    check(LibcPrefixes.glibc(folder.resolve("glibc")), "ld-linux-x86-64.so.2");
  }

  @Test
  void programsForMuslRunOnIt() throws Exception {
    check(LibcPrefixes.musl(folder.resolve("musl")), "libc.so");
  }

  private void check(Path prefix, String loader) throws Exception {
    Tools.require("readelf", "sh");
    Path source = Files.writeString(folder.resolve("maps.c"), PROGRAM);
    Path program = folder.resolve("maps");
    Command made =
        Cli.run(
            folder,
            "libc",
            "cc",
            prefix.toString(),
            "-g",
            "-Wall",
            "-Werror",
            "-H",
            "-Wl,-t",
            "-o",
            program.toString(),
            source.toString(),
            "-lm",
            "-pthread");
    made.orFail();
    // Headers (-H, on standard error) and what is linked (-t): nothing of the system's C library.
    List<String> used = made.err().lines().filter(line -> line.startsWith(". ")).toList();
    assertThat(used).isNotEmpty();
    for (String line : used) {
      assertThat(line)
          .satisfiesAnyOf(
              each -> assertThat(each).contains(prefix.toString()),
              each -> assertThat(each).contains("/linux/"));
    }
    for (String line : made.out().lines().toList()) {
      boolean compilers = line.contains("/gcc/") || line.startsWith("/tmp/");
      assertThat(line.startsWith(prefix.toString()) || compilers).as(line).isTrue();
    }
    assertThat(made.out()).contains(prefix + "/lib/crti.o").contains("crt1.o");
    assertThat(Command.run("readelf", "-lW", program.toString()).orFail())
        .contains(
            "[Requesting program interpreter: " + prefix.resolve("lib").resolve(loader) + "]");
    String mapped = Command.run(program.toString()).orFail();
    assertThat(mapped.lines().distinct())
        .contains(prefix.resolve("lib").resolve(loader).toString())
        .allMatch(file -> file.startsWith(prefix.toString()) || file.equals(program.toString()));

    // The command that it shows, and what `flags` prints, do the same in a shell.
    String shown = made.err().lines().findFirst().orElse("");
    assertThat(shown).startsWith("$ cc ");
    Files.delete(program);
    Command.runIn(folder, List.of("sh", "-c", shown.substring(2))).orFail();
    assertThat(Command.run(program.toString()).orFail()).isEqualTo(mapped);
    Files.delete(program);
    String flags = Cli.run(folder, "libc", "flags", prefix.toString()).orFail().strip();
    Command.runIn(folder, List.of("sh", "-c", "cc " + flags + " -o maps maps.c -lm -pthread"))
        .orFail();
    assertThat(Command.run(program.toString()).orFail()).isEqualTo(mapped);
  }

  @Test
  void pathsWithBlanksAndCommasAreTakenAsTheyAre() throws Exception {
    check(LibcPrefixes.musl(folder.resolve("it's, with blanks")), "libc.so");
  }

  @Test
  void theCompilersStatusIsTheCommands() throws Exception {
    Path prefix = LibcPrefixes.musl(folder.resolve("musl"));
    Files.writeString(folder.resolve("wrong.c"), "int main(void) { return x; }\n");
    Command made = Cli.run(folder, "libc", "cc", prefix.toString(), "-c", "wrong.c");
    assertThat(made.status()).isEqualTo(1);
    assertThat(made.err()).contains("$ cc -nostdinc").contains("wrong.c:1:");
  }

  @Test
  void whatCannotBeCompiledForIsSaidInOneLine() throws Exception {
    Path moved = LibcPrefixes.glibc(folder.resolve("moved"));
    Files.copy(
        Path.of("/usr/lib/x86_64-linux-gnu/libc.so"),
        moved.resolve("lib/libc.so"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    refused(
        6, "libc.so names /lib/x86_64-linux-gnu/libc.so.6, which is not under", moved.toString());
    Files.delete(moved.resolve("lib/crt1.o"));
    refused(6, "not installed whole: it lacks " + moved + "/lib/crt1.o", moved.toString());
    refused(6, "no such C library; trapline libc lists those that there are", "glibc-9.99");
    refused(6, folder + ": no C library there", folder.toString());
    refused(2, "name one C library");
    refused(2, "name one C library", "one", "two");
  }

  private void refused(int status, String reason, String... words) {
    String[] all = new String[words.length + 2];
    all[0] = "libc";
    all[1] = "flags";
    System.arraycopy(words, 0, all, 2, words.length);
    Command run = Cli.run(folder, all);
    assertThat(run.err()).contains(reason);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.status()).isEqualTo(status);
    assertThat(run.out()).isEmpty();
  }
}
