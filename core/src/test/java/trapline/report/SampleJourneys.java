package trapline.report;

import static trapline.report.SampleParts.*;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import trapline.model.ArgValue;
import trapline.model.CodeLine;
import trapline.model.Errno;
import trapline.model.Evidence;
import trapline.model.Frame;
import trapline.model.Hop;
import trapline.model.HopKind;
import trapline.model.Journey;
import trapline.model.KernelFacts;
import trapline.model.LinkAddress;
import trapline.model.Outcome;
import trapline.model.Place;
import trapline.model.RemoteAddress;
import trapline.model.Step;

/// Made-up journeys of every kind, as the journey package would state them.
final class SampleJourneys {
  private SampleJourneys() {}

  /// All of them by name, in a fixed order.
  static Map<String, Journey> all() {
    Map<String, Journey> all = new LinkedHashMap<>();
    all.put("socket", socket());
    all.put("bind-failed", bindFailed());
    all.put("printf-write", printfWrite());
    all.put("static", staticBinary());
    all.put("inline-asm", inlineAssembly());
    all.put("exit-group", exitGroup());
    all.put("signal-frame", signalFrame());
    all.put("inlined", inlined());
    all.put("unreadable", unreadable());
    all.put("no-debug-info", OddJourneys.noDebugInformation());
    all.put("restarted", OddJourneys.restarted());
    all.put("never-ran", OddJourneys.neverRan());
    all.put("still-running", OddJourneys.stillRunning());
    all.put("six-arguments", OddJourneys.sixArguments());
    all.put("huge-struct", OddJourneys.hugeStruct());
    all.put("hostile", OddJourneys.hostile());
    all.put("long-names", OddJourneys.longNames());
    all.put("recursion", OddJourneys.recursion());
    all.put("i386", OddJourneys.compat());
    all.put("bare", OddJourneys.bare());
    return all;
  }

  // The usual case: a libc function with debug information, called through the PLT.

