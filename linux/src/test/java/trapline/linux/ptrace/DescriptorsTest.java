package trapline.linux.ptrace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.capture.TraceEvent;
import trapline.linux.proc.Descriptors;
import trapline.model.Abi;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// Descriptors are described as `strace -yy` does.
@Tag("host")
class DescriptorsTest {
  private static final String SOURCE =
      """
      #include <fcntl.h>
      #include <linux/netlink.h>
      #include <netinet/in.h>
      #include <string.h>
      #include <sys/epoll.h>
      #include <sys/eventfd.h>
      #include <sys/socket.h>
      #include <sys/un.h>
      #include <unistd.h>
      #define SHOW(fd) lseek(fd, 0, SEEK_CUR)
      int main(int argc, char **argv) {
        struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        struct sockaddr_in b = {.sin_family = AF_INET};
        struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
        struct sockaddr_in6 any = {.sin6_family = AF_INET6};
        struct sockaddr_nl netlink = {.nl_family = AF_NETLINK};
        struct sockaddr_un un = {.sun_family = AF_UNIX};
        socklen_t l = sizeof a;
        int s = socket(AF_INET, SOCK_STREAM, 0);
        SHOW(s);
        bind(s, (void *) &a, sizeof a);
        listen(s, 5);
        getsockname(s, (void *) &a, &l);
        SHOW(s);
        int c = socket(AF_INET, SOCK_STREAM, 0);
        connect(c, (void *) &a, sizeof a);
        SHOW(c);
        SHOW(accept(s, 0, 0));
        int u = socket(AF_INET, SOCK_DGRAM, 0);
        SHOW(u);
        bind(u, (void *) &b, sizeof b);
        SHOW(u);
        int t6 = socket(AF_INET6, SOCK_STREAM, 0);
        bind(t6, (void *) &six, sizeof six);
        listen(t6, 1);
        SHOW(t6);
        int u6 = socket(AF_INET6, SOCK_DGRAM, 0);
        bind(u6, (void *) &any, sizeof any);
        SHOW(u6);
        int p[2];
        pipe(p);
        SHOW(p[1]);
        socketpair(AF_UNIX, SOCK_STREAM, 0, p);
        SHOW(p[0]);
        strcpy(un.sun_path, "socket name");
        int us = socket(AF_UNIX, SOCK_STREAM, 0);
        SHOW(us);
        bind(us, (void *) &un, sizeof un);
        listen(us, 1);
        SHOW(us);
        int uc = socket(AF_UNIX, SOCK_STREAM, 0);
        connect(uc, (void *) &un, sizeof un);
        SHOW(accept(us, 0, 0));
        unlink("socket name");
        un.sun_path[0] = 0;
        strcpy(un.sun_path + 1, "hidden");
        int ud = socket(AF_UNIX, SOCK_DGRAM, 0);
        bind(ud, (void *) &un, 2 + 7);
        SHOW(ud);
        SHOW(eventfd(0, 0));
        SHOW(epoll_create1(0));
        int nl = socket(AF_NETLINK, SOCK_RAW, 0);
        bind(nl, (void *) &netlink, sizeof netlink);
        SHOW(nl);
        SHOW(open("/dev/null", O_RDONLY));
        int f = open("gone", O_RDWR | O_CREAT, 0600);
        unlink("gone");
        SHOW(f);
        SHOW(open("/usr", O_RDONLY | O_DIRECTORY));
        return 0;
      }
      """;

  @TempDir Path folder;

  @Test
  void asStracePrintsThem() throws Exception {
    Tools.require("gcc", "strace");
    Path program = Programs.compile(folder, "files", SOURCE, "-w");
    Path output = folder.resolve("out");
    Command.runIn(
            folder,
            List.of("strace", "-yy", "-e", "lseek", "-o", output.toString(), program.toString()))
        .orFail();
    List<String> expected = new ArrayList<>();
    for (String line : Files.readAllLines(output)) {
      if (line.startsWith("lseek(")) {
        String text = line.substring(line.indexOf('<') + 1, line.lastIndexOf(", 0, SEEK_CUR"));
        expected.add(
            text.endsWith("(deleted)") // strace puts it behind the bracket
                ? text.replace(">(deleted)", "(deleted)")
                : text.substring(0, text.length() - 1));
      }
    }
    List<String> actual = new ArrayList<>();
    try (Tracer tracer =
        Tracer.launch(new LaunchSpec(program, List.of("files"), Map.of(), folder))) {
      for (TraceEvent event; (event = tracer.next()) != null; ) {
        if (event instanceof TraceEvent.Entered entered && entered.call().number() == 8) {
          Descriptors descriptors = new Descriptors(entered.threadId());
          actual.add(descriptors.describe((int) entered.registers().argument(Abi.X86_64, 0)));
          assertThat(descriptors.describe(4711)).isNull();
        }
        tracer.resume(event.threadId());
      }
    }
    assertThat(expected).hasSize(20);
    assertThat(actual.stream().map(DescriptorsTest::withoutNumbers))
        .isEqualTo(expected.stream().map(DescriptorsTest::withoutNumbers).toList());
  }

  /// Inodes, ports and process ids differ from run to run.
  private static String withoutNumbers(String text) {
    return text.replaceAll("[0-9]{2,}", "N").replaceAll("junit-N", "junit");
  }
}
