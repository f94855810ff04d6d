package trapline.linux.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Command;
import trapline.testing.Programs;

/// File capabilities and access control lists come along into the guest; flags of chattr(1) do not,
/// and that is said.
@Tag("vm")
class FileMarksTest {
  /// Sets marks of the file `marked`, or shows those that it has.
  private static final String PROGRAM =
      """
      #include <fcntl.h>
      #include <linux/capability.h>
      #include <linux/fs.h>
      #include <stdio.h>
      #include <string.h>
      #include <sys/ioctl.h>
      #include <sys/xattr.h>
      static void show(const char *name) {
        unsigned char value[256];
        long size = getxattr("marked", name, value, sizeof value);
        printf("%s", name);
        for (long i = 0; i < size; i++) printf(" %02x", value[i]);
        puts("");
      }
      int main(int n, char **v) {
        if (n > 1) {
          int flags = strcmp(v[1], "set") ? 0 : FS_IMMUTABLE_FL;
          int file = open("kept", O_RDONLY);
          if (flags) {
            struct vfs_cap_data rights = {VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE, {{1 << 13, 0}}};
            unsigned list[] = {2, 0x00060001, ~0u, 0x00040002, 1234, 0x00040004, ~0u,
                               0x00040010, ~0u, 0x00040020, ~0u};
            if (setxattr("marked", "security.capability", &rights, XATTR_CAPS_SZ_2, 0)) return 1;
            if (setxattr("marked", "system.posix_acl_access", list, sizeof list, 0)) return 1;
          }
          return ioctl(file, FS_IOC_SETFLAGS, &flags) ? 2 : 0;
        }
        show("security.capability");
        show("system.posix_acl_access");
      }
      """;

  @TempDir private Path folder;

  @Test
  void capabilitiesAndListsAreCarriedAndFlagsAreNamed() throws IOException {
    GuestKernel kernel = TestKernels.series("6.12");
    Path file = Programs.compile(folder, "marks", PROGRAM, "-static");
    Files.createFile(folder.resolve("marked"));
    Files.createFile(folder.resolve("kept"));
    Command set = Command.runIn(folder, List.of(file.toString(), "set"));
    assumeTrue(set.status() == 0, "this file system, or this user, sets no capabilities and flags");
    try {
      String here = Command.runIn(folder, List.of(file.toString())).out();
      assertThat(here).contains("security.capability 01").contains("posix_acl_access 02");
      GuestProgram program =
          GuestProgram.of(file, List.of(file.toString()), Map.of(), folder.toRealPath());
      GuestFiles files =
          new GuestFiles(
              List.of(),
              List.of(folder.resolve("marked"), folder.resolve("kept")),
              Map.of(),
              Set.of(),
              List.of());
      GuestResult result =
          new Guest(kernel)
              .run(
                  new GuestSpec(program, files, GuestLimits.USUAL, Recording.Source.LOG),
                  GuestTest.NOBODY);
      assertThat(new String(result.output(), StandardCharsets.UTF_8)).isEqualTo(here);
      assertThat(result.notes())
          .anyMatch(
              note -> note.endsWith("kept is immutable here (chattr +i), in the guest it is not"));
    } finally {
      Command.runIn(folder, List.of(file.toString(), "clear"));
    }
  }
}