  static Journey socket() {
    return new Builder("socket", 41)
        .arg("family", "int", 2, new ArgValue.Constant(2, "AF_INET"))
        .arg("type", "int", 1, new ArgValue.Constant(1, "SOCK_STREAM"))
        .arg("protocol", "int", 0, new ArgValue.Constant(0, "IPPROTO_IP"))
        .outcome(new Outcome.Returned(3, "3"))
        .time(18_240)
        .hop(
            new Hop.SourceLine(
                DEBUG,
                1,
                "  int sfd = socket(AF_INET, SOCK_STREAM, 0);",
                "",
                List.of(
                    libcFrame(
                        "socket",
                        0x108d45,
                        5,
                        new Place("../sysdeps/unix/syscall-template.S", 120)),
                    frame("main", 0x117c, 51, "server.c", 17),
                    startFrame("__libc_start_call_main", 0x2724a, 122),
                    startFrame("__libc_start_main", 0x27305, 133),
                    plainFrame("_start", SERVER, 0x1091, 33)),
                ""))
        .hop(
            new Hop.CallSite(
                SYMBOLS,
                SERVER,
                "main",
                List.of(
                    code(0x1168, "main+31", "mov    $0x0,%edx", "protocol = IPPROTO_IP"),
                    code(0x116d, "main+36", "mov    $0x1,%esi", "type = SOCK_STREAM"),
                    code(0x1172, "main+41", "mov    $0x2,%edi", "family = AF_INET"),
                    here(0x1177, "main+46", "call   1040 <socket@plt>", ""))))
        .hop(plt("socket", Hop.Binding.ON_THIS_CALL))
        .hop(
            new Hop.Wrapper(
                LIBC_DEBUG,
                LIBC,
                "glibc 2.36",
                "socket",
                List.of("socket"),
                new Place("../sysdeps/unix/syscall-template.S", 120),
                "",
                List.of(
                    libcCode(0x108d40, "socket+0", "mov    $0x29,%eax", "number = 41"),
                    libcHere(0x108d45, "socket+5", "syscall", ""),
                    libcCode(0x108d47, "socket+7", "cmp    $0xfffffffffffff001,%rax", ""),
                    libcCode(
                        0x108d4d,
                        "socket+13",
                        "jae    108d50 <socket+0x10>",
                        "not taken: no error")),
                List.of()))
        .hop(trap(0x108d45, 41, 2, 1, 0))
        .hop(entry("__x64_sys_socket"))
        .hop(tableRow(41, "common", "socket", "sys_socket", 53))
        .hop(declaration("asmlinkage long sys_socket(int, int, int);", 947))
        .hop(
            new Hop.Implementation(
                INDEX,
                List.of(
                    new Hop.Definition(
                        "SYSCALL_DEFINE3(socket, int, family, int, type, int, protocol)",
                        new Place("net/socket.c", 1712),
                        List.of("CONFIG_NET"),
                        List.of(
                            "SYSCALL_DEFINE3(socket, int, family, int, type, int, protocol)",
                            "{",
                            "\treturn __sys_socket(family, type, protocol);",
                            "}"))),
                "built in (kallsyms)"))
        .hop(
            new Hop.Return(
                Evidence.OBSERVED,
                3,
                List.of(),
                "jae not taken: no error",
                "",
                "sfd = 3",
                "main+54",
                ""))
        .step(step(0x1168, "main+31", "mov    $0x0,%edx", "rdx", 0))
        .step(step(0x116d, "main+36", "mov    $0x1,%esi", "rsi", 1))
        .step(step(0x1172, "main+41", "mov    $0x2,%edi", "rdi", 2))
        .step(
            new Step.Executed(
                here(0x1177, "main+46", "call   1040 <socket@plt>", ""),
                SERVER,
                List.of(
                    new Hop.RegisterValue("rsp", 0x7fffffffe0d8L),
                    new Hop.RegisterValue("rip", PIE + 0x1040))))
        .step(step(0x1040, "socket@plt", "jmp    *0x2fd2(%rip)        # 4018 <socket@GLIBC_2.2.5>"))
        .step(step(0x1046, "socket@plt+6", "push   $0x3", "rsp", 0x7fffffffe0d0L))
        .step(step(0x104b, "socket@plt+11", "jmp    1000 <_init+0x1000>"))
        .step(new Step.Collapsed("_dl_runtime_resolve_xsavec (ld-linux-x86-64.so.2)", 1287))
        .step(libcStep(0x108d40, "socket+0", "mov    $0x29,%eax", "rax", 41))
        .step(
            new Step.Trap("socket(family: AF_INET, type: SOCK_STREAM, protocol: IPPROTO_IP)", "3"))
        .step(libcStep(0x108d47, "socket+7", "cmp    $0xfffffffffffff001,%rax", "eflags", 0x213))
        .step(libcStep(0x108d4d, "socket+13", "jae    108d50 <socket+0x10>"))
        .step(libcStep(0x108d4f, "socket+15", "ret", "rsp", 0x7fffffffe0e0L))
        .step(step(0x117c, "main+51", "mov    %eax,-0x14(%rbp)"))
        .build();
  }

