package trapline.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How the running kernel's own words compare with a source's version.
@Tag("unit")
class VersionMatchTest {
  @ParameterizedTest
  @CsvSource({
    "6.12.117, '', '', 6.12.117, '', EXACT",
    "6.12.117, '', '', 6.12.117-custom, '', SAME_RELEASE",
    "6.12.117, 6.12.117-1, Debian, 6.12.117+deb13-amd64, '#1 SMP Debian 6.12.117-1 (2026)', EXACT",
    "6.12.117, 6.12.117-1, Debian, 6.12.117+deb13-amd64, '', SAME_RELEASE",
    "6.12.117, 6.12.117-1, Debian, 6.12.117, '', SAME_RELEASE",
    "6.12.117, 6.12.117-1, Debian, 6.12.48+deb13-cloud-amd64, '', SAME_SERIES",
    "6.1.192, 6.1.192-2, Debian, 6.1.0-37-amd64, '#1 SMP Debian 6.1.192-2 (x)', EXACT",
    "6.1.192, '', '', 6.12.1, '', OTHER",
    "6.13-rc2, '', '', 6.13-rc2, '', EXACT",
    "6.12.117, '', '', '', '', UNKNOWN",
  })
  void versionsMatch(
      String release,
      String packaged,
      String distribution,
      String running,
      String build,
      VersionMatch.Level level) {
    KernelVersion version = new KernelVersion(release, packaged, distribution, "");

    VersionMatch match = VersionMatch.of(version, running, build);

    assertThat(match.level()).isEqualTo(level);
    assertThat(match.sentence()).contains(release);
  }

  /// What a kernel is told that is not indexed itself.
  @ParameterizedTest
  @CsvSource({
    "6.18.15, 6.18.44, (same series, nearest lower version; lines are approximate)",
    "6.12.117, 6.12.48+deb13-amd64, (same series; lines are approximate)",
    "6.12.117, 6.17.3, (nearest lower version; lines are approximate and calls may differ)",
    "5.10.262, 4.19.0, '(a later version, the oldest indexed; lines are approximate'",
  })
  void theNearestLowerVersionIsSaidInWords(String release, String running, String words) {
    KernelVersion version = new KernelVersion(release, "", "", "");

    assertThat(VersionMatch.of(version, running, "").sentence())
        .contains("; facts from " + release + " " + words);
  }
}
