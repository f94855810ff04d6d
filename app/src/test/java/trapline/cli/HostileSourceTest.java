package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Command;
import trapline.testing.Programs;

/// A program's debug information may name any file as its source.
@Tag("host")
class HostileSourceTest {
  private static final String SECRET = "a secret in the first line";

  @TempDir private Path folder;

  @Test
  void onlyWhatMayBeReadIsQuoted() throws IOException {
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Path secret = secret(folder.resolve("secret"));
    secret(bin.resolve("own.c"));
    Files.createSymbolicLink(bin.resolve("link.c"), secret);
    Files.writeString(folder.resolve("open.c"), SECRET);
    Path pipe = folder.resolve("pipe");
    Command.run("mkfifo", pipe.toString()).orFail();
    String program =
        """
        #include <unistd.h>
        #include <sys/syscall.h>
        int main(void) {
        #line 1 "/proc/kmsg"
          syscall(SYS_getppid);
        #line 1 "FOLDER/secret"
          syscall(SYS_getpid);
        #line 1 "FOLDER/bin/link.c"
          syscall(SYS_getuid);
        #line 1 "FOLDER/pipe"
          syscall(SYS_getgid);
        #line 1 "FOLDER/bin/own.c"
          syscall(SYS_geteuid);
        #line 1 "FOLDER/open.c"
          syscall(SYS_getegid);
        #line 1 "/proc/self/cwd/../../../FOLDER/secret"
          syscall(SYS_gettid);
        #line 1 "/dev/zero"
          syscall(SYS_getpgrp);
          return 0;
        }
        """
            .replace("FOLDER", folder.toRealPath().toString());
    Path compiled = Programs.compile(bin, "program", program, "-g");
    String calls = "getppid,getpid,getuid,getgid,geteuid,getegid,gettid,getpgrp";

    Follow run = Follow.json(List.of("--call", calls), List.of(compiled.toString())).orFail();

    Map<String, String> why =
        Map.of(
            "getppid", "part of the kernel's proc",
            "getpid", "is not quoted",
            "getuid", "is not quoted",
            "getgid", "not a regular file",
            "getpgrp", "not a regular file");
    why.forEach(
        (call, reason) -> {
          JsonNode source = Follow.hop(run.first(call), "source-line");
          assertThat(source.get("text").isNull()).as(call).isTrue();
          assertThat(source.get("textMissing").asText()).as(call).contains(reason);
        });
    for (String call : List.of("geteuid", "getegid")) {
      assertThat(Follow.hop(run.first(call), "source-line").get("text").asText())
          .as(call)
          .isEqualTo(SECRET);
    }
    assertThat(Follow.hop(run.first("gettid"), "source-line").get("text").isNull()).isTrue();

    Follow named =
        Follow.json(
                List.of("--call", "getpid", "--mine", folder.toString()),
                List.of(compiled.toString()))
            .orFail();
    assertThat(Follow.hop(named.first("getpid"), "source-line").get("text").asText())
        .isEqualTo(SECRET);
  }

  private static Path secret(Path file) throws IOException {
    Files.writeString(file, SECRET);
    Command.run("chmod", "0600", file.toString()).orFail();
    return file;
  }
}