  static Journey bindFailed() {
    return new Builder("bind", 49)
        .thread(4711, 4713, "acceptor")
        .arg("fd", "int", 4, new ArgValue.Descriptor(4, "TCP 0.0.0.0:0"))
        .arg(
            "umyaddr",
            "struct sockaddr __user *",
            0x7fffffffe0e0L,
            new ArgValue.Struct(
                "sockaddr_in",
                List.of(
                    new ArgValue.Field("sa_family", new ArgValue.Constant(2, "AF_INET")),
                    new ArgValue.Field("sin_port", new ArgValue.Num(8080, "htons(8080)")),
                    new ArgValue.Field(
                        "sin_addr", new ArgValue.Text("inet_addr(\"0.0.0.0\")", false)))))
        .arg("addrlen", "int", 16, new ArgValue.Num(16, "16"))
        .outcome(new Outcome.Failed(new Errno(98, "EADDRINUSE", "Address already in use")))
        .time(2_310_000)
        .kernel(OTHER)
        .hop(
            new Hop.SourceLine(
                DEBUG,
                1,
                "  if (bind(b, (struct sockaddr *)&s, sizeof s) < 0) perror(\"bind\");",
                "",
                List.of(
                    libcFrame("bind", 0x1086a7, 7, null),
                    frame("listen_on", 0x1240, 98, "bindfail.c", 11),
                    frame("acceptor_main", 0x12c1, 33, "/home/ada/net/src/threads/acceptor.c", 57),
                    startFrame("start_thread", 0x89134, 740),
                    startFrame("clone3", 0x1097dc, 44)),
                ""))
        .hop(
            new Hop.CallSite(
                SYMBOLS,
                SERVER,
                "listen_on",
                List.of(
                    code(0x122c, "listen_on+78", "lea    -0x20(%rbp),%rcx", ""),
                    code(0x1230, "listen_on+82", "mov    -0x4(%rbp),%eax", ""),
                    code(0x1233, "listen_on+85", "mov    $0x10,%edx", "addrlen = 16"),
                    code(
                        0x1238,
                        "listen_on+90",
                        "mov    %rcx,%rsi",
                        "umyaddr = {AF_INET, 0.0.0.0:8080}"),
                    code(0x123b, "listen_on+93", "mov    %eax,%edi", "fd = 4"),
                    here(0x123d, "listen_on+95", "call   1080 <bind@plt>", ""))))
        .hop(plt("bind", Hop.Binding.BY_EARLIER_CALL))
        .hop(
            new Hop.Wrapper(
                LIBC_SYMBOLS,
                LIBC,
                "glibc 2.36",
                "bind",
                List.of("bind"),
                null,
                "no debug information for libc.so.6: install libc6-dbg",
                List.of(
                    libcCode(0x1086a0, "bind+0", "mov    $0x31,%eax", "number = 49"),
                    libcHere(0x1086a5, "bind+5", "syscall", ""),
                    libcCode(0x1086a7, "bind+7", "cmp    $0xfffffffffffff001,%rax", ""),
                    libcCode(0x1086ad, "bind+13", "jae    1086b0 <bind+0x10>", "taken: error")),
                List.of()))
        .hop(trap(0x1086a5, 49, 4, 0x7fffffffe0e0L, 16))
        .hop(
            new Hop.KernelEntry(
                new Evidence.Symbols("/proc/kallsyms"),
                List.of(
                    new Hop.KernelSymbol(
                        "entry_SYSCALL_64",
                        0xffffffff82000080L,
                        new Place("arch/x86/entry/entry_64.S", 87)),
                    new Hop.KernelSymbol(
                        "do_syscall_64",
                        0xffffffff81e5c0a0L,
                        new Place("arch/x86/entry/common.c", 76)),
                    new Hop.KernelSymbol("x64_sys_call", 0xffffffff81009e70L),
                    new Hop.KernelSymbol(
                        "__x64_sys_bind", 0xffffffff81a3c2d0L, new Place("net/socket.c", 1851))),
                "",
                INDEX))
        .hop(tableRow(49, "common", "bind", "sys_bind", 61))
        .hop(declaration("asmlinkage long sys_bind(int, struct sockaddr __user *, int);", 949))
        .hop(
            new Hop.Implementation(
                INDEX,
                List.of(
                    new Hop.Definition(
                        "SYSCALL_DEFINE3(bind, int, fd, struct sockaddr __user *, umyaddr, int,"
                            + " addrlen)",
                        new Place("net/socket.c", 1851),
                        List.of("CONFIG_NET"),
                        List.of())),
                "built in (kallsyms); parameters agree with tracefs"))
        .hop(
            new Hop.Return(
                Evidence.OBSERVED,
                -98,
                List.of(
                    libcCode(0x1086b0, "bind+16", "mov    0xcc759(%rip),%rcx", ""),
                    libcCode(0x1086b7, "bind+23", "neg    %eax", "98 = EADDRINUSE"),
                    libcCode(0x1086b9, "bind+25", "mov    %eax,%fs:(%rcx)", "errno = 98"),
                    libcCode(
                        0x1086bc,
                        "bind+28",
                        "or     $0xffffffffffffffff,%rax",
                        "the function returns -1"),
                    libcCode(0x1086c0, "bind+32", "ret", "")),
                "jae taken: error",
                "%fs:-0x80",
                "",
                "listen_on+98",
                "the result is tested and not kept in a variable"))
        .build();
  }

