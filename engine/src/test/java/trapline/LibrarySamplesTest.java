package trapline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.testing.Programs;

/// The programs in `samples/java` do what they say, and README shows them as they are.
@Tag("host")
class LibrarySamplesTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path SAMPLES = ROOT.resolve("samples/java");
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  @TempDir Path folder;

  private List<String> run(String sample, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                JAVA.toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                SAMPLES.resolve(sample + ".java").toString()));
    command.addAll(List.of(arguments));
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int status = process.waitFor();
    List<String> lines = Files.readAllLines(output);
    assertThat(status).as(String.join("\n", lines)).isZero();
    return lines;
  }

  @Test
  void linesOfAnAddress() throws Exception {
    Path program =
        Programs.compile(folder, "program", "int main(void) {\n  return 7;\n}\n", "-g", "-no-pie");
    String address = address(program, "main");
    assertThat(run("LineOfAddress", program.toString(), "0x" + address))
        .containsExactly("main " + program + ".c:1");
  }

  private static String address(Path program, String symbol) throws Exception {
    Process nm = new ProcessBuilder("nm", program.toString()).start();
    for (String line : new String(nm.getInputStream().readAllBytes()).lines().toList()) {
      String[] parts = line.split(" ");
      if (parts[parts.length - 1].equals(symbol)) {
        return parts[0];
      }
    }
    throw new IOException("no " + symbol);
  }

  @Test
  void aCallInTheKernel() throws Exception {
    List<String> lines = run("CallInKernel", "socket");
    assertThat(lines.getFirst()).isEqualTo("41 __x64_sys_socket");
    assertThat(lines.get(1)).matches("net/socket\\.c:[0-9]+");
  }

  @Test
  void instructions() throws Exception {
    assertThat(run("Instructions", "b829000000" + "0f05" + "483d01f0ffff" + "c3"))
        .containsExactly("mov $0x29,%eax", "syscall", "cmp $0xfffffffffffff001,%rax", "ret");
  }

  @Test
  void aProgramIsFollowed() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "of the program\n");
    assertThat(run("FollowProgram", "/bin/cat", file.toString()))
        .contains("openat", "  SYSCALL_INSTRUCTION", "  IMPLEMENTATION", "  RETURN");
  }

  @ParameterizedTest
  @ValueSource(strings = {"LineOfAddress", "CallInKernel", "Instructions", "FollowProgram"})
  void readmeShowsIt(String sample) throws IOException {
    String text = Files.readString(SAMPLES.resolve(sample + ".java"));
    String body = text.substring(text.indexOf("    "), text.lastIndexOf("  }\n}"));
    assertThat(Files.readString(ROOT.resolve("README.md")))
        .contains(body.stripTrailing().stripIndent());
  }
}
