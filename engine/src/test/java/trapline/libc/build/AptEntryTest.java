package trapline.libc.build;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class AptEntryTest {
  private static final String STANZAS =
      """
      Types: deb
      URIs: http://one.example/debian
      Suites: bookworm
      Signed-By: /keys/one.gpg

      Types: deb
      # URIs: http://one.example/other
      URIs: http://two.example/debian http://three.example/debian/
      Signed-By: /keys/two.gpg /keys/three.gpg
      Trusted: yes

      URIs: http://four.example/debian
      Signed-By:
       -----BEGIN PGP PUBLIC KEY BLOCK-----
      """;

  @Test
  void stanzas() {
    assertThat(AptEntry.of(STANZAS, true, "http://one.example/debian/"))
        .isEqualTo("[signed-by=/keys/one.gpg] ");
    assertThat(AptEntry.of(STANZAS, true, "http://three.example/debian/"))
        .isEqualTo("[signed-by=/keys/two.gpg,/keys/three.gpg trusted=yes] ");
    assertThat(AptEntry.of(STANZAS, true, "http://four.example/debian")).isEmpty();
    assertThat(AptEntry.of(STANZAS, true, "http://one.example/other")).isEmpty();
  }

  @Test
  void lines() {
    String lines =
        """
        # deb [trusted=yes] http://one.example/debian bookworm main
        deb [ arch=amd64 signed-by=/keys/one.gpg ] http://one.example/debian/ bookworm main
        deb http://two.example/debian bookworm main
        """;
    assertThat(AptEntry.of(lines, false, "http://one.example/debian"))
        .isEqualTo("[signed-by=/keys/one.gpg] ");
    assertThat(AptEntry.of(lines, false, "http://two.example/debian/")).isEmpty();
  }

  @Test
  void whatCannotBeReadHasNoOptions() {
    assertThat(AptEntry.options("/nowhere/at/all.sources:1", "http://one.example")).isEmpty();
    assertThat(AptEntry.options("", "http://one.example")).isEmpty();
  }
}