  static Journey printfWrite() {
    return new Builder("write", 1)
        .occurrence(3)
        .arg("fd", "unsigned int", 1, new ArgValue.Descriptor(1, "/dev/pts/3"))
        .arg(
            "buf",
            "const char __user *",
            0x4052a0,
            new ArgValue.Text("\"received: hello\\n\"", false))
        .arg("count", "size_t", 16, new ArgValue.Num(16, "16"))
        .outcome(new Outcome.Returned(16, "16"))
        .time(5_120)
        .hop(
            new Hop.SourceLine(
                DEBUG,
                9,
                "    printf(\"received: %s\\n\", buffer);",
                "",
                List.of(
                    libcFrame(
                        "__GI___libc_write",
                        0xf7a90,
                        16,
                        new Place("../sysdeps/unix/sysv/linux/write.c", 26)),
                    libcFrame(
                        "_IO_new_file_write", 0x79fa5, 45, new Place("./libio/fileops.c", 1180)),
                    libcFrame("new_do_write", 0x78f2f, 95, new Place("./libio/fileops.c", 448)),
                    libcFrame("_IO_new_do_write", 0x7a6f9, 25, new Place("./libio/fileops.c", 425)),
                    libcFrame(
                        "_IO_new_file_overflow", 0x7ad1b, 267, new Place("./libio/fileops.c", 783)),
                    libcFrame(
                        "__GI__IO_default_xsputn",
                        0x7bd7e,
                        110,
                        new Place("./libio/genops.c", 399)),
                    libcFrame(
                        "_IO_new_file_xsputn", 0x7a1ca, 234, new Place("./libio/fileops.c", 1243)),
                    libcFrame(
                        "__vfprintf_internal",
                        0x5a6f1,
                        2561,
                        new Place("./stdio-common/vfprintf-internal.c", 1549)),
                    libcFrame("__printf", 0x527ab, 171, new Place("./stdio-common/printf.c", 33)),
                    frame("serve", 0x13fa, 141, "server.c", 34),
                    frame("main", 0x14c3, 190, "server.c", 52),
                    startFrame("__libc_start_call_main", 0x2724a, 122),
                    startFrame("__libc_start_main", 0x27305, 133),
                    plainFrame("_start", SERVER, 0x1091, 33)),
                ""))
        .hop(
            new Hop.CallSite(
                SYMBOLS,
                SERVER,
                "serve",
                List.of(
                    code(0x13e4, "serve+119", "lea    -0x410(%rbp),%rax", ""),
                    code(0x13eb, "serve+126", "mov    %rax,%rsi", ""),
                    code(
                        0x13ee,
                        "serve+129",
                        "lea    0xc2f(%rip),%rax        # 2024 <_IO_stdin_used+0x24>",
                        ""),
                    code(0x13f5, "serve+136", "mov    %rax,%rdi", "format = \"received: %s\\n\""),
                    code(0x13f8, "serve+139", "mov    $0x0,%eax", ""),
                    here(0x13fd, "serve+144", "call   1050 <printf@plt>", ""))))
        .hop(plt("printf", Hop.Binding.BEFORE_SEEN))
        .hop(
            new Hop.Wrapper(
                LIBC_DEBUG,
                LIBC,
                "glibc 2.36",
                "write",
                List.of(
                    "printf",
                    "__vfprintf_internal",
                    "_IO_new_file_xsputn",
                    "__GI__IO_default_xsputn",
                    "_IO_new_file_overflow",
                    "_IO_new_do_write",
                    "new_do_write",
                    "_IO_new_file_write",
                    "write"),
                new Place("../sysdeps/unix/sysv/linux/write.c", 26),
                "",
                List.of(
                    libcCode(
                        0xf7a80,
                        "write+0",
                        "cmpb   $0x0,0xd8d29(%rip)        # 1d07b0 <__libc_single_threaded>",
                        ""),
                    libcCode(
                        0xf7a87, "write+7", "je     f7aa0 <write+0x20>", "not taken: one thread"),
                    libcCode(0xf7a89, "write+9", "mov    $0x1,%eax", "number = 1"),
                    libcHere(0xf7a8e, "write+14", "syscall", ""),
                    libcCode(0xf7a90, "write+16", "cmp    $0xfffffffffffff000,%rax", ""),
                    libcCode(
                        0xf7a96, "write+22", "ja     f7af0 <write+0x70>", "not taken: no error")),
                List.of(
                    "printf was called; it buffers, and makes the call when a line ends",
                    "is a cancellation point: with several threads another path is taken")))
        .hop(trap(0xf7a8e, 1, 1, 0x4052a0, 16))
        .hop(entry("__x64_sys_write"))
        .hop(tableRow(1, "common", "write", "sys_write", 13))
        .hop(
            declaration(
                "asmlinkage long sys_write(unsigned int fd, const char __user *buf, size_t count);",
                447))
        .hop(
            new Hop.Implementation(
                INDEX,
                List.of(
                    new Hop.Definition(
                        "SYSCALL_DEFINE3(write, unsigned int, fd, const char __user *, buf, size_t,"
                            + " count)",
                        new Place("fs/read_write.c", 652),
                        List.of(),
                        List.of())),
                ""))
        .hop(
            new Hop.Return(
                Evidence.OBSERVED,
                16,
                List.of(),
                "ja not taken: no error",
                "",
                "",
                "serve+149",
                "the result of printf is not used"))
        .build();
  }

