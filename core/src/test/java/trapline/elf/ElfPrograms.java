package trapline.elf;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import trapline.bytes.Bytes;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// Programs to compare the reader with other tools on.
final class ElfPrograms {
  static final String SOURCE =
      """
      #include <stdio.h>
      #include <stdlib.h>
      #include <string.h>
      #include <unistd.h>
      int shared = 7;
      static const char *texts[] = {"one", "two", "three"};
      const char **more[] = {texts, texts + 1};
      __attribute__((noinline)) int count(const char *s) { return strlen(s) + getpid(); }
      static __attribute__((noinline)) int hidden(int n) { return n * 3 + shared; }
      int alias(int) __attribute__((alias("hidden")));
      int main(int argc, char **argv) {
        void (*release)(void *) = free;
        release(malloc(10));
        puts(texts[argc % 3]);
        printf("%d %d %s\\n", count(argv[0]), hidden(argc), *more[argc % 2]);
        return memcmp(argv[0], "x", 1) + (getenv("HOME") != 0);
      }
      """;

  private ElfPrograms() {}

  /// How the test program is built, and in what way it is treated afterwards.
  enum Build {
    PLAIN("gcc", "-g"),
    NO_PIE("gcc", "-no-pie", "-O2"),
    STATIC("gcc", "-static"),
    STATIC_PIE("gcc", "-static-pie"),
    NO_PLT("gcc", "-fno-plt", "-O2"),
    NOW("gcc", "-Wl,-z,now"),
    NOW_NO_LAZY_PLT("gcc", "-Wl,-z,now,-z,norelro"),
    IBT("gcc", "-fcf-protection=full", "-Wl,-z,ibtplt,-z,lazy"),
    IBT_NOW("gcc", "-fcf-protection=full", "-Wl,-z,ibtplt,-z,now"),
    IBT_PROPERTY("gcc", "-fcf-protection=full", "-Wl,-z,ibt,-z,shstk"),
    RELR("gcc", "-Wl,-z,pack-relative-relocs"),
    SYSV_HASH("gcc", "-Wl,--hash-style=sysv", "-rdynamic"),
    GOLD("gcc", "-fuse-ld=gold"),
    CLANG("clang", "-g"),
    MUSL("musl-gcc", "-g"),
    MUSL_STATIC("musl-gcc", "-static"),
    COMPRESSED("gcc", "-g3", "-gz=zlib"),
    COMPRESSED_GNU("gcc", "-g3", "-gz=zlib-gnu"),
    SHARED_LIBRARY("gcc", "-shared", "-fPIC", "-Wl,-soname,libtest.so.1"),
    SHARED_LIBRARY_ICF("gcc", "-shared", "-fPIC", "-fuse-ld=gold", "-Wl,--icf=all"),
    COMPRESSED_ZSTD("gcc", "-g3"),
    MINI("gcc", "-O1"),
    STRIPPED("gcc", "-s");

    private final String compiler;
    private final String[] options;

    Build(String compiler, String... options) {
      this.compiler = compiler;
      this.options = options;
    }

    Path in(Path folder) {
      Path program = folder.resolve(name().toLowerCase(java.util.Locale.ROOT));
      if (Files.exists(program)) {
        return program;
      }
      Programs.compileWith(compiler, folder, program.getFileName().toString(), SOURCE, options);
      if (this == COMPRESSED_ZSTD) {
        run("objcopy", "--compress-debug-sections=zstd", program.toString());
      }
      return this == MINI ? mini(folder, program) : program;
    }
  }

  /// Strips a program, and packs what its dynamic symbol table lacks as distributions do.
  ///
  /// @return the stripped program; the other stays as it is beside it, named `.whole`
  static Path mini(Path folder, Path program) {
    Tools.require("nm", "objcopy", "strip", "xz");
    String script =
        """
        set -e; p=$1; cp "$p" "$p.whole"
        nm -D --format=posix --defined-only "$p" | awk '{print $1}' | sort >"$p.dyn"
        nm --format=posix --defined-only "$p" | awk '$2 ~ /[Tt]/ {print $1}' | sort >"$p.fun"
        comm -13 "$p.dyn" "$p.fun" >"$p.keep"
        objcopy --only-keep-debug "$p" "$p.debug"
        objcopy -S --remove-section .comment --keep-symbols="$p.keep" "$p.debug" "$p.mini"
        strip "$p"; xz -f "$p.mini"
        objcopy --add-section .gnu_debugdata="$p.mini.xz" "$p" "$p"
        """;
    Command.runIn(folder, java.util.List.of("sh", "-c", script, "sh", program.toString())).orFail();
    return program;
  }

  static ElfFile read(Path path) {
    return ElfFile.of(Bytes.of(path.toString(), bytesOf(path)));
  }

  static byte[] bytesOf(Path path) {
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The file as `strip --strip-section-headers` leaves it.
  static ElfFile withoutSections(Path path) {
    return ElfFile.of(Bytes.of(path.toString(), withoutSections(bytesOf(path))));
  }

  static byte[] withoutSections(byte[] file) {
    ByteBuffer header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int start = (int) header.getLong(40);
    int size = header.getShort(58) * header.getShort(60);
    java.util.Arrays.fill(file, start, start + size, (byte) 0x5a);
    header.putLong(40, 0).putInt(60, 0);
    return file;
  }

  static String run(String... command) {
    Tools.require(command[0]);
    Command result = Command.run(command);
    if (result.status() != 0) {
      fail(String.join(" ", command) + ": " + result.err());
    }
    return result.out();
  }
}
