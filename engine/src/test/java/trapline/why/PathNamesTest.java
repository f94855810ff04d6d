package trapline.why;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Paths of two runs that may be the same but for what was drawn.
@Tag("host")
class PathNamesTest {
  private final PathNames names =
      new PathNames(
          Set.of(
              "/tmp/suite.aB3dE9/missing-3",
              "/tmp/suite.aB3dE9/missing-4",
              "/tmp/tmpk2x8_9qa/out",
              "/proc/4711/stat",
              "/etc/passwd",
              "/etc/missing"));

  @ParameterizedTest
  @CsvSource({
    "/etc/passwd, /etc/passwd, true",
    "/etc/passwd, /etc/shadow, false",
    "/etc/missing, /etc/present, false", // as long, but a word
    "/tmp/suite.aB3dE9/missing-3, /tmp/suite.Zz1yQ0/missing-3, true",
    "/tmp/suite.aB3dE9/missing-3, /tmp/suite.Zz1yQ0/missing-4, false", // this run has both
    "/tmp/suite.aB3dE9/missing-3, /tmp/suite.Zz1yQ0/missing-5, true", // a number of the run's own
    "/tmp/suite.aB3dE9/missing-3, /tmp/suite.Zz1yQ0x/missing-3, false",
    "/tmp/suite.aB3dE9/missing-3, /tmp/suite.Zz1yQ0/missing-3/x, false",
    "/tmp/tmpk2x8_9qa/out, /tmp/tmpzz77_1ab/out, true",
    "/proc/4711/stat, /proc/93/stat, true",
    "/tmp/suite.aB3dE9/missing-3, /tmp/suite.aB3dE9/missing-4711, true", // 4711 is something else
    "/proc/4711/stat, /proc/self/stat, false",
  })
  void theSameButForWhatWasDrawn(String here, String there, boolean alike) {
    assertThat(names.alike(here, there)).isEqualTo(alike);
  }
}