  static Journey staticBinary() {
    return new Builder("getpid", 39)
        .outcome(new Outcome.Returned(4711, "4711"))
        .time(412)
        .hop(
            new Hop.SourceLine(
                DEBUG,
                1,
                "  pid_t me = getpid();",
                "",
                List.of(
                    new Frame(
                        new RemoteAddress(0x413b47),
                        "getpid",
                        null,
                        SERVER,
                        0x413b47,
                        7,
                        false,
                        false,
                        false,
                        SYMBOLS),
                    new Frame(
                        new RemoteAddress(0x4017a9),
                        "main",
                        new Place("st.c", 4),
                        SERVER,
                        0x4017a9,
                        13,
                        false,
                        false,
                        false,
                        DEBUG),
                    new Frame(
                        new RemoteAddress(0x401c8a),
                        "__libc_start_call_main",
                        null,
                        SERVER,
                        0x401c8a,
                        106,
                        false,
                        false,
                        false,
                        SYMBOLS),
                    new Frame(
                        new RemoteAddress(0x403530),
                        "__libc_start_main",
                        null,
                        SERVER,
                        0x403530,
                        1024,
                        false,
                        false,
                        false,
                        SYMBOLS),
                    new Frame(
                        new RemoteAddress(0x4016a1),
                        "_start",
                        null,
                        SERVER,
                        0x4016a1,
                        33,
                        false,
                        false,
                        false,
                        SYMBOLS)),
                ""))
        .hop(
            new Hop.CallSite(
                SYMBOLS,
                SERVER,
                "main",
                List.of(
                    new CodeLine(
                        new RemoteAddress(0x4017a4),
                        new LinkAddress(0x4017a4),
                        "main+8",
                        "call   413b40 <getpid>",
                        "",
                        true))))
        .hop(
            new Hop.Missing(
                HopKind.PLT,
                "the program is linked statically and calls the function directly",
                ""))
        .hop(
            new Hop.Wrapper(
                SYMBOLS,
                SERVER,
                "glibc",
                "getpid",
                List.of("getpid"),
                null,
                "no debug information for getpid in server",
                List.of(
                    new CodeLine(
                        new RemoteAddress(0x413b40),
                        new LinkAddress(0x413b40),
                        "getpid+0",
                        "mov    $0x27,%eax",
                        "number = 39",
                        false),
                    new CodeLine(
                        new RemoteAddress(0x413b45),
                        new LinkAddress(0x413b45),
                        "getpid+5",
                        "syscall",
                        "",
                        true),
                    new CodeLine(
                        new RemoteAddress(0x413b47),
                        new LinkAddress(0x413b47),
                        "getpid+7",
                        "ret",
                        "",
                        false)),
                List.of()))
        .hop(
            new Hop.SyscallInstruction(
                Evidence.OBSERVED,
                new RemoteAddress(0x413b45),
                SERVER,
                new LinkAddress(0x413b45),
                "syscall",
                List.of(new Hop.RegisterValue("rax", 39))))
        .hop(entry("__x64_sys_getpid"))
        .hop(tableRow(39, "common", "getpid", "sys_getpid", 51))
        .hop(declaration("asmlinkage long sys_getpid(void);", 755))
        .hop(
            new Hop.Implementation(
                INDEX,
                List.of(
                    new Hop.Definition(
                        "SYSCALL_DEFINE0(getpid)",
                        new Place("kernel/sys.c", 985),
                        List.of(),
                        List.of())),
                "built in (kallsyms)"))
        .hop(new Hop.Return(Evidence.OBSERVED, 4711, List.of(), "", "", "me = 4711", "main+13", ""))
        .build();
  }

