package trapline.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.elf.ElfFile;
import trapline.elf.Symbol;
import trapline.model.LinkAddress;
import trapline.testing.Command;
import trapline.testing.Tools;

/// How names, include directories and the compiler's directory make one path.
@Tag("host")
class SourcePathsTest {
  private static final String SOURCE =
      """
      #include "deep/inner.h"
      int outer(int n) { return inner(n) + n; }
      int main(int argc, char **argv) { return outer(argc); }
      """;
  private static final String HEADER =
      "static __attribute__((noinline)) int inner(int n) { return n * 7 + 1; }\n";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "/w, a.c, /w/a.c",
    "/w/, a.c, /w/a.c",
    "/w//, a.c, /w/a.c",
    "/w/., a.c, /w/a.c",
    "/w/./, ./a.c, /w/a.c",
    "/w, x//a.c, /w/x/a.c",
    "/w, .//x/././a.c, /w/x/a.c",
    "/w, ../a.c, /w/../a.c",
    "/w, /v//a.c, /v/a.c",
    "/, a.c, /a.c",
    "'', a.c, a.c",
    "'', ./a.c, ./a.c",
    "., ./a.c, ./a.c",
    "./m, ./../a.c, ./m/../a.c",
    "/w, .../a.c, /w/.../a.c",
    "/w, .a/.b, /w/.a/.b",
    "/w, '', /w",
    "'', '', ''",
  })
  void join(String directory, String name, String path) {
    assertThat(SourcePaths.join(directory, name)).isEqualTo(path);
  }

  @Test
  void whatWasTidiedIsTidy() {
    assertThat(SourcePaths.join("/w/", "/./")).isEqualTo("/");
    assertThat(SourcePaths.join("", "//./a/./")).isEqualTo("/a/");
  }

  /// `here` stands for the directory that the compiler runs in.
  @ParameterizedTest
  @CsvSource({
    "gcc, -gdwarf-5, plain.c",
    "gcc, -gdwarf-4, plain.c",
    "gcc, -gdwarf-3, .//plain.c",
    "gcc, -gdwarf-5, .//plain.c",
    "gcc, -gdwarf-5, ./sub/..//plain.c",
    "gcc, -gdwarf-4, here//plain.c",
    "gcc, -gdwarf-5, here//.//plain.c",
    "gcc, -gdwarf-4 -fdebug-prefix-map=here=/mapped/, plain.c",
    "gcc, -gdwarf-5 -fdebug-prefix-map=here=/mapped/, plain.c",
    "gcc, -gdwarf-4 -ffile-prefix-map=here/=, here/plain.c",
    "gcc, -gdwarf-4 -ffile-prefix-map=here=., here/plain.c",
    "gcc, -gdwarf-5 -fdebug-prefix-map=here=., plain.c",
    "gcc, -gdwarf-4 -fdebug-prefix-map=here=lower/down, plain.c",
    "clang, -gdwarf-5, plain.c",
    "clang, -gdwarf-4, .//plain.c",
    "clang, -gdwarf-5, here//plain.c",
    "clang, -gdwarf-5 -fdebug-prefix-map=here=/mapped/, plain.c",
    "clang, -gdwarf-4 -ffile-prefix-map=here=/mapped//x/, here/plain.c",
    "clang, -gdwarf-5 -fdebug-compilation-dir=/elsewhere/, plain.c",
    "clang, -gdwarf-4 -fdebug-compilation-dir=., plain.c",
  })
  void asOtherToolsSeeThem(String compiler, String options, String name) throws IOException {
    Tools.require(compiler, "addr2line", "llvm-symbolizer");
    Files.createDirectories(folder.resolve("deep"));
    Files.createDirectories(folder.resolve("sub"));
    Files.writeString(folder.resolve("plain.c"), SOURCE);
    Files.writeString(folder.resolve("deep/inner.h"), HEADER);
    String here = folder.toString();
    // The directory's name with a slash behind it is what a shell may have in PWD.
    String command =
        "PWD=%s/ %s %s %s -o program"
            .formatted(here, compiler, options.replace("here", here), name.replace("here", here));
    Command.runIn(folder, List.of("sh", "-c", command)).orFail();
    Path program = folder.resolve("program");
    ElfFile elf = DwarfFiles.elf(program);
    DebugInfo info = DwarfFiles.open(program);
    for (String function : List.of("inner", "outer", "main")) {
      Symbol symbol = elf.symbols().named(function).getFirst();
      long address = symbol.address().value();
      String ours = Symbolizer.ours(info, address, false).getFirst().line();
      String llvm = Symbolizer.llvm(program, List.of(address)).getFirst().getFirst().line();
      String gnu = Symbolizer.addr2line(program, List.of(address)).getFirst().getFirst().line();
      assertThat(List.of(tidy(llvm), tidy(gnu))).as("%s, ours: %s", function, ours).contains(ours);
      assertThat(ours).doesNotContain("//").doesNotContain("/./");
      assertThat(info.lineAt(new LinkAddress(address)).orElseThrow().place().file())
          .isEqualTo(ours.substring(0, ours.lastIndexOf(':')));
    }
  }

  private static String tidy(String place) {
    return Path.of(place).toString().replaceAll("/(\\./)+", "/");
  }
}
