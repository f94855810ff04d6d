package trapline.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class NameOrderTest {
  @Test
  void namesAndFurtherNumbersAreInTheOrderOfAComparator() {
    SplittableRandom random = new SplittableRandom(5);
    for (int count : new int[] {0, 1, 2, 50, 3000}) {
      String[] names = new String[count];
      int[] file = new int[count];
      int[] line = new int[count];
      for (int i = 0; i < count; i++) {
        String stem = "amdgpu_device_".substring(0, random.nextInt(15)).repeat(random.nextInt(3));
        names[i] = stem + Integer.toString(random.nextInt(40), 3);
        file[i] = random.nextInt(4);
        line[i] = random.nextInt(1 << 20) << 8;
      }
      int[] at = new int[count + 1];
      for (int i = 0; i < count; i++) {
        at[i + 1] = at[i] + names[i].length();
      }
      byte[] bytes = String.join("", names).getBytes(StandardCharsets.US_ASCII);

      int[] expected =
          IntStream.range(0, count)
              .boxed()
              .sorted(
                  Comparator.comparing((Integer i) -> names[i])
                      .thenComparing(i -> file[i])
                      .thenComparing(i -> line[i]))
              .mapToInt(i -> i)
              .toArray();
      assertThat(NameOrder.of(bytes, at, count, file, line)).isEqualTo(expected);
    }
  }

  @Test
  void letterBeyondAsciiComesBehindIt() {
    byte[] bytes = "éabz".getBytes(StandardCharsets.UTF_8);
    assertThat(NameOrder.of(bytes, new int[] {0, 2, 4, 5}, 3)).containsExactly(1, 2, 0);
  }
}
