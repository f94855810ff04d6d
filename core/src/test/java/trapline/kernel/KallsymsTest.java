package trapline.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class KallsymsTest {
  /// A few names are looked for in another way than many.
  @Test
  void oneNameIsFoundAsAmongMany() throws IOException {
    SplittableRandom random = new SplittableRandom(17);
    StringBuilder list = new StringBuilder();
    Set<String> names = new HashSet<>(Set.of("none", "f1", "T"));
    for (int i = 0; i < 20_000; i++) {
      String name = "__x64_sys_" + random.nextInt(3000) + (i % 7 == 0 ? "_socket" : "");
      if (i % 500 == 0) {
        names.add(name);
        names.add(name.substring(2));
      }
      if (i == 9_000) {
        list.append("00ff T ").append("x".repeat(200_000)).append(" f1\n");
      }
      list.append(String.format("%016x %c %s", 0xffffffff81000000L + i, "tTW".charAt(i % 3), name));
      list.append(i < 15_000 ? "\n" : "\t[mod" + i % 9 + "]\n");
    }
    list.append("ffffffffc0000000 t f1"); // without a newline

    Kallsyms many = search(list, names);
    assertThat(many.symbol("f1")).isPresent();
    for (String name : names) {
      assertThat(search(list, Set.of(name)).symbol(name)).as(name).isEqualTo(many.symbol(name));
    }
  }

  @Test
  void addressesAreHiddenWhenAllAreZero() throws IOException {
    StringBuilder list = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      list.append("0000000000000000 T f").append(i).append('\n');
    }
    assertThat(search(list, Set.of("f4000")).hidden()).isTrue();
    list.append("ffffffff81000000 T last\n");
    assertThat(search(list, Set.of("last")).hidden()).isFalse();
    assertThat(search(list, Set.of("none")).hidden()).isFalse();
  }

  private static Kallsyms search(CharSequence list, Set<String> names) throws IOException {
    byte[] bytes = list.toString().getBytes(StandardCharsets.UTF_8);
    return Kallsyms.search(new ByteArrayInputStream(bytes), names);
  }
}
