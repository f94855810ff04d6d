package trapline.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import trapline.kernel.AbiNumber;
import trapline.kernel.EntryPath;
import trapline.kernel.KernelConfig;
import trapline.kernel.KernelVersion;
import trapline.kernel.RunningCall;
import trapline.kernel.SyscallChange;
import trapline.kernel.SyscallDeclaration;
import trapline.kernel.SyscallDefinition;
import trapline.kernel.SyscallFacts;
import trapline.kernel.SyscallHistory;
import trapline.kernel.SyscallRow;
import trapline.kernel.SyscallState;
import trapline.model.Abi;
import trapline.model.Place;

/// Answers that between them have every state and every part that a page can show.
final class SampleAnswers {
  static final KernelVersion OLD = new KernelVersion("6.1.192", "6.1.192-2", "Debian", "");
  static final KernelVersion NEW = new KernelVersion("6.18.15", "", "", "");

  private SampleAnswers() {}

  static Map<String, SyscallAnswer> all() {
    Map<String, SyscallAnswer> all = new LinkedHashMap<>();
    all.put("syscall-socket", socket());
    all.put("syscall-reserved", of(facts("x86_64", 212, "lookup_dcookie", SyscallState.RESERVED)));
    all.put("syscall-ni", of(facts("arm64", 58, "vhangup", SyscallState.NOT_IMPLEMENTED)));
    all.put("syscall-removed", of(facts("mips_o32", 88, "reboot", SyscallState.REMOVED)));
    all.put("syscall-not-found", of(facts("s390x", 45, "brk", SyscallState.NOT_FOUND)));
    all.put(
        "syscall-ambiguous",
        of(
            facts(
                "arm_oabi",
                90,
                "mmap",
                SyscallState.AMBIGUOUS,
                definition("mm/mmap.c", 10, "CONFIG_MMU", "unsigned long", "addr"),
                definition("mm/nommu.c", 20, "!CONFIG_MMU", "loff_t", "off", "int", "x"))));
    all.put(
        "syscall-not-configured",
        of(
            facts(
                "powerpc64",
                7,
                "quotactl",
                SyscallState.NOT_CONFIGURED,
                definition("fs/quota/quota.c", 917, "CONFIG_QUOTACTL", "unsigned int", "cmd"))));
    return all;
  }

  private static SyscallAnswer socket() {
    SyscallFacts old = facts("x86_64", 41, "socket", SyscallState.REMOVED);
    SyscallFacts facts =
        facts(
            "x86_64",
            41,
            "socket",
            SyscallState.IMPLEMENTED,
            definition(
                "net/socket.c", 1711, "CONFIG_NET", "int", "family", "char __user *", "type"));
    SyscallChange change =
        new SyscallChange(SyscallChange.Kind.STATE, Optional.of(old), Optional.of(facts));
    SyscallHistory history =
        new SyscallHistory(
            List.of(
                new SyscallHistory.Station(OLD, Optional.of(old), List.of()),
                new SyscallHistory.Station(NEW, Optional.of(facts), List.of(change))));
    RunningCall running =
        new RunningCall(
            "6.18.44",
            RunningCall.Presence.BUILT_IN,
            "__x64_sys_socket",
            0xffffffff81e2d9e0L,
            "",
            "sys_enter_socket",
            List.of("argument 2 is int type in the running kernel, char * type in the source"),
            Map.of("CONFIG_NET", "y"),
            "/proc/config.gz",
            new KernelConfig(Map.of("CONFIG_NET", KernelConfig.Value.BUILT_IN), true));
    return new SyscallAnswer(
        facts,
        OLD,
        "embedded index",
        "running 6.18.44; facts from 6.1.192",
        List.of(
            new AbiNumber(abi("x86_64"), Optional.of(41)),
            new AbiNumber(abi("x32"), Optional.of(41)),
            new AbiNumber(abi("arm64"), Optional.of(198)),
            new AbiNumber(abi("riscv64"), Optional.of(198)),
            new AbiNumber(abi("alpha"), Optional.empty())),
        history,
        "create an endpoint for communication",
        Optional.of(running));
  }

  private static SyscallAnswer of(SyscallFacts facts) {
    RunningCall running =
        new RunningCall(
            "6.18.44",
            facts.state() == SyscallState.REMOVED
                ? RunningCall.Presence.NO_SYMBOL
                : facts.state() == SyscallState.AMBIGUOUS
                    ? RunningCall.Presence.UNKNOWN
                    : RunningCall.Presence.LEFT_OUT,
            facts.symbol(),
            0,
            "address hidden: kernel.kptr_restrict",
            "",
            List.of(),
            Map.of(),
            "/boot/config-6.18.44",
            facts.state() == SyscallState.NOT_CONFIGURED
                ? new KernelConfig(Map.of(), true)
                : KernelConfig.unknown());
    return new SyscallAnswer(
        facts,
        NEW,
        "/home/me/linux",
        "6.5 is not indexed: facts from 6.18.15",
        List.of(),
        new SyscallHistory(
            List.of(
                new SyscallHistory.Station(OLD, Optional.of(facts), List.of()),
                new SyscallHistory.Station(NEW, Optional.empty(), List.of()))),
        "",
        facts.state() == SyscallState.RESERVED ? Optional.empty() : Optional.of(running));
  }

  private static Abi abi(String label) {
    return Abi.named(label).orElseThrow();
  }

  private static SyscallDefinition definition(
      String file, int line, String gate, String... arguments) {
    List<SyscallDefinition.Parameter> parameters = new ArrayList<>();
    StringBuilder signature = new StringBuilder("SYSCALL_DEFINE" + arguments.length / 2 + "(x");
    for (int i = 0; i < arguments.length; i += 2) {
      parameters.add(new SyscallDefinition.Parameter(arguments[i], arguments[i + 1]));
      signature.append(", ").append(arguments[i]).append(", ").append(arguments[i + 1]);
    }
    return new SyscallDefinition(
        "sys_x",
        "SYSCALL_DEFINE" + arguments.length / 2,
        signature.append(')').toString(),
        parameters,
        new Place(file, line),
        line + 9,
        List.of(),
        List.of(gate));
  }

  static SyscallFacts facts(
      String abi, int number, String name, SyscallState state, SyscallDefinition... definitions) {
    String entry =
        switch (state) {
          case RESERVED -> "";
          case NOT_IMPLEMENTED -> "sys_ni_syscall";
          default -> "sys_" + name;
        };
    boolean ruledOut = state == SyscallState.NOT_CONFIGURED;
    return new SyscallFacts(
        abi(abi),
        new SyscallRow(
            number, "common", name, entry, "", false, new Place("arch/x/syscall.tbl", 53)),
        entry,
        "__x64_" + (entry.isEmpty() ? "sys_ni_syscall" : entry),
        state,
        definitions.length == 0
            ? List.of()
            : List.of(
                new SyscallDeclaration(
                    entry,
                    "asmlinkage long " + entry + "(int);",
                    new Place("include/linux/syscalls.h", 753),
                    List.of())),
        List.of(),
        ruledOut ? List.of() : List.of(definitions),
        ruledOut ? List.of(definitions) : List.of(),
        definitions.length > 0,
        List.of(
            new EntryPath(
                "syscall",
                List.of(
                    new EntryPath.Stage("entry_SYSCALL_64", new Place("arch/x/entry.S", 87)),
                    new EntryPath.Stage("do_syscall_x64", new Place("arch/x/common.c", 37), true),
                    new EntryPath.Stage("x64_sys_call", new Place("arch/x/syscall_64.c", 30))))));
  }
}
