package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.CloudKernels;
import trapline.testing.Programs;

/// `--observe live` on a kernel that may be traced. The machine is booted once; each test looks at
/// what one command left there. `-Dtrapline.liveKernel=FILE.deb` tries another kernel, of 6.11 or
/// newer.
@Tag("vm")
class LiveKernelTest {
  private static final String PROPERTY = "trapline.liveKernel";
  private static final String SERIES = "6.12";

  @TempDir static Path folder;
  private static Path out;
  private static Path fails;

  @BeforeAll
  static void runAll(@TempDir Path machine) throws IOException {
    LiveGuest guest = new LiveGuest(machine, CloudKernels.chosen(PROPERTY, SERIES));
    fails =
        Programs.compile(
            folder,
            "fails",
            """
            #include <arpa/inet.h>
            #include <fcntl.h>
            #include <pthread.h>
            #include <signal.h>
            #include <sys/socket.h>
            #include <sys/stat.h>
            #include <unistd.h>
            static void *thread(void *end) {
              write(*(int *)end, "x", 1); // thread
              return end;
            }
            int main(void) {
              struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(2222)};
              lseek(-1, 0, SEEK_SET);                                       // lseek
              open("/missing/file", O_RDONLY);                              // open
              mkdir("/root", 0700);                                         // mkdir
              socket(AF_INET, SOCK_STREAM, 250);                            // socket
              int one = socket(AF_INET, SOCK_STREAM, 0);
              int two = socket(AF_INET, SOCK_STREAM, 0);
              bind(one, (struct sockaddr *)&any, sizeof any);
              bind(two, (struct sockaddr *)&any, sizeof any);               // bind
              setsockopt(one, SOL_SOCKET, 250, &any, sizeof any);           // setsockopt
              kill(4000000, 0);                                             // kill
              int ends[2];
              pipe(ends);
              pthread_t threads[4];
              for (int i = 0; i < 4; i++)
                pthread_create(threads + i, 0, thread, ends);
              for (int i = 0; i < 4; i++)
                pthread_join(threads[i], 0);
            }
            """,
            "-g",
            "-pthread");
    guest.addProgram(fails);
    guest.addProgram(
        Programs.compile(
            folder,
            "signals",
            """
            #include <signal.h>
            #include <stdlib.h>
            #include <unistd.h>
            int main(int n, char **v) {
              lseek(-1, 0, SEEK_SET);
              kill(getppid(), atoi(v[1]));
              for (;;) pause();
            }
            """,
            "-g"));
    guest.addProgram(
        Programs.compile(
            folder,
            "serves",
            """
            #include <pthread.h>
            #include <unistd.h>
            static void *thread(void *unused) {
              for (;;) {
                usleep(100000);
                getpriority(7, 0);
              }
            }
            #include <sys/resource.h>
            int main(void) {
              pthread_t threads[3];
              for (int i = 0; i < 3; i++)
                pthread_create(threads + i, 0, thread, 0);
              thread(0);
            }
            """,
            "-g",
            "-w",
            "-pthread"));
    out =
        guest.run(
            """
            t=/sys/kernel/tracing
            state() { # what belongs to others
              cd $t
              cat tracing_on current_tracer set_ftrace_pid kprobe_events set_event
              ls instances
              grep . options/funcgraph-*
              cd /root
            }
            uname -r >/out/release
            mkdir $t/instances/mine
            ls $t/instances/mine/options >/out/options
            rmdir $t/instances/mine
            echo p:mine/one do_exit >$t/kprobe_events
            echo 1 >$t/options/funcgraph-tail
            state >/out/before
            trapline why --observe live --json -o /out/fails.json fails >/out/fails.out 2>/out/fails.err
            echo $? >/out/fails.status
            state >/out/fails.after
            trapline why --observe live signals 2 >/out/interrupted.out 2>/out/interrupted.err
            echo $? >/out/interrupted.status
            ps >/out/interrupted.processes
            state >/out/interrupted.after
            trapline why --observe live signals 9 >/out/killed.out 2>/out/killed.err
            echo $? >/out/killed.status
            n=0
            while ps | grep -q '[s]ignals' && [ $n -lt 60 ]; do sleep 1; n=$((n + 1)); done
            ps >/out/killed.processes
            state >/out/killed.after
            serves &
            server=$!
            trapline follow --observe live --call getpriority --json -o /out/serves.json \\
              -p $server >/out/serves.out 2>/out/serves.err
            echo $? >/out/serves.status
            kill -0 $server && echo alive >/out/serves.alive
            kill $server
            state >/out/serves.after
            """);
  }

  /// Whether the kernel's tracer has an option, for all at once or for each instance.
  private static boolean hasOption(String name) throws IOException {
    return left("before").contains(name) || left("options").contains(name);
  }

  private static String left(String name) throws IOException {
    return Files.readString(out.resolve(name));
  }

  /// A recording of every instruction, by the emulator, of the same kernel is the reference: the
  /// kernel's own tracer has to come to the same functions.
  @Test
  void theTracerAndTheEmulatorTellTheSame() throws IOException {
    assertThat(left("fails.status")).as(left("fails.err")).isEqualTo("0\n");
    Why live = Why.read(0, left("fails.err"), out.resolve("fails.json"));
    Why recorded = Why.run(folder, CloudKernels.chosen(PROPERTY, SERIES), fails.toString());
    Map<String, String> roads = Why.roads(live);
    assertThat(roads)
        .isEqualTo(Why.roads(recorded))
        .hasEntrySatisfying(
            "socket", // a compiler may have made two functions of the first
            road ->
                assertThat(road)
                    .startsWith("inet_create < ")
                    .endsWith("inet_create < __sock_create < __sys_socket < __x64_sys_socket"))
        .hasSize(8);
    JsonNode thread = live.byComment().get("thread");
    assertThat(thread.get("thread").get("tid")).isNotEqualTo(thread.get("thread").get("pid"));
    assertThat(thread.get("error").get("observed").get("where").asText())
        .isEqualTo(hasOption("funcgraph-retval") ? "live" : "live-second-run");
  }

  @Test
  void nothingOfOthersIsChanged() throws IOException {
    assertThat(left("before")).contains("p:mine/one do_exit", "options/funcgraph-tail:1");
    assertThat(left("fails.after")).isEqualTo(left("before"));
  }

  @Test
  void anInterruptionLeavesNothingBehind() throws IOException {
    assertThat(left("interrupted.status")).as(left("interrupted.err")).isEqualTo("130\n");
    assertThat(left("interrupted.after")).isEqualTo(left("before"));
    assertThat(left("interrupted.processes")).contains("/script").doesNotContain("signals");
  }

  @Test
  void theNextRunRemovesWhatAKilledOneLeft() throws IOException {
    assertThat(left("killed.status")).isEqualTo("137\n");
    assertThat(left("killed.processes")).contains("/script").doesNotContain("signals");
    assertThat(left("killed.after")).contains("\ntrapline-");
    if (!left("options").contains("funcgraph-proc")) { // which all share then
      assertThat(left("killed.after")).contains("options/funcgraph-proc:1");
    }
    assertThat(left("serves.after")).isEqualTo(left("before"));
  }

  @Test
  void aRunningProcessIsObserved() throws IOException {
    assertThat(left("serves.status")).as(left("serves.err")).isEqualTo("0\n");
    assertThat(left("serves.alive")).isEqualTo("alive\n");
    assertThat(left("serves.err")).contains("running kernel " + left("release").strip(), "(live)");
    assertThat(left("serves.json")).contains("\"function\":\"__x64_sys_getpriority\"");
  }
}
