package trapline.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import trapline.testing.Tools;

/// Every instruction of large real files, as objdump sees it.
@Tag("host")
class DecoderAgainstObjdumpTest {
  enum Subject {
    LIBC("/lib/x86_64-linux-gnu/libc.so.6"),
    LIBCRYPTO("/usr/lib/x86_64-linux-gnu/libcrypto.so.3"),
    CC1(compiler()),
    LIBJVM(System.getProperty("java.home") + "/lib/server/libjvm.so");

    final String path;

    Subject(String path) {
      this.path = path;
    }

    private static String compiler() {
      try {
        Process gcc = new ProcessBuilder("gcc", "-print-prog-name=cc1").start();
        String path = new String(gcc.getInputStream().readAllBytes()).strip();
        return path.startsWith("/") ? path : "/usr/lib/gcc/x86_64-linux-gnu/cc1";
      } catch (IOException e) {
        return "/usr/lib/gcc/x86_64-linux-gnu/cc1";
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void agrees(Subject subject) {
    Tools.require("objdump", subject.path);
    ObjdumpComparison result = ObjdumpComparison.ofElf(Path.of(subject.path));
    System.out.println("decoder: " + subject.path + ": " + result);
    assertThat(result.total()).isGreaterThan(300_000);
    assertThat(result.differentLengths).as(result.toString()).isZero();
    assertThat(result.sameText(ObjdumpComparison.Kind.GENERAL)).isGreaterThanOrEqualTo(99.9);
    assertThat(result.sameText(ObjdumpComparison.Kind.VECTOR)).isGreaterThanOrEqualTo(99.9);
    assertThat(result.sameText(ObjdumpComparison.Kind.X87)).isGreaterThanOrEqualTo(99.0);
    assertThat(result.sameText()).isGreaterThanOrEqualTo(99.9);
  }

  /// Forms that compilers seldom emit, assembled by `as`.
  @Test
  void rareForms(@TempDir Path folder) throws Exception {
    Tools.require("objdump", "as");
    Path source = folder.resolve("rare.s");
    try (var in = DecoderAgainstObjdumpTest.class.getResourceAsStream("rare-forms.s")) {
      Files.write(source, in.readAllBytes());
    }
    Path object = folder.resolve("rare.o");
    Process as =
        new ProcessBuilder("as", "-o", object.toString(), source.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(as.getInputStream().readAllBytes());
    assertThat(as.waitFor()).as(said).isZero();
    ObjdumpComparison result = ObjdumpComparison.ofElf(object);
    System.out.println("decoder: rare forms: " + result);
    assertThat(result.total()).isGreaterThan(300);
    assertThat(result.differentLengths).as(result.toString()).isZero();
    assertThat(result.differing()).as(result.toString()).isZero();
  }
}
