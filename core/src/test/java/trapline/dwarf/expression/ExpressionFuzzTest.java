package trapline.dwarf.expression;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import trapline.bytes.Bytes;
import trapline.model.MalformedBinary;

/// Any bytes evaluate to a location or to [MalformedBinary], and nothing else.
@Tag("unit")
final class ExpressionFuzzTest {
  @FuzzTest
  void anyBytes(byte[] expression) {
    evaluate(expression);
  }

  @Test
  void randomBytes() {
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 50_000; round++) {
      byte[] expression = new byte[random.nextInt(24)];
      random.nextBytes(expression);
      evaluate(expression);
    }
  }

  private static void evaluate(byte[] expression) {
    Bytes bytes = Bytes.of("expression", expression);
    try {
      Expression.evaluate(bytes, new ExpressionTest.Frame());
      Expression.number(bytes, new ExpressionTest.Frame(), 0x7000);
    } catch (MalformedBinary expected) {
      // The one exception that is promised.
    }
  }
}
