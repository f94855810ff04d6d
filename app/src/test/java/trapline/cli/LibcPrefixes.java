package trapline.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import trapline.testing.Tools;

/// C libraries under prefixes, put together of those that Debian has.
final class LibcPrefixes {
  private static final Path LIBRARIES = Path.of("/usr/lib/x86_64-linux-gnu");

  /// What the system's glibc consists of, and what programs are linked with.
  private static final List<String> GLIBC =
      List.of(
          "libc.so.6",
          "ld-linux-x86-64.so.2",
          "libm.so.6",
          "libmvec.so.1",
          "libpthread.so.0",
          "libdl.so.2",
          "librt.so.1",
          "crt1.o",
          "Scrt1.o",
          "crti.o",
          "crtn.o",
          "libc_nonshared.a",
          "libc.so",
          "libm.so");

  private LibcPrefixes() {}

  /// The system's glibc.
  static Path glibc(Path prefix) {
    Tools.require(LIBRARIES.resolve("libc.so.6").toString(), LIBRARIES + "/crt1.o");
    try {
      Path lib = Files.createDirectories(prefix.resolve("lib"));
      for (String name : GLIBC) {
        Files.copy(LIBRARIES.resolve(name).toRealPath(), lib.resolve(name));
      }
      for (String name : List.of("libc.so", "libm.so")) {
        Path script = lib.resolve(name);
        String text = Files.readString(script);
        Files.writeString(
            script, text.replaceAll("(?<=[ (])/(usr/)?lib(64)?/(x86_64-linux-gnu/)?", lib + "/"));
      }
      // Not as links: compilers name a header by where it really is.
      Path include = prefix.resolve("include");
      for (String folder : List.of("arpa", "net", "netinet")) {
        copy(Path.of("/usr/include").resolve(folder), include.resolve(folder));
      }
      for (String folder : List.of("bits", "gnu", "sys")) {
        copy(Path.of("/usr/include/x86_64-linux-gnu").resolve(folder), include.resolve(folder));
      }
      try (Stream<Path> files = Files.list(Path.of("/usr/include"))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Files.copy(file, include.resolve(file.getFileName()));
        }
      }
      return prefix;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> tree = Files.walk(from)) {
      for (Path file : tree.toList()) {
        Path target = to.resolve(from.relativize(file));
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  /// A glibc that has none of the versions from 2.33 on: they have other names in it.
  static Path olderGlibc(Path prefix) {
    glibc(prefix);
    try {
      Path library = prefix.resolve("lib/libc.so.6");
      String bytes = Files.readString(library, StandardCharsets.ISO_8859_1);
      Files.writeString(
          library,
          bytes.replaceAll("GLIBC_2\\.(3[3-9])", "GLIBC_1.$1"),
          StandardCharsets.ISO_8859_1);
      return prefix;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Debian's musl.
  static Path musl(Path prefix) {
    Tools.require("musl-gcc");
    try {
      Files.createDirectories(prefix);
      Path lib = Files.createDirectory(prefix.resolve("lib"));
      try (Stream<Path> files = Files.list(Path.of("/usr/lib/x86_64-linux-musl"))) {
        for (Path file : files.toList()) {
          Files.copy(file.toRealPath(), lib.resolve(file.getFileName()));
        }
      }
      copy(Path.of("/usr/include/x86_64-linux-musl"), prefix.resolve("include"));
      return prefix;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
