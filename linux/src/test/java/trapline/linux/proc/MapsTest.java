package trapline.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import trapline.testing.Command;
import trapline.testing.Tools;

@Tag("host")
class MapsTest {
  private static Maps parse(String text) {
    return Maps.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void everyPartOfALine() {
    Maps maps =
        parse(
            """
            00400000-00452000 r-xp 00001000 08:02 173521      /usr/bin/a b
            7f0000000000-7f0000001000 rw-s 00000000 00:05 42 /tmp/x\\012y (deleted)
            7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0                          [stack]
            7ffd00100000-7ffd00101000 ---p 00000000 00:00 0
            ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
            """);
    assertThat(maps.mappings())
        .containsExactly(
            new Maps.Mapping(
                0x400000, 0x452000, "r-xp", 0x1000, 8L << 32 | 2, 173521, "/usr/bin/a b", false),
            new Maps.Mapping(0x7f0000000000L, 0x7f0000001000L, "rw-s", 0, 5, 42, "/tmp/x\ny", true),
            new Maps.Mapping(0x7ffd00000000L, 0x7ffd00021000L, "rw-p", 0, 0, 0, "[stack]", false),
            new Maps.Mapping(0x7ffd00100000L, 0x7ffd00101000L, "---p", 0, 0, 0, "", false),
            new Maps.Mapping(
                0xffffffffff600000L, 0xffffffffff601000L, "--xp", 0, 0, 0, "[vsyscall]", false));
    assertThat(maps.find(0x400000).path()).isEqualTo("/usr/bin/a b");
    assertThat(maps.find(0x451fff).path()).isEqualTo("/usr/bin/a b");
    assertThat(maps.find(0x452000)).isNull();
    assertThat(maps.find(0)).isNull();
    assertThat(maps.find(-1)).isNull();
    assertThat(maps.find(0xffffffffff600800L).path()).isEqualTo("[vsyscall]");
  }

  @Test
  void brokenLinesAreLeftOut() {
    assertThat(parse("").mappings()).isEmpty();
    assertThat(
            parse(
                    "x\n-\n1-2\n1-2 r-xp\n1-2 r-xp 0 0:0\n1-2 r-xp z 0:0 0\n"
                        + "111111111111111111111111-2 r--p 0 0:0 0\n5-6 r--p 0 0:0 0 /y")
                .mappings())
        .extracting(Maps.Mapping::path)
        .containsExactly("/y");
    Random random = new Random(7);
    byte[] noise = new byte[1 << 16];
    random.nextBytes(noise);
    assertThat(Maps.parse(noise).mappings()).isEmpty();
  }

  @Test
  void ownMappings() {
    Maps maps = Maps.of((int) ProcessHandle.current().pid());
    assertThat(maps.mappings()).anyMatch(m -> m.path().endsWith("/libjvm.so") && m.isExecutable());
    assertThat(maps.mappings()).anyMatch(m -> m.path().equals("[vdso]") && !m.isFile());
    assertThat(Maps.of(Integer.MAX_VALUE).mappings()).isEmpty();
  }

  @Test
  void hostFactsAreThoseOfUname() {
    Tools.require("uname", "id");
    HostFacts host = HostFacts.look();
    assertThat(List.of(host.release(), host.version(), host.machine()))
        .isEqualTo(
            List.of(
                Command.run("uname", "-r").orFail().strip(),
                Command.run("uname", "-v").orFail().strip(),
                Command.run("uname", "-m").orFail().strip()));
    assertThat(host.userId()).isEqualTo(Integer.parseInt(Command.run("id", "-u").orFail().strip()));
    assertThat(host.distribution()).isNotEmpty();
    assertThat(host.bpfErrno()).isNotNegative();
  }

  @Test
  void processFactsOfThisProcess() {
    int process = (int) ProcessHandle.current().pid();
    ProcessFacts facts = ProcessFacts.of(process);
    assertThat(facts.processId()).isEqualTo(process);
    assertThat(facts.executable())
        .isEqualTo(ProcessHandle.current().info().command().orElseThrow());
    assertThat((long) facts.parent())
        .isEqualTo(ProcessHandle.current().parent().orElseThrow().pid());
    assertThat(facts.tracer()).isZero();
    assertThat(facts.auxiliary(ProcessFacts.AT_SYSINFO_EHDR))
        .isEqualTo(
            Maps.of(process).mappings().stream()
                .filter(m -> m.path().equals("[vdso]"))
                .findFirst()
                .orElseThrow()
                .start());
    assertThat(ProcessFacts.of(Integer.MAX_VALUE)).isNull();
    assertThat(ProcessFacts.threadIds(process)).contains(process);
  }
}
