package trapline.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class HostLookTest {
  @ParameterizedTest
  @CsvSource({
    "6.12.117+deb12-cloud-amd64, linux-source-6.12.tar.xz, true",
    "6.1.0-57-cloud-amd64, linux-6.1.192, true",
    "6.1.0-57-cloud-amd64, linux-source-6.12.tar.xz, false",
    "6.18.44, linux-source-6.1.tar.xz, false",
    "6.18.44, linux-source-6.12, false",
    "6.18.44, linux, true",
    "unknown, linux-source-6.12, true",
  })
  void aSourceOfAnotherSeriesIsNotTheRunningKernels(String release, String name, boolean may) {
    assertThat(HostLook.mayBeOf(release, name)).isEqualTo(may);
  }
}
