package trapline.linux.cause;

import java.util.HashSet;
import java.util.Set;
import trapline.linux.proc.ProcFile;

/// The caller's ids: what the kernel compares with owners, modes and required capabilities
/// (credentials(7), capabilities(7)).
///
/// @param user the file system user id
/// @param group the file system group id
/// @param groups the supplementary ones
/// @param capabilities the effective ones, a bit each
record Subject(long user, long group, Set<Long> groups, long capabilities) {
  static final int CAP_DAC_OVERRIDE = 1;
  static final int CAP_DAC_READ_SEARCH = 2;
  static final int CAP_FOWNER = 3;
  private static final int FILE_SYSTEM = 3;

  /// The thread's; one that has no rights at all when they cannot be read.
  static Subject of(int thread) {
    String status = ProcFile.text("/proc/" + thread + "/status");
    Set<Long> groups = new HashSet<>();
    for (String each : ProcFile.field(status, "Groups:").split("\\s+")) {
      long group = ProcFile.number(each, 10, -1);
      if (group >= 0) {
        groups.add(group);
      }
    }
    return new Subject(
        id(ProcFile.field(status, "Uid:"), FILE_SYSTEM),
        id(ProcFile.field(status, "Gid:"), FILE_SYSTEM),
        groups,
        ProcFile.number(ProcFile.field(status, "CapEff:"), 16, 0));
  }

  /// The real user behind a thread, as access(2) takes him: with capabilities only when that is
  // root.
  static Subject real(int thread) {
    Subject effective = of(thread);
    String status = ProcFile.text("/proc/" + thread + "/status");
    long user = id(ProcFile.field(status, "Uid:"), 0);
    return new Subject(
        user,
        id(ProcFile.field(status, "Gid:"), 0),
        effective.groups(),
        user == 0 ? ProcFile.number(ProcFile.field(status, "CapPrm:"), 16, 0) : 0);
  }

  /// One of `real effective saved file-system`.
  private static long id(String field, int index) {
    String[] ids = field.split("\\s+");
    return ids.length > index ? ProcFile.number(ids[index], 10, -1) : -1;
  }

  boolean has(int capability) {
    return (capabilities >>> capability & 1) != 0;
  }

  /// Whether the mode of a file grants what is wanted, without capabilities and access control
  /// lists.
  ///
  /// @param wanted a sum of 4 for reading, 2 for writing, 1 for searching or executing
  boolean isGranted(FileFacts file, int wanted) {
    int shift;
    if (file.user() == user) {
      shift = 6;
    } else if (file.group() == group || groups.contains(file.group())) {
      shift = 3;
    } else {
      shift = 0;
    }
    return (file.mode() >>> shift & wanted) == wanted;
  }

  /// `uid 1000, gid 1000`, with the other groups where there are any.
  String text() {
    StringBuilder text = new StringBuilder("uid ").append(user).append(", gid ").append(group);
    int others = 0;
    for (long each : groups) {
      if (each != group) {
        text.append(others++ == 0 ? ", groups " : ",").append(each);
      }
    }
    return text.toString();
  }
}