  static Journey inlineAssembly() {
    String why = "the program makes the call itself, with an instruction of its own in main";
    return new Builder("write", 1)
        .arg("fd", "unsigned int", 1, new ArgValue.Descriptor(1, "pipe:[48213]"))
        .arg("buf", "const char __user *", 0x402010, new ArgValue.Text("\"hi\\n\"", false))
        .arg("count", "size_t", 3, new ArgValue.Num(3, "3"))
        .outcome(new Outcome.Returned(3, "3"))
        .time(999)
        .hop(
            new Hop.SourceLine(
                DEBUG,
                0,
                "  asm volatile (\"syscall\" : \"=a\"(r) : \"a\"(1), \"D\"(1), \"S\"(s), \"d\"(3) :"
                    + " \"rcx\", \"r11\", \"memory\");",
                "",
                List.of(
                    frame("main", 0x1151, 40, "asm.c", 6),
                    startFrame("__libc_start_call_main", 0x2724a, 122),
                    startFrame("__libc_start_main", 0x27305, 133),
                    plainFrame("_start", SERVER, 0x1091, 33)),
                ""))
        .hop(
            new Hop.CallSite(
                SYMBOLS,
                SERVER,
                "main",
                List.of(
                    code(0x1139, "main+16", "mov    $0x1,%eax", "number = 1"),
                    code(0x113e, "main+21", "mov    $0x1,%edi", "fd = 1"),
                    code(0x1143, "main+26", "mov    -0x10(%rbp),%rsi", "buf = \"hi\\n\""),
                    code(0x1147, "main+30", "mov    $0x3,%edx", "count = 3"),
                    here(0x114f, "main+38", "syscall", ""))))
        .hop(new Hop.Missing(HopKind.PLT, why, ""))
        .hop(new Hop.Missing(HopKind.WRAPPER, why, ""))
        .hop(
            new Hop.SyscallInstruction(
                Evidence.OBSERVED,
                new RemoteAddress(PIE + 0x114f),
                SERVER,
                new LinkAddress(0x114f),
                "syscall",
                registers(1, 1, 0x402010, 3)))
        .hop(entry("__x64_sys_write"))
        .hop(
            new Hop.Missing(
                HopKind.TABLE_ROW,
                "no index of a kernel source is at hand",
                "name a tree with `--kernel-source DIR`"))
        .hop(
            new Hop.Missing(
                HopKind.DECLARATION,
                "no index of a kernel source is at hand",
                "name a tree with `--kernel-source DIR`"))
        .hop(
            new Hop.Missing(
                HopKind.IMPLEMENTATION,
                "no index of a kernel source is at hand",
                "name a tree with `--kernel-source DIR`"))
        .kernel(new KernelFacts("6.18.44", "", false, ""))
        .hop(new Hop.Return(Evidence.OBSERVED, 3, List.of(), "", "", "r = 3", "main+40", ""))
        .build();
  }

