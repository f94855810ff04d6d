package trapline.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.model.Abi;

@Tag("unit")
class SyscallFinderTest {
  private static final KernelIndexSet SET = KernelIndexSet.embedded();

  private static SyscallFinder.Answer find(String series, String abi, String text) {
    KernelIndex index = SET.series(series).orElseThrow();
    return new SyscallFinder(SET, index, Abi.named(abi).orElseThrow()).find(text);
  }

  @ParameterizedTest
  @CsvSource({
    "x86_64, socket, x86_64 41 socket",
    "x86_64, 41, x86_64 41 socket",
    "x86_64, 0x29, x86_64 41 socket",
    "x86_64, 0X29, x86_64 41 socket",
    "x86_64, 0x40000029, x32 41 socket",
    "x86_64, 1073741865, x32 41 socket",
    "x32, 0x40000029, x32 41 socket",
    "x32, 41, x32 41 socket",
    "x86_64, sys_newstat, x86_64 4 stat",
    "x86_64, __x64_sys_socket, x86_64 41 socket",
    "x86_64, __do_sys_socket, x86_64 41 socket",
    "x86_64, __se_sys_socket, x86_64 41 socket",
    "i386, compat_sys_ioctl, i386 54 ioctl",
    "i386, __ia32_compat_sys_ioctl, i386 54 ioctl",
    "i386, sys_ioctl, i386 54 ioctl",
    "arm64, __arm64_sys_socket, arm64 198 socket",
    "mips_n64, 5000, mips_n64 0 read",
    "mips_n64, 0, mips_n64 0 read",
    "i386, socketcall, i386 102 socketcall",
  })
  void namesEntryPointsAndNumbers(String abi, String text, String expected) {
    SyscallFinder.Found found = (SyscallFinder.Found) find("6.12", abi, text);
    SyscallRow row = found.rows().getFirst();
    assertThat(found.abi().label() + " " + row.number() + " " + row.name()).isEqualTo(expected);
    assertThat(found.rows()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "6.12|x86_64|sokcet|no such call: sokcet; did you mean socket?",
        "6.12|x86_64|socketcall|no x86_64 call socketcall in 6.12.117; i386 (102)",
        "5.10|x86_64|cachestat|no x86_64 call cachestat in 5.10.262; 6.12.117 to 7.3.4 have it",
        "6.12|arm64|open|no arm64 call open in 6.12.117; glibc's open() makes the call openat;"
            + " x86_64 (2)",
        "6.12|x86_64|printf|no such call: printf; did you mean write? (",
        "6.12|x86_64|zzzzzzzzzz|no such call: zzzzzzzzzz; trapline syscalls lists them",
        "6.12|x86_64|9999|no x86_64 call 9999 in 6.12.117; its table goes from 0 to 462",
        "6.12|x86_64|0xffffffffff|no x86_64 call 0xffffffffff in",
        "6.12|x86_64|4294967337|no x86_64 call 4294967337 in",
        "6.12|x86_64|99999999999999999999999|no x86_64 call 99999999999999999999999 in",
        "6.12|x86_64|-1|no such call: -1",
      })
  void whatIsNotThereIsSaid(String series, String abi, String text, String sentence) {
    SyscallFinder.Absent absent = (SyscallFinder.Absent) find(series, abi, text);
    assertThat(absent.sentence()).startsWith(sentence).doesNotContain("\n");
  }

  /// By its symbol the first of each table: that looks at every row's redirections.
  @Test
  void everyRowIsFoundByNameNumberAndSymbol() {
    for (int i = 0; i < SET.versions().size(); i++) {
      KernelIndex index = SET.index(i);
      for (Abi abi : index.abis()) {
        SyscallFinder finder = new SyscallFinder(SET, index, abi);
        for (SyscallRow row : index.rows(abi)) {
          assertThat(rows(finder.find(row.name()))).contains(row);
          assertThat(rows(finder.find(abi.passedText(row.number())))).containsExactly(row);
          if (row.number() < 8 && !row.entry().isEmpty()) {
            assertThat(rows(finder.find(index.symbol(abi, row)))).contains(row);
          }
        }
      }
    }
  }

  private static List<SyscallRow> rows(SyscallFinder.Answer answer) {
    return ((SyscallFinder.Found) answer).rows();
  }
}
