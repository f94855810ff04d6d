package trapline.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.model.Place;

/// Which paths are the user's own code.
@Tag("host")
class OwnCodeTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/usr/include/x86_64-linux-gnu/bits/unistd.h",
        "/usr/lib/gcc/x86_64-linux-gnu/12/include/emmintrin.h",
        "/usr/lib/gcc/x86_64-linux-gnu/12/../../../../include/c++/12/bits/std_thread.h",
        "/opt/cross/include/c++/14.1.0/fstream",
        "/opt/llvm/lib/clang/19/include/cpuid.h",
        "/home/u/llvm/include/c++/v1/__thread/thread.h",
        "/rustc/0123456789abcdef/library/std/src/fs.rs",
        "/home/u/.rustup/toolchains/nightly/lib/rustlib/src/rust/library/core/src/ops/function.rs",
        "/home/u/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/libc-0.2.150/src/lib.rs",
        "/usr/local/go/src/os/file.go",
        "/usr/lib/go-1.22/src/net/dial.go",
        "/home/u/go/pkg/mod/golang.org/x/sys@v0.1.0/unix/syscall.go",
        "runtime/proc.go",
        "./internal/poll/fd_unix.go",
        "golang.org/x/sys@v0.1.0/unix/syscall.go",
        "/home/u/proj/vendor/github.com/a/b/c.go",
        "/src/project/node_modules/bindings/x.cc",
        "/proj/build/_deps/fmt-src/include/fmt/os.h"
      })
  void foreign(String file) {
    assertThat(isOwn(file)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/home/u/proj/main.cpp",
        "/home/u/include/mine.h",
        "/home/u/proj/include/mine.h",
        "/usr/src/mine/main.c",
        "/home/u/rustc/src/main.rs",
        "/home/u/go/src/runtime2/x.go",
        "/home/u/go/src/example.com/m/main.go",
        "/home/u/musl-test/main.c",
        "/home/u/glibc-tests/main.c",
        "/proj/vendor/mine.go",
        "myprog/main.go",
        "./net/socket.c",
        "../src/main.c",
        "/usr/include/../../home/u/x.c",
        "/"
      })
  void own(String file) {
    assertThat(isOwn(file)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "/home/u/lib/libmine.so, true",
    "/usr/lib/x86_64-linux-gnu/libcurl.so.4.8.0, false",
    "/lib64/libz.so.1, false",
    "/usr/libexec/mine/plugin.so, true",
    "/opt/jdk/jvm/17/lib/libnio.so, false"
  })
  void objects(String file, boolean own) {
    OwnCode code = new OwnCode(List.of(), path -> path);
    assertThat(code.isOwn(null, file, Image.Role.PROGRAM, false)).isEqualTo(own);
    assertThat(code.isOwn(new Place("/home/u/x.c", 1), file, Image.Role.PROGRAM, false))
        .isEqualTo(own);
    assertThat(code.isOwn(null, file, Image.Role.PROGRAM, true)).isTrue();
  }

  @Test
  void theCLibraryIsNobodysOwn() {
    assertThat(
            new OwnCode(List.of(), path -> path)
                .isOwn(null, "/home/u/libc.so", Image.Role.C_LIBRARY, false))
        .isFalse();
  }

  @Test
  void aTreeOfGoIsFoundByItsRuntime() {
    OwnCode code = new OwnCode(List.of(), path -> path);
    Place place = new Place("/home/u/sdk/go1.99/src/os/file.go", 7);
    String program = "/home/u/prog";
    assertThat(code.isOwn(place, program, Image.Role.PROGRAM, true)).isTrue();
    code.learn("mine.Run", new Place("/home/u/mine/src/runtime/run.go", 1));
    code.learn("runtime.goexit", new Place("/home/u/sdk/go1.99/src/runtime/asm_amd64.s", 1));
    assertThat(code.isOwn(place, program, Image.Role.PROGRAM, true)).isFalse();
    assertThat(code.isOwn(new Place("/home/u/mine/src/x.go", 1), program, Image.Role.PROGRAM, true))
        .isTrue();
  }

  @Test
  void whatTheUserNames() {
    OwnCode code =
        new OwnCode(List.of("/usr/include/boost", "/usr/lib/app", "/p/one.c"), path -> path);
    String app = "/usr/lib/app/plugin.so";
    String other = "/home/u/prog";
    assertThat(code.isNamed(new Place("/usr/include/boost/asio.hpp", 1), other)).isTrue();
    assertThat(code.isNamed(new Place("/usr/include/boostier.hpp", 1), other)).isFalse();
    assertThat(code.isNamed(new Place("/p/one.c", 1), other)).isTrue();
    assertThat(code.isNamed(new Place("/p/two.c", 1), other)).isFalse();
    assertThat(code.isNamed(null, app)).isTrue();
    assertThat(code.isNamed(new Place("/build/app/x.c", 1), app)).isTrue();
    assertThat(code.isNamed(new Place("/usr/include/c++/12/fstream", 1), app)).isFalse();
    assertThat(code.isNamed(null, other)).isFalse();
    assertThat(code.isNamed(null, "")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "a*c, abc, true",
    "a*c, ac, true",
    "a*c, acb, false",
    "*, '', true",
    "*a*, bab, true",
    "*ab, aab, true",
    "x, '', false"
  })
  void names(String pattern, String name, boolean matches) {
    assertThat(PathPattern.matches(pattern, name)).isEqualTo(matches);
  }

  @Test
  void filesAreComparedWithoutSymbolicLinks() {
    Map<String, String> links =
        Map.of("/home/u/link/a.c", "/data/app/a.c", "/opt/inc/b.h", "/usr/include/b.h");
    OwnCode code = new OwnCode(List.of("/data/app"), path -> links.getOrDefault(path, path));
    assertThat(code.isNamed(new Place("/home/u/link/a.c", 1), "/x")).isTrue();
    assertThat(code.isNamed(new Place("/home/u/link/c.c", 1), "/x")).isFalse();
    assertThat(code.isOwn(new Place("/opt/inc/b.h", 1), "/x", Image.Role.PROGRAM, true)).isFalse();
    assertThat(code.isOwn(new Place("/opt/inc/c.h", 1), "/x", Image.Role.PROGRAM, true)).isTrue();
  }

  private static boolean isOwn(String file) {
    return new OwnCode(List.of(), path -> path)
        .isOwn(new Place(file, 1), "/home/u/prog", Image.Role.PROGRAM, true);
  }
}
