package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.CloudKernels;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// Calls that must be found again in a guest's run, and what is said when they are not there.
@Tag("vm")
class WhyRunsTest {
  /// Each thread makes many calls of the same number before the one that fails.
  private static final String THREADS =
      """
      #include <fcntl.h>
      #include <pthread.h>
      #include <unistd.h>
      static int file;
      static void *seek(void *which) {
        for (int i = 0; i < 50; i++) lseek(file, i, SEEK_SET);
        if (which) lseek(file, -1, SEEK_SET); // negative
        else lseek(file, 0, 99);              // no such way
        return 0;
      }
      int main(int n, char **v) {
        pthread_t one, two;
        file = open("/etc/passwd", O_RDONLY);
        pthread_create(&one, 0, seek, 0);
        pthread_join(one, 0);
        pthread_create(&two, 0, seek, v);
        pthread_join(two, 0);
        lseek(-1, 0, SEEK_SET);               // no file
      }
      """;

  @TempDir private Path folder;

  /// `fs/read_write.c`: ksys_lseek begins with `retval = -EINVAL`, which stands unless `whence <=
  /// SEEK_MAX`; before that, `if (!fd_file(f)) return -EBADF`. A negative place is refused by
  /// vfs_setpos, `return -EINVAL`, which gcc puts into generic_file_llseek_size.
  @Test
  void callsOfThreadsOfAStaticProgramAfterMany() {
    Path image = CloudKernels.series("6.12");
    Path program = Programs.compile(folder, "threads", THREADS, "-g", "-static", "-pthread");
    Why all = Why.run(folder, image, program.toString());
    assertThat(all.status()).as(all.err()).isZero();
    Map<String, JsonNode> answers = all.byComment();
    assertThat(answers.keySet()).containsExactly("no such way", "negative", "no file");
    assertThat(Why.road(answers.get("no such way"))).isEqualTo("ksys_lseek < __x64_sys_lseek");
    assertThat(Why.road(answers.get("no file"))).isEqualTo("ksys_lseek < __x64_sys_lseek");
    // shmem_file_llseek stands for the file system, which in the guest is in memory.
    assertThat(Why.road(answers.get("negative")))
        .isEqualTo("generic_file_llseek_size < shmem_file_llseek < ksys_lseek < __x64_sys_lseek");
    assertThat(note(answers.get("negative"))).contains("tmpfs");
    assertThat(answers.values().stream().map(each -> each.get("thread").get("tid")).distinct())
        .hasSize(3);

    Why one = Why.run(folder, image, "--call", "lseek", "--nth", "2", program.toString());
    assertThat(one.byComment().keySet()).containsExactly("negative");
  }

  /// The program finds out where it is by a file that only a guest has.
  @Test
  void whatDiffersIsSaid() {
    Path image = CloudKernels.series("6.12");
    Path program =
        Programs.compile(
            folder,
            "differs",
            """
            #include <fcntl.h>
            #include <stdio.h>
            #include <unistd.h>
            int main(void) {
              char text[10];
              int guest = access("/trapline/launch", F_OK) == 0; // only in a guest
              int file = guest ? open("/etc/passwd", O_RDONLY) : -1;
              read(file, text, 10);                              // other file
              if (guest) {
                fputs("no host here\\n", stderr);
                return 7;
              }
              lseek(-1, 0, SEEK_SET);                            // not reached
            }
            """,
            "-g");
    Why why = Why.run(folder, image, program.toString());
    Map<String, JsonNode> answers = why.byComment();
    assertThat(difference(answers.get("only in a guest"))).isEqualTo("there the call returned 0");
    assertThat(answers.get("other file").get("error").get("explanation").asText())
        .as("there it reads another descriptor")
        .contains("did not reach this call", "two runs first differed where access(");
    JsonNode error = answers.get("not reached").get("error");
    assertThat(error.get("kind").asText()).isEqualTo("unknown");
    assertThat(error.get("road")).isEmpty();
    assertThat(error.get("explanation").asText())
        .contains("did not reach this call", "status 7")
        .contains(
            "two runs first differed where access(\"/trapline/launch\") here failed with ENOENT,"
                + " there gave 0");
  }

