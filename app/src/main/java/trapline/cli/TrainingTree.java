package trapline.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A kernel's source as small as it can be, for the training run to index.
final class TrainingTree {
  private static final Map<String, String> FILES =
      Map.of(
          "Makefile",
          "VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 0\nobj-y += net/\n",
          "Kconfig",
          """
          source "arch/$(SRCARCH)/Kconfig"
          config NET
          \tbool "Networking"
          \tdefault y
          \tselect INET
          config INET
          \tbool
          choice
          \tprompt "Size"
          config SMALL
          \tbool "Small"
          endchoice
          """,
          "arch/x86/Kconfig",
          "config 64BIT\n\tdef_bool y\n\tdepends on !EXPERT || NET=y\n",
          "arch/x86/entry/syscalls/syscall_64.tbl",
          "41\tcommon\tsocket\tsys_socket\n",
          "arch/x86/entry/syscalls/syscall_32.tbl",
          "359\ti386\tsocket\tsys_socket\n",
          "arch/x86/entry/entry_64.S",
          """
          SYM_CODE_START(entry_SYSCALL_64)
          \tcall do_syscall_64
          SYM_CODE_END(entry_SYSCALL_64)
          """,
          "net/Makefile",
          "obj-$(CONFIG_NET) := socket.o\n",
          "include/linux/syscalls.h",
          "asmlinkage long sys_socket(int family, int type, int protocol);\n",
          "net/socket.c",
          """
          /* The training run's. */
          #include <linux/syscalls.h>
          static int __sys_socket(int family, int type, int protocol)
          {
            return family ? type : "'\\"{"[protocol]; // never run
          }
          #ifdef CONFIG_NET
          SYSCALL_DEFINE3(socket, int, family, int, type, int, protocol)
          {
            return __sys_socket(family, type, protocol);
          }
          #endif
          """);

  private TrainingTree() {}

  /// Writes the tree below a directory.
  ///
  /// @return commands that index it
  static List<List<String>> commands(Path directory) throws IOException {
    Path tree = directory.resolve("tree");
    for (Map.Entry<String, String> file : FILES.entrySet()) {
      Path path = tree.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    String index = directory.resolve("index").toString();
    return List.of(
        List.of("index", tree.toString(), "-o", index),
        List.of("index", tree.toString(), "-o", index, "--no-functions"));
  }
}
