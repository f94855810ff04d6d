package trapline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class CallerEnvironmentTest {
  @Test
  void givesBackTheLocaleThatTheLauncherReplaced() {
    assertThat(CallerEnvironment.of(Map.of("LC_ALL", "C.UTF-8", "HOME", "/root")))
        .isEqualTo(Map.of("LC_ALL", "C.UTF-8", "HOME", "/root"));
    assertThat(
            CallerEnvironment.of(
                Map.of("LC_ALL", "C.UTF-8", "TRAPLINE_CALLERS_LC_ALL", "+C", "A", "b")))
        .isEqualTo(Map.of("LC_ALL", "C", "A", "b"));
    assertThat(
            CallerEnvironment.of(
                Map.of("LC_ALL", "C.UTF-8", "TRAPLINE_CALLERS_LC_ALL", "-", "LANG", "POSIX")))
        .isEqualTo(Map.of("LANG", "POSIX"));
  }
}
