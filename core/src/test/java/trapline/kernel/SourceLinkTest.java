package trapline.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.model.Place;

@Tag("unit")
class SourceLinkTest {
  @ParameterizedTest
  @CsvSource({
    "6.12.117, v6.12.117",
    "6.12.0, v6.12",
    "6.12, v6.12",
    "6.13-rc2, v6.13-rc2",
    "6.13.0-rc2, v6.13-rc2",
    "6.12.117+, ''",
    "6.12.117-mine, ''",
    "6.13-rc, ''",
    "6.13-rc2x, ''",
    "6, ''",
    "6.12.1.1, ''",
    "6.12., ''",
    "'', ''",
  })
  void onlyTaggedReleasesHaveAnAddress(String release, String tag) {
    KernelVersion version = new KernelVersion(release, "", "", "");
    String expected =
        tag.isEmpty()
            ? ""
            : "https://elixir.bootlin.com/linux/" + tag + "/source/net/socket.c#L1711";
    assertThat(SourceLink.of(version, new Place("net/socket.c", 1711))).isEqualTo(expected);
  }
}
