package trapline.linux.ptrace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class SeccompFilterTest {
  private static final int ARCHITECTURE = 0xc000003e;

  private static long instruction(int code, int jumpTrue, int jumpFalse, long constant) {
    return code | (long) jumpTrue << 16 | (long) jumpFalse << 24 | constant << 32;
  }

  private static int[] call(int number, long... arguments) {
    long[] six = new long[6];
    System.arraycopy(arguments, 0, six, 0, arguments.length);
    return SeccompFilter.data(number, ARCHITECTURE, 0x1234_5678_9abcL, six);
  }

  @Test
  void wordsOfACall() {
    int[] words = call(257, 0xffff_ffff_0000_0001L, 2, 3, 4, 5, 6);
    assertThat(words)
        .containsExactly(
            257, ARCHITECTURE, 0x5678_9abc, 0x1234, 1, -1, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0);
  }

  /// As `man 2 seccomp` has it: another architecture is killed, one call fails, others are made.
  @ParameterizedTest
  @CsvSource({"1, 0x50001", "2, 0x7fff0000"})
  void comparesTheNumber(int number, String result) {
    SeccompFilter filter =
        new SeccompFilter(
            new long[] {
              instruction(0x20, 0, 0, 4), // ld arch
              instruction(0x15, 0, 3, ARCHITECTURE & 0xffff_ffffL), // jeq
              instruction(0x20, 0, 0, 0), // ld nr
              instruction(0x15, 0, 2, 1), // jeq
              instruction(6, 0, 0, 0x50001), // ret
              instruction(6, 0, 0, 0x80000000L), // ret
              instruction(6, 0, 0, 0x7fff0000), // ret
            });
    assertThat(filter.run(call(number))).isEqualTo(Long.decode(result));
  }

  /// Scratch memory, the index register, and arithmetic as the kernel does it, without signs.
  @ParameterizedTest
  @CsvSource({
    "0x04, 7, 3, 10",
    "0x14, 7, 9, 0xfffffffe",
    "0x24, 7, 3, 21",
    "0x34, 0xfffffffe, 2, 0x7fffffff",
    "0x44, 12, 3, 15",
    "0x54, 14, 7, 6",
    "0x64, 1, 31, 0x80000000",
    "0x74, 0x80000000, 31, 1",
    "0x94, 17, 5, 2",
    "0xa4, 12, 10, 6",
  })
  void calculates(String operation, String a, String x, String result) {
    int code = Integer.decode(operation);
    long left = Long.decode(a);
    long right = Long.decode(x);
    SeccompFilter byConstant =
        new SeccompFilter(
            new long[] {
              instruction(0, 0, 0, left), instruction(code, 0, 0, right), instruction(0x16, 0, 0, 0)
            });
    SeccompFilter byRegister =
        new SeccompFilter(
            new long[] {
              instruction(0, 0, 0, right), // ld
              instruction(2, 0, 0, 5), // st M[5]
              instruction(0, 0, 0, left), // ld
              instruction(0x61, 0, 0, 5), // ldx M[5]
              instruction(code | 8, 0, 0, 0),
              instruction(0x16, 0, 0, 0), // ret a
            });
    assertThat(byConstant.run(call(0))).isEqualTo(Long.decode(result));
    assertThat(byRegister.run(call(0))).isEqualTo(Long.decode(result));
  }

  @Test
  void actionsOrderAsSignedNumbers() {
    assertThat(SeccompFilter.action(0x80000000L)).isLessThan(SeccompFilter.action(0));
    assertThat(SeccompFilter.action(0x50016)).isEqualTo(0x50000);
  }

  @Test
  void anyProgramEnds() {
    SplittableRandom random = new SplittableRandom(3);
    for (int round = 0; round < 20_000; round++) {
      long[] code = random.longs(random.nextInt(40)).toArray();
      for (int i = 0; i < code.length; i++) {
        code[i] &= random.nextBoolean() ? 0x0000_001f_0707_00ffL : -1; // mostly such as there are
      }
      long result = new SeccompFilter(code).run(call(random.nextInt(), random.nextLong()));
      assertThat(result).isBetween(-1L, 0xffff_ffffL);
    }
  }
}
