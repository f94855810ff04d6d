package trapline.kernel.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.kernel.FunctionIndex;

/// Macros of headers, and each call of a helper, among the places that say an error.
@Tag("unit")
class HeadersTest {
  private static final String SOURCE =
      """
      #include <linux/log.h>
      #include "near.h"
      static int check(int a)
      {
      	return a ? -EINVAL : 0;
      }
      int f(int a, int b)
      {
      	int err;

      	if (a)
      		return complain(a, "first");
      	err = check(a);
      	if (err)
      		return err;
      	if (b)
      		return beside();
      	err = check(b);
      	if (err)
      		return err;
      	harmless(a);
      	other_arch(a);
      	return complain(b, "second");
      }
      """;

  @TempDir Path tree;

  @Test
  void eachUseIsAPlace() throws IOException {
    write("fs/a.c", SOURCE);
    write("fs/near.h", "#pragma once\n#define beside() \\\n\t(-EINVAL)\n");
    write("include/linux/log.h", "#include <linux/deep.h>\n#include <asm/here.h>\n");
    write(
        "include/linux/deep.h",
        "#include <linux/log.h>\n"
            + "#define complain(n, fmt, ...) (log(n, fmt, ## __VA_ARGS__), -EINVAL)\n"
            + "#define harmless(n) ((n) + 1)\n");
    write("arch/x86/include/asm/here.h", "#define arch_only(x) (-EINVAL)\n");
    write("arch/arm64/include/asm/here.h", "#define other_arch(x) (-EINVAL)\n");
    assertThat(places())
        .containsExactly(
            "fs/a.c:12 through a macro, if a [complain]",
            "include/linux/deep.h:2 complain names it [complain]",
            "fs/a.c:17 through a macro, if b [beside]",
            "fs/near.h:3 beside names it [beside]",
            "fs/a.c:23 through a macro [complain]",
            "fs/a.c:13 through a called helper [check]",
            "fs/a.c:5 check may return it [check]",
            "fs/a.c:18 through a called helper [check]");
  }

  /// Headers that include one another, that lead out of the tree, and names that are none.
  @Test
  void hostileIncludesEnd() throws IOException {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      many.append("#include <linux/n").append(i).append(".h>\n");
      write("include/linux/n" + i + ".h", "#include \"../../../etc/passwd\"\n#include <x.h>\n");
    }
    write("include/x.h", "#include <x.h>\n#include <linux/n1.h>\n");
    write("fs/a.c", many + SOURCE);
    assertThat(places()).hasSize(3);
  }

  private List<String> places() throws IOException {
    byte[] text = Files.readAllBytes(tree.resolve("fs/a.c"));
    FunctionCollector collector = new FunctionCollector();
    collector.take("fs/a.c", text, text.length);
    FunctionIndex index = collector.index();
    KernelFiles files = new KernelFiles(new DirectorySource(tree));
    return new ErrnoPlaces(files, index, "x86", name -> true)
        .of(index.named("f").getFirst(), "EINVAL").stream()
            .map(each -> each.place() + " " + each.how() + " [" + each.helper() + "]")
            .toList();
  }

  private void write(String path, String text) throws IOException {
    Path file = tree.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