  static Journey exitGroup() {
    return new Builder("exit_group", 231)
        .arg("error_code", "int", 0, new ArgValue.Num(0, "0"))
        .outcome(new Outcome.NeverReturned("the process has ended with status 0"))
        .hop(
            new Hop.SourceLine(
                SYMBOLS,
                5,
                null,
                "main had returned, and no line is known for _start",
                List.of(
                    libcFrame("__GI__exit", 0xd5b91, 49, null),
                    libcFrame("__run_exit_handlers", 0x3e6a7, 263, null),
                    libcFrame("__GI_exit", 0x3e71a, 26, null),
                    startFrame("__libc_start_call_main", 0x27251, 129),
                    startFrame("__libc_start_main", 0x27305, 133),
                    plainFrame("_start", SERVER, 0x1091, 33)),
                ""))
        .hop(
            new Hop.Missing(
                HopKind.CALL_SITE, "main had returned: the C start-up code made this call", ""))
        .hop(new Hop.Missing(HopKind.PLT, "libc calls it inside itself", ""))
        .hop(
            new Hop.Wrapper(
                LIBC_SYMBOLS,
                LIBC,
                "glibc 2.36",
                "_exit",
                List.of("exit", "__run_exit_handlers", "_exit"),
                null,
                "no debug information for libc.so.6: install libc6-dbg",
                List.of(libcHere(0xd5b8f, "_exit+47", "syscall", "")),
                List.of()))
        .hop(trap(0xd5b8f, 231, 0))
        .hop(entry("__x64_sys_exit_group"))
        .hop(tableRow(231, "common", "exit_group", "sys_exit_group", 243))
        .hop(declaration("asmlinkage long sys_exit_group(int error_code);", 541))
        .hop(
            new Hop.Implementation(
                INDEX,
                List.of(
                    new Hop.Definition(
                        "SYSCALL_DEFINE1(exit_group, int, error_code)",
                        new Place("kernel/exit.c", 1090),
                        List.of(),
                        List.of())),
                ""))
        .hop(
            new Hop.Missing(
                HopKind.RETURN,
                "exit_group does not return: the process has ended with status 0",
                ""))
        .build();
  }

  static Journey signalFrame() {
    return new Builder("write", 1)
        .arg("fd", "unsigned int", 2, new ArgValue.Descriptor(2, "/dev/null"))
        .arg("buf", "const char __user *", 0x55555555601dL, new ArgValue.Text("\"tick\\n\"", false))
        .arg("count", "size_t", 5, new ArgValue.Num(5, "5"))
        .outcome(new Outcome.Returned(5, "5"))
        .time(1_500)
        .hop(
            new Hop.SourceLine(
                DEBUG,
                1,
                "  write(2, \"tick\\n\", 5);",
                "",
                List.of(
                    libcFrame("write", 0xf7a90, 16, null),
                    frame("on_alarm", 0x11c7, 30, "signals.c", 9),
                    new Frame(
                        new RemoteAddress(LIBC_BASE + 0x3c050),
                        "__restore_rt",
                        null,
                        LIBC,
                        0x3c050,
                        0,
                        false,
                        true,
                        false,
                        Evidence.OBSERVED),
                    libcFrame("pause", 0xd5360, 16, null),
                    frame("wait_for_alarm", 0x1204, 24, "signals.c", 15),
                    frame("main", 0x1266, 92, "signals.c", 27),
                    startFrame("__libc_start_call_main", 0x2724a, 122),
                    startFrame("__libc_start_main", 0x27305, 133),
                    plainFrame("_start", SERVER, 0x1091, 33)),
                ""))
        .hop(
            new Hop.CallSite(
                SYMBOLS,
                SERVER,
                "on_alarm",
                List.of(here(0x11c2, "on_alarm+25", "call   1030 <write@plt>", ""))))
        .hop(plt("write", Hop.Binding.AT_LOAD))
        .hop(trap(0xf7a8e, 1, 2, 0x55555555601dL, 5))
        .hop(entry("__x64_sys_write"))
        .hop(new Hop.Return(Evidence.OBSERVED, 5, List.of(), "", "", "", "on_alarm+30", ""))
        .build();
  }

