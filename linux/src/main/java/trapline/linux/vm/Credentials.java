package trapline.linux.vm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Whose rights a program runs with, and within which limits.
///
/// @param userId real, effective and saved user
/// @param groupId real, effective and saved group
/// @param groups supplementary groups
/// @param umask the file mode creation mask
/// @param capabilities the five sets as bit masks
/// @param noNewPrivileges prctl(2)'s `PR_SET_NO_NEW_PRIVS`
/// @param limits the resource limits, in the order of their numbers (`asm-generic/resource.h`)
public record Credentials(
    int userId,
    int groupId,
    List<Integer> groups,
    int umask,
    Capabilities capabilities,
    boolean noNewPrivileges,
    List<Limit> limits) {

  /// Sets of capabilities (capabilities(7)), bit N for capability number N.
  public record Capabilities(
      long inheritable, long permitted, long effective, long bounding, long ambient) {
    /// A plain user's: none, but with the usual bounding set.
    public static final Capabilities NONE = new Capabilities(0, 0, 0, -1, 0);
  }

  /// A resource limit; -1 is unlimited.
  public record Limit(long soft, long hard) {}

  /// The titles in `/proc/PID/limits` (`fs/proc/base.c`), in the order of the limits' numbers.
  private static final List<String> LIMIT_TITLES =
      List.of(
          "Max cpu time",
          "Max file size",
          "Max data size",
          "Max stack size",
          "Max core file size",
          "Max resident set",
          "Max processes",
          "Max open files",
          "Max locked memory",
          "Max address space",
          "Max file locks",
          "Max pending signals",
          "Max msgqueue size",
          "Max nice priority",
          "Max realtime priority",
          "Max realtime timeout");

  private static final int TITLE_WIDTH = 25;

  public Credentials {
    groups = List.copyOf(groups);
    limits = List.copyOf(limits);
  }

  /// Those of this process.
  public static Credentials ofThisProcess() {
    try {
      return of(
          Files.readString(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1),
          Files.readString(Path.of("/proc/self/limits"), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// From the text of `/proc/PID/status` and `/proc/PID/limits` (proc(5)).
  static Credentials of(String status, String limits) {
    List<Integer> groups = new ArrayList<>();
    for (String group : field(status, "Groups").split("\\s+")) {
      if (!group.isEmpty()) {
        groups.add(Integer.parseUnsignedInt(group));
      }
    }
    return new Credentials(
        Integer.parseUnsignedInt(field(status, "Uid").split("\\s+")[1]),
        Integer.parseUnsignedInt(field(status, "Gid").split("\\s+")[1]),
        groups,
        Integer.parseInt(field(status, "Umask"), 8),
        new Capabilities(
            mask(status, "CapInh"),
            mask(status, "CapPrm"),
            mask(status, "CapEff"),
            mask(status, "CapBnd"),
            mask(status, "CapAmb")),
        field(status, "NoNewPrivs").equals("1"),
        limitsOf(limits));
  }

  private static List<Limit> limitsOf(String text) {
    List<Limit> limits = new ArrayList<>();
    for (String title : LIMIT_TITLES) {
      for (String line : text.lines().toList()) {
        if (line.startsWith(title + " ") && line.length() > TITLE_WIDTH) {
          String[] values = line.substring(TITLE_WIDTH).strip().split("\\s+");
          limits.add(new Limit(limit(values[0]), limit(values[1])));
        }
      }
    }
    return limits;
  }

  private static long limit(String text) {
    return text.equals("unlimited") ? -1 : Long.parseUnsignedLong(text);
  }

  private static long mask(String status, String name) {
    return Long.parseUnsignedLong(field(status, name), 16);
  }

  private static String field(String text, String name) {
    for (String line : text.lines().toList()) {
      if (line.startsWith(name + ":")) {
        return line.substring(name.length() + 1).strip();
      }
    }
    throw new IllegalArgumentException("/proc/PID/status has no " + name);
  }
}
