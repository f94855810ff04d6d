package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// Where errno is stored when it is no thread-local variable of the C library.
@Tag("host")
class ErrnoStoreTest {
  @TempDir Path folder;

  /// The dynamic linker has an errno of its own. `objdump` says which address its instruction
  /// stores to.
  @Test
  void theDynamicLinkersErrno() throws IOException {
    Tools.require("gcc", "objdump", "readelf");
    Path program =
        Programs.compile(
            folder,
            "opens",
            """
            #include <dlfcn.h>
            int main(void) { return dlopen("/nonexistent/library.so", RTLD_NOW) != 0; }
            """);
    JsonNode call = failed(program, "openat");
    JsonNode back = Follow.hop(call, "return");
    String at = storeOf(back).get("linkAddress").asText().substring(2);
    String loader =
        Command.run("readelf", "-lW", program.toString())
            .orFail()
            .replaceAll("(?s).*program interpreter: ([^\\]]*)].*", "$1");
    String listing =
        Command.run("objdump", "-d", "--no-show-raw-insn", "--start-address=0x" + at, loader)
            .orFail()
            .lines()
            .filter(line -> line.strip().startsWith(at + ":"))
            .findFirst()
            .orElseThrow();
    String address = listing.replaceAll(".*# ([0-9a-f]+).*", "$1");
    String place = Path.of(loader).toRealPath().getFileName() + "+0x" + address;
    assertThat(back.get("errnoStore").asText()).isIn(place, "rtld_errno (" + place + ")");
  }

  /// A program without a C library, with its own wrapper.
  @Test
  void aStaticErrno() throws IOException {
    Path program =
        Programs.compile(
            folder,
            "bare",
            """
            int errno, other;
            static __attribute__((noinline)) long call(long n, long a) {
              long r;
              __asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a) : "rcx", "r11", "memory");
              if (r < 0) { errno = -r; return -1; }
              return r;
            }
            void _start(void) {
              long r = call(3, 99);
              other = r;
              call(231, 0);
            }
            """,
            "-nostdlib",
            "-static",
            "-O1",
            "-fno-stack-protector");
    assertThat(Follow.hop(failed(program, "close"), "return").get("errnoStore").asText())
        .matches("errno \\(bare\\+0x[0-9a-f]+\\)");
  }

  /// Integers, too, that hold the address that a call returned are written as one.
  @Test
  void addressesInIntegers() throws IOException {
    Path program =
        Programs.compile(
            folder,
            "addresses",
            """
            #define _GNU_SOURCE
            #include <stdint.h>
            #include <sys/mman.h>
            #include <sys/syscall.h>
            #include <unistd.h>
            int main(void) {
              uintptr_t page = (uintptr_t) mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
              long end = syscall(SYS_brk, 0);
              void *moved = mremap((void *) page, 4096, 8192, MREMAP_MAYMOVE);
              long id = syscall(SYS_getpid);
              return moved == (void *) end + id;
            }
            """,
            "-g",
            "-O0");
    List<String> assigned = new ArrayList<>();
    for (JsonNode journey :
        Follow.json(List.of(), List.of(program.toString())).orFail().journeys()) {
      for (JsonNode hop : journey.get("hops")) {
        if (hop.has("assignment")) {
          assigned.add(hop.get("assignment").asText().replaceAll("[0-9a-f]{6,}", "N"));
        }
      }
    }
    assertThat(assigned).startsWith("page = 0xN", "end = 0xN", "moved = 0xN").hasSize(4);
    assertThat(assigned.getLast()).matches("id = \\d+|id = N");
  }

  private static JsonNode failed(Path program, String name) {
    Follow run = Follow.json(List.of(), List.of(program.toString()));
    return run.journeys().stream()
        .filter(it -> Follow.name(it).equals(name))
        .filter(it -> it.at("/outcome/kind").asText().equals("failed"))
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode storeOf(JsonNode back) {
    for (JsonNode line : back.get("code")) {
      if (line.has("note") && line.get("note").asText().startsWith("errno =")) {
        return line;
      }
    }
    throw new AssertionError("no store in " + back);
  }
}
