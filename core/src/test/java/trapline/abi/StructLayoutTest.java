package trapline.abi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import trapline.model.Abi;
import trapline.testing.Tools;

@Tag("host")
class StructLayoutTest {
  @TempDir Path directory;

  static List<String> layouts() {
    return StructLayout.names();
  }

  /// Offsets and sizes equal `offsetof` and `sizeof`, for the structures that headers define.
  @ParameterizedTest
  @MethodSource("layouts")
  void membersAreWhereTheCompilerPutsThem(String name) throws Exception {
    Tools.require("gcc");
    StructLayout layout = Objects.requireNonNull(StructLayout.of(name, Abi.X86_64));
    String headers = StructLayout.headers(name);
    if (headers.equals("-")) {
      assertThat(layout.size()).isPositive();
      return;
    }
    String type = layout.cName();
    Map<String, String> expressions = new TreeMap<>();
    for (StructLayout.Member member : layout.members()) {
      if (member.shown() != StructLayout.Shown.NEVER) {
        expressions.put(member.name(), "offsetof(" + type + ", " + member.name() + ")");
      }
    }
    expressions.put("sizeof", "sizeof(" + type + ")");
    Map<String, Long> values = Compiler.values(directory, List.of(headers.split(" ")), expressions);
    Map<String, String> wrong = new TreeMap<>();
    for (StructLayout.Member member : layout.members()) {
      Long compiled = values.get(member.name());
      if (compiled != null && compiled != member.offset()) {
        wrong.put(member.name(), "ours " + member.offset() + ", the compiler's " + compiled);
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(values).as("members that the compiler knows").hasSizeGreaterThan(1);
    assertThat((long) layout.size()).isLessThanOrEqualTo(values.get("sizeof"));
  }
}
