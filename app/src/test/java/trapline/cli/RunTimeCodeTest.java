package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Programs;

/// Code that is in no file, or whose file has gone.
@Tag("host")
class RunTimeCodeTest {
  private static final String SOURCE =
      """
      #define _GNU_SOURCE
      #include <string.h>
      #include <stdio.h>
      #include <sys/mman.h>
      #include <unistd.h>

      /* push %rbp; mov %rsp,%rbp; mov $110,%eax; syscall; pop %rbp; ret */
      static const char traps[] =
          "\\x55\\x48\\x89\\xe5\\xb8\\x6e\\x00\\x00\\x00\\x0f\\x05\\x5d\\xc3";
      /* push %rbp; mov %rsp,%rbp; call *%rdi; pop %rbp; ret */
      static const char calls[] = "\\x55\\x48\\x89\\xe5\\xff\\xd7\\x5d\\xc3";

      typedef int (*made)(int (*)(void));

      static made make(const char *code, int size, int file) {
        int flags = file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
        if (file >= 0) ftruncate(file, 4096);
        char *at = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, flags, file, 0);
        memcpy(at, code, size);
        return (made) at;
      }

      int main(int count, char **arguments) {
        int sum = make(traps, sizeof traps, -1)(0);
        sum += make(calls, sizeof calls, -1)((int (*)(void)) getegid);
        sum += make(calls, sizeof calls, memfd_create("made", 0))((int (*)(void)) getgid);
        rename(arguments[1], arguments[0]);
        sum += geteuid();
        return sum == -1;
      }
      """;

  @TempDir Path folder;

  @Test
  void isReadFromMemory() throws Exception {
    Path program = Programs.compile(folder, "made", SOURCE, "-g", "-w");
    Path other = Files.writeString(folder.resolve("other"), "in its place");
    Follow run =
        Follow.json(
                List.of("--call", "getppid,getegid,getgid,geteuid"),
                List.of(program.toString(), other.toString()))
            .orFail();

    JsonNode traps = run.first("getppid");
    JsonNode innermost = Follow.hop(traps, "source-line").get("stack").get(0);
    assertThat(innermost.get("evidence").asText()).isEqualTo("observed");
    assertThat(innermost.get("function").asText()).isEmpty();
    assertThat(innermost.get("module").asText()).isEmpty();
    assertThat(Follow.hop(traps, "syscall-instruction").get("instruction").asText())
        .isEqualTo("syscall");
    JsonNode site = Follow.hop(traps, "call-site");
    assertThat(site.get("evidence").asText()).isEqualTo("observed");
    assertThat(site.get("code").get(0).get("text").asText()).isEqualTo("syscall");
    assertThat(Follow.hop(traps, "plt").get("missing").asText()).contains("made at run time");

    for (String name : List.of("getegid", "getgid")) {
      JsonNode calls = run.first(name);
      site = Follow.hop(calls, "call-site");
      assertThat(site.at("/code/0/text").asText()).as(name).isEqualTo("call *%rdi");
      JsonNode line = Follow.hop(calls, "source-line");
      assertThat(line.get("function").asText()).isEqualTo("main");
    }

    JsonNode replaced = Follow.hop(run.first("geteuid"), "source-line");
    assertThat(replaced.get("function").asText()).isEqualTo("main");
    assertThat(replaced.get("line").asInt()).isEqualTo(28);
  }

  /// Code in a file that is no object file was not made at run time: its place in the file is
  // known.
  @Test
  void aRawFileIsNamed() throws Exception {
    byte[] traps = {
      0x55,
      0x48,
      (byte) 0x89,
      (byte) 0xe5,
      (byte) 0xb8,
      0x6e,
      0,
      0,
      0,
      0x0f,
      0x05,
      0x5d,
      (byte) 0xc3
    };
    Path raw = Files.write(folder.resolve("raw"), traps);
    Path program =
        Programs.compile(
            folder,
            "maps",
            """
            #include <fcntl.h>
            #include <sys/mman.h>
            int main(int count, char **arguments) {
              int file = open(arguments[1], O_RDONLY);
              int (*code)(void) = mmap(0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0);
              return code() == -1;
            }
            """,
            "-g",
            "-w");
    JsonNode call =
        Follow.json(List.of("--call", "getppid"), List.of(program.toString(), raw.toString()))
            .orFail()
            .first("getppid");
    JsonNode trap = Follow.hop(call, "syscall-instruction");
    assertThat(trap.get("module").asText()).isEqualTo(raw.toString());
    JsonNode innermost = Follow.hop(call, "source-line").get("stack").get(0);
    assertThat(innermost.get("module").asText()).isEqualTo(raw.toString());
    assertThat(innermost.get("moduleOffset").asText()).isEqualTo("0xb");
    assertThat(call.toString()).doesNotContain("made at run time");
  }
}
