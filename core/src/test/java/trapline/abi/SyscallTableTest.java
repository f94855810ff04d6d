package trapline.abi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import trapline.model.Abi;

@Tag("host")
class SyscallTableTest {
  private static final Path HEADERS = Path.of("/usr/include/x86_64-linux-gnu/asm");

  @ParameterizedTest
  @CsvSource({"x86_64,unistd_64.h", "i386,unistd_32.h", "x32,unistd_x32.h"})
  void everyNumberOfTheInstalledHeaderIsInTheTable(String label, String header) throws Exception {
    Abi abi = Abi.named(label).orElseThrow();
    Path file = HEADERS.resolve(header);
    assumeTrue(Files.exists(file), () -> "no " + file + ": install linux-libc-dev");
    Pattern define =
        Pattern.compile("#define __NR_(\\w+) (?:\\(__X32_SYSCALL_BIT \\+ )?(\\d+)\\)?");
    Map<String, String> wrong = new TreeMap<>();
    int seen = 0;
    for (String line : Files.readAllLines(file)) {
      Matcher matcher = define.matcher(line);
      if (matcher.matches()) {
        seen++;
        long number = Long.parseLong(matcher.group(2));
        String name = SyscallTable.of(abi).nameOf(number);
        if (!name.equals(matcher.group(1))) {
          wrong.put(matcher.group(1) + " " + number, name);
        }
      }
    }
    assertThat(seen).isGreaterThan(300);
    assertThat(wrong).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("trapline.model.Abi#traced")
  void namesAndNumbersLeadToTheSameCall(Abi abi) {
    SyscallTable table = SyscallTable.of(abi);
    assertThat(table.all()).hasSizeGreaterThan(350);
    for (SyscallSignature call : table.all()) {
      assertThat(table.byName(call.name())).isSameAs(call);
      assertThat(table.byNumber(call.number())).isSameAs(call);
      assertThat(call.parameters()).hasSizeLessThanOrEqualTo(6);
    }
  }

  @Test
  void socketHasTheKernelsParameters() {
    SyscallSignature socket = SyscallTable.of(Abi.X86_64).byName("socket");
    assertThat(socket).isNotNull();
    assertThat(socket.number()).isEqualTo(41);
    assertThat(socket.parameters())
        .extracting(Parameter::type, Parameter::name)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("int", "family"),
            org.assertj.core.groups.Tuple.tuple("int", "type"),
            org.assertj.core.groups.Tuple.tuple("int", "protocol"));
  }

  @Test
  void unknownNumbersHaveNoCall() {
    SyscallTable table = SyscallTable.of(Abi.X86_64);
    assertThat(table.byNumber(-1)).isNull();
    assertThat(table.byNumber(0x1ff)).isNull();
    assertThat(table.byNumber(Long.MAX_VALUE)).isNull();
    assertThat(table.nameOf(0x1ff)).isEqualTo("syscall_0x1ff");
    assertThat(SyscallTable.of(Abi.X32).byNumber(0x4000_0029L).name()).isEqualTo("socket");
  }

  @ParameterizedTest
  @CsvSource({
    "sokcet,socket",
    "opennat,openat",
    "acept,accept",
    "open,openat",
    "fork,clone",
    "exit,exit_group",
    "printf,write",
    "strlen,''",
    "epoll_wiat,epoll_wait"
  })
  void suggestsWhatWasMeant(String typed, String meant) {
    assertThat(SyscallTable.of(Abi.X86_64).nearest(typed).getFirst().name()).isEqualTo(meant);
  }

  @Test
  void suggestsNothingForNonsense() {
    assertThat(SyscallTable.of(Abi.X86_64).nearest("qqqqqqqqqqqq")).isEmpty();
    assertThat(SyscallTable.of(Abi.X86_64).nearest("")).isEmpty();
  }
}