  /// The program goes another way in the guest, and there needs a file that it did not need here.
  @Test
  void aFileThatTheGuestLacksIsNamed(@TempDir Path elsewhere) throws IOException {
    Path image = CloudKernels.series("6.12");
    Path needed = Files.writeString(elsewhere.resolve("needed"), "text");
    Path program =
        Programs.compile(
            folder,
            "lacks",
            """
            #include <fcntl.h>
            #include <unistd.h>
            int main(int n, char **v) {
              if (access("/trapline/launch", F_OK) == 0 && open(v[1], O_RDONLY) < 0)
                return 3;
              lseek(-1, 0, SEEK_SET);  // behind
            }
            """,
            "-g");
    String[] command = {program.toString(), needed.toString()};
    JsonNode without = Why.run(folder, image, command).byComment().get("behind");
    assertThat(without.get("error").get("explanation").asText())
        .contains("did not reach this call", "--guest-file " + needed);
    JsonNode with =
        Why.run(folder, image, "--guest-file", needed.toString(), command[0], command[1])
            .byComment()
            .get("behind");
    assertThat(Why.road(with)).isEqualTo("ksys_lseek < __x64_sys_lseek");
  }

  /// do_unlinkat (`fs/namei.c`) asks mnt_want_write, whose mnt_get_write_access refuses a
  /// read-only mount (`fs/namespace.c`: `if (mnt_is_readonly(m)) ret = -EROFS`).
  @Test
  void aReadOnlyMountIsReadOnlyInTheGuest() throws IOException, InterruptedException {
    Path image = CloudKernels.series("6.12");
    Path mount = Files.createDirectory(folder.resolve("mount"));
    Files.writeString(mount.resolve("file"), "text");
    Path program =
        Programs.compile(
            folder,
            "unlinks",
            """
            #include <unistd.h>
            int main(int n, char **v) { return unlink(v[1]); } // read-only
            """,
            "-g");
    Tools.requireHost(Tools.isRoot(), "root, to mount a folder read-only");
    mount("--bind", mount.toString(), mount.toString());
    try {
      mount("-o", "remount,bind,ro", mount.toString());
      JsonNode answer =
          Why.run(folder, image, program.toString(), mount.resolve("file").toString())
              .byComment()
              .get("read-only");
      assertThat(answer.get("error").get("errno").get("name").asText()).isEqualTo("EROFS");
      assertThat(Why.road(answer)).startsWith("mnt_get_write_access < mnt_want_write <");
    } finally {
      run("umount", mount.toString());
    }
  }

  private static void mount(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("mount"));
    command.addAll(List.of(options));
    Tools.requireHost(run(command.toArray(String[]::new)) == 0, "that mount(8) is permitted");
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  private static String note(JsonNode answer) {
    return answer.get("error").get("observed").path("note").asText();
  }

  private static String difference(JsonNode answer) {
    return answer.get("error").get("observed").get("difference").asText();
  }

  /// glibc's mmap64 refuses an offset that is no multiple of a page before it makes a call
  /// (`sysdeps/unix/sysv/linux/mmap64.c`, MMAP_OFF_MASK).
  @Test
  void anErrorOfTheLibraryItselfIsNoCall() {
    Path image = CloudKernels.series("6.12");
    Path program =
        Programs.compile(
            folder,
            "library",
            """
            #include <sys/mman.h>
            int main(void) { return mmap(0, 4096, PROT_READ, MAP_PRIVATE, 0, 1) != MAP_FAILED; }
            """,
            "-g");
    Why why = Why.run(folder, image, "--call", "mmap", program.toString());
    assertThat(why.status()).isEqualTo(1);
    assertThat(why.answers()).isEmpty();
    assertThat(why.err())
        .contains("no call of mmap failed; an error of a function mmap came from the C library");
    assertThat(Why.run(folder, image, program.toString()).err())
        .contains("errors that it saw came from the C library, without a call");
  }

  /// The guest's kernel panics after a call was seen: what was seen is told, with why the rest is
  /// not there.
  @Test
  void aPanicTakesNothingAway() {
    Path image = CloudKernels.series("6.12");
    Path program =
        Programs.compile(
            folder,
            "panics",
            """
            #include <fcntl.h>
            #include <unistd.h>
            int main(void) {
              lseek(-1, 0, SEEK_SET);  // before
              if (access("/trapline/launch", F_OK) == 0)
                write(open("/proc/sysrq-trigger", O_WRONLY), "c", 1);
              lseek(-1, 0, SEEK_SET);  // after
            }
            """,
            "-g");
    Map<String, JsonNode> answers = Why.run(folder, image, program.toString()).byComment();
    assertThat(Why.road(answers.get("before"))).startsWith("ksys_lseek");
    assertThat(answers.get("after").get("error").get("explanation").asText())
        .contains("did not reach this call", "Kernel panic");
  }
}
