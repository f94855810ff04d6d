package trapline.linux.vm;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The [SyscallScript]s that a guest runs: one fetches the files that came along in memory, the
/// other becomes the program. Numbers are those of x86-64 (`asm/unistd_64.h`) and of `prctl.h`,
/// `capability.h`, `fcntl.h`, `mman-common.h`.
final class Launch {
  private static final int WRITE = 1;
  private static final int OPEN = 2;
  private static final int MMAP = 9;
  private static final int EXECVE = 59;
  private static final int FCNTL = 72;
  private static final int CHDIR = 80;
  private static final int UMASK = 95;
  private static final int SETGROUPS = 116;
  private static final int SETRESUID = 117;
  private static final int SETRESGID = 119;
  private static final int CAPSET = 126;
  private static final int PRCTL = 157;
  private static final int SETXATTR = 188;
  private static final int PRLIMIT64 = 302;

  private static final int F_SETFD = 2;
  private static final int PR_SET_KEEPCAPS = 8;
  private static final int PR_CAPBSET_DROP = 24;
  private static final int PR_SET_NO_NEW_PRIVS = 38;
  private static final int PR_CAP_AMBIENT = 47;
  private static final int PR_CAP_AMBIENT_RAISE = 2;
  private static final int CAPABILITY_VERSION_3 = 0x20080522;

  /// Capability numbers that Linux may have: `CAP_LAST_CAP` is 40 since 5.9.
  private static final int CAPABILITIES = 41;

  /// Where the fetched memory is mapped.
  private static final long WINDOW = 0x4000_0000L;

  private Launch() {}

  /// Writes a part of the machine's memory to descriptor 1.
  static SyscallScript fetch(long physical, long length) {
    SyscallScript script = new SyscallScript(false);
    long device = script.string("/dev/mem".getBytes(StandardCharsets.US_ASCII));
    script.step("open(\"/dev/mem\")", false, OPEN, device, 0);
    script.step("mmap", false, MMAP, WINDOW, (length + 4095) & -4096, 1, 0x11, 3, physical);
    script.step("write", false, WRITE, 1, WINDOW, length);
    script.step("exit_group", false, 231, 0);
    return script;
  }

  /// Becomes the program, in a child whose end is written to descriptor 3.
  ///
  /// @param attributes which files get first
  static SyscallScript program(GuestProgram program, List<FileMarks.Attribute> attributes) {
    SyscallScript script = new SyscallScript(true);
    for (FileMarks.Attribute each : attributes) {
      script.step(
          "setxattr",
          true,
          SETXATTR,
          script.string(bytes(each.path())),
          script.string(bytes(each.name())),
          script.data(each.value()),
          each.value().length,
          0);
    }
    Credentials who = program.credentials();
    Credentials.Capabilities capabilities = who.capabilities();
    script.step("fcntl(F_SETFD)", false, FCNTL, 3, F_SETFD, 1);
    for (int i = 0; i < who.limits().size(); i++) {
      Credentials.Limit limit = who.limits().get(i);
      byte[] pair =
          SyscallScript.written(
              SyscallScript.buffer(16).putLong(limit.soft()).putLong(limit.hard()));
      script.step("prlimit64", true, PRLIMIT64, 0, i, script.data(pair), 0);
    }
    // With all rights still: here too the program may stand where it could not go.
    long folder = script.string(bytes(program.directory().toString()));
    script.step("chdir(\"" + program.directory() + "\")", false, CHDIR, folder);
    script.step("umask", false, UMASK, who.umask());
    for (int i = 0; i < CAPABILITIES; i++) {
      if ((capabilities.bounding() >> i & 1) == 0) {
        script.step("prctl(PR_CAPBSET_DROP)", true, PRCTL, PR_CAPBSET_DROP, i);
      }
    }
    ByteBuffer groups = SyscallScript.buffer(4 * who.groups().size());
    who.groups().forEach(groups::putInt);
    long list = script.data(SyscallScript.written(groups));
    script.step("setgroups", false, SETGROUPS, who.groups().size(), list);
    script.step("setresgid", false, SETRESGID, who.groupId(), who.groupId(), who.groupId());
    script.step("prctl(PR_SET_KEEPCAPS)", false, PRCTL, PR_SET_KEEPCAPS, 1);
    script.step("setresuid", false, SETRESUID, who.userId(), who.userId(), who.userId());
    script.step("prctl(PR_SET_KEEPCAPS)", false, PRCTL, PR_SET_KEEPCAPS, 0);
    byte[] header =
        SyscallScript.written(SyscallScript.buffer(8).putInt(CAPABILITY_VERSION_3).putInt(0));
    script.step("capset", false, CAPSET, script.data(header), script.data(sets(capabilities)));
    for (int i = 0; i < CAPABILITIES; i++) {
      if ((capabilities.ambient() >> i & 1) != 0) {
        script.step(
            "prctl(PR_CAP_AMBIENT)", true, PRCTL, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0);
      }
    }
    if (who.noNewPrivileges()) {
      script.step("prctl(PR_SET_NO_NEW_PRIVS)", false, PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    }
    script.step(
        "execve(\"" + program.executable() + "\")",
        false,
        EXECVE,
        script.string(bytes(program.executable().toString())),
        script.pointers(program.arguments()),
        script.pointers(program.environment()));
    return script;
  }

  /// Two `struct __user_cap_data_struct`: effective, permitted, inheritable; lower and upper half.
  private static byte[] sets(Credentials.Capabilities capabilities) {
    List<Long> sets =
        List.of(capabilities.effective(), capabilities.permitted(), capabilities.inheritable());
    ByteBuffer out = SyscallScript.buffer(24);
    for (int shift = 0; shift <= 32; shift += 32) {
      for (long set : sets) {
        out.putInt((int) (set >>> shift));
      }
    }
    return SyscallScript.written(out);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
