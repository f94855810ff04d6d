package trapline.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class SyscallIdTest {
  @ParameterizedTest
  @CsvSource({
    "0, x86_64, 0, 0",
    "462, x86_64, 462, 462",
    "0x40000001, x32, 1, 0x40000001",
    "0x40000202, x32, 514, 0x40000202",
    "0x7fffffff, x32, 0x3fffffff, 0x7fffffff",
    "-1, x86_64, -1, -1",
    "0x100000001, x86_64, 1, 1",
    "0xffffffff, x86_64, -1, -1"
  })
  void theNumberSaysTheAbi(String passed, String label, String number, String text) {
    SyscallId id = SyscallId.bySyscallInstruction(Long.decode(passed));
    assertThat(id).isEqualTo(new SyscallId(Abi.named(label).orElseThrow(), Long.decode(number)));
    assertThat(id.passed()).isEqualTo(text);
  }
}
