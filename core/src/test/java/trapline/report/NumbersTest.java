package trapline.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class NumbersTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 ns",
    "999, 999 ns",
    "1000, 1.00 µs",
    "1006, 1.01 µs",
    "9994, 9.99 µs",
    "9996, 10.0 µs",
    "18240, 18.2 µs",
    "99960, 100 µs",
    "999499, 999 µs",
    "999500, 1.00 ms",
    "2310000, 2.31 ms",
    "1000123456, 1.00 s",
    "3400000000, 3.40 s",
    "59000000000, 59.0 s",
    "7200000000000, 7200 s",
    "9223372036854775807, 9223372037 s",
  })
  void durationsHaveThreeDigits(long nanoseconds, String expected) {
    assertThat(Numbers.duration(nanoseconds, "µs")).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "2, 2nd",
    "3, 3rd",
    "4, 4th",
    "11, 11th",
    "12, 12th",
    "21, 21st",
    "12345, '12,345th'"
  })
  void ordinalsAreEnglish(long value, String expected) {
    assertThat(Numbers.ordinal(value)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "9, 9", "10, 0xa", "-1, 0xffffffffffffffff"})
  void registersAreHexadecimalFromTenOn(long value, String expected) {
    assertThat(Numbers.register(value)).isEqualTo(expected);
  }
}