  static Journey inlined() {
    return new Builder("close", 3)
        .arg("fd", "unsigned int", 7, new ArgValue.Descriptor(7, "/var/log/app.log"))
        .outcome(new Outcome.Returned(0, "0"))
        .time(1_049_950)
        .hop(
            new Hop.SourceLine(
                DEBUG,
                1,
                "    ::close(fd_);",
                "",
                List.of(
                    libcFrame("close", 0xf8150, 16, null),
                    inlinedFrame("File::reset", 0x13b2, "include/file.hpp", 22),
                    inlinedFrame("File::~File", 0x13b2, "include/file.hpp", 14),
                    inlinedFrame("rotate", 0x13b2, "log.cc", 71),
                    frame("main", 0x13b2, 66, "main.cc", 12),
                    startFrame("__libc_start_call_main", 0x2724a, 122),
                    startFrame("__libc_start_main", 0x27305, 133),
                    plainFrame("_start", SERVER, 0x1091, 33)),
                ""))
        .hop(
            new Hop.CallSite(
                SYMBOLS,
                SERVER,
                "main",
                List.of(
                    code(0x13ab, "main+59", "mov    (%rsp),%edi", "fd = 7"),
                    here(
                        0x13ad,
                        "main+61",
                        "call   *0x2c1d(%rip)        # 3fd0 <close@GLIBC_2.2.5>",
                        ""))))
        .hop(
            new Hop.Plt(
                SYMBOLS,
                "",
                Optional.empty(),
                ".got",
                new RemoteAddress(PIE + 0x3fd0),
                new LinkAddress(0x3fd0),
                "R_X86_64_GLOB_DAT",
                "close",
                "GLIBC_2.2.5",
                LIBC,
                new RemoteAddress(LIBC_BASE + 0xf8140),
                Hop.Binding.AT_LOAD,
                "compiled with -fno-plt: the call goes through the slot itself"))
        .hop(trap(0xf814e, 3, 7))
        .hop(entry("__x64_sys_close"))
        .hop(
            new Hop.Return(
                Evidence.OBSERVED, 0, List.of(), "ja not taken: no error", "", "", "main+66", ""))
        .build();
  }

  static Journey unreadable() {
    return new Builder("openat", 257)
        .arg("dfd", "int", 0xffffff9cL, new ArgValue.Constant(-100, "AT_FDCWD"))
        .arg(
            "filename",
            "const char __user *",
            0xdeadbeefL,
            new ArgValue.Unreadable(0xdeadbeefL, "not mapped"))
        .arg(
            "flags",
            "int",
            0x80080,
            new ArgValue.Flags(0x80080, List.of("O_RDONLY", "O_CLOEXEC"), 0x40000000))
        .arg("mode", "umode_t", 0, new ArgValue.Num(0, "0"))
        .outcome(new Outcome.Failed(new Errno(14, "EFAULT", "Bad address")))
        .time(700)
        .hop(
            new Hop.SourceLine(
                DEBUG,
                1,
                null,
                "/home/ada/build/app/open.c is not there: give its directory with `--source DIR`",
                List.of(
                    libcFrame("open64", 0xf7880, 112, null),
                    frame("main", 0x1170, 39, "/home/ada/build/app/open.c", 8)),
                "no unwind table covers 0x7ffff7fe2000 (mapped from no file)"))
        .hop(
            new Hop.CallSite(
                SYMBOLS,
                SERVER,
                "main",
                List.of(here(0x116b, "main+34", "call   1030 <open64@plt>", ""))))
        .hop(plt("open64", Hop.Binding.UNBOUND))
        .hop(
            new Hop.Wrapper(
                LIBC_SYMBOLS,
                LIBC,
                "glibc 2.36",
                "open64",
                List.of("open64"),
                null,
                "no debug information for libc.so.6: install libc6-dbg",
                List.of(libcHere(0xf787e, "open64+110", "syscall", "")),
                List.of("open was asked for; openat(AT_FDCWD, ...) is made")))
        .hop(trap(0xf787e, 257, 0xffffff9cL, 0xdeadbeefL, 0x80080, 0))
        .hop(entry("__x64_sys_openat"))
        .hop(
            new Hop.Return(
                Evidence.OBSERVED,
                -14,
                List.of(),
                "ja taken: error",
                "%fs:-0x80",
                "fd = -1",
                "main+39",
                ""))
        .diagnostic(
            "/home/ada/net/server", ".debug_line has an unknown version (7) in one unit", "")
        .build();
  }
}
