package trapline.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import trapline.testing.Command;
import trapline.testing.Programs;

/// What Trapline takes for the source of musl, and what builds in a moment.
final class LibcSources {
  /// What it is registered as.
  static final String NAME = "musl-1.2.2";

  private static final String CONFIGURE =
      """
      #!/bin/sh
      source=$(dirname "$0")
      for word; do case $word in --prefix=*) prefix=${word#*=};; esac; done
      cat >Makefile <<END
      all:
      \tcp $source/library libc.so
      install:
      \tmkdir -p \\$(DESTDIR)$prefix/lib
      \tcp libc.so \\$(DESTDIR)$prefix/lib
      END
      """;

  private LibcSources() {}

  /// Packs such a source.
  static Path packed(Path folder) throws IOException {
    Path tree = folder.resolve(NAME);
    Files.createDirectories(tree.resolve("src/internal"));
    Files.createDirectories(tree.resolve("arch/x86_64"));
    Files.writeString(tree.resolve("VERSION"), "1.2.2\n");
    Files.writeString(tree.resolve("configure"), CONFIGURE);
    Command.run("chmod", "+x", tree.resolve("configure").toString()).orFail();
    Path made = Programs.compile(folder, "library", "int library;\n", "-shared", "-fPIC");
    Files.copy(made, library(folder));
    Path file = folder.resolve(NAME + ".tar.gz");
    Command.run("tar", "-czf", file.toString(), "-C", folder.toString(), NAME).orFail();
    return file;
  }

  /// The library that a build of it installs.
  static Path library(Path folder) {
    return folder.resolve(NAME).resolve("library");
  }
}
