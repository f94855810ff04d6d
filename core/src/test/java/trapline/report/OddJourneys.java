package trapline.report;

import static trapline.report.SampleParts.*;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import trapline.model.Abi;
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

/// Journeys off the main road: what is missing, interrupted, hostile, long or bare.
final class OddJourneys {
  private OddJourneys() {}

  static Journey noDebugInformation() {
    return new Builder("nanosleep", 35)
        .arg(
            "rqtp",
            "struct __kernel_timespec __user *",
            0x7fffffffe100L,
            new ArgValue.Struct(
                "timespec",
                List.of(
                    new ArgValue.Field("tv_sec", new ArgValue.Num(1, "1")),
                    new ArgValue.Field("tv_nsec", new ArgValue.Num(0, "0")))))
        .arg("rmtp", "struct __kernel_timespec __user *", 0, new ArgValue.Pointer(0))
        .outcome(new Outcome.Returned(0, "0"))
        .time(1_000_123_456)
        .hop(
            new Hop.SourceLine(
                SYMBOLS,
                1,
                null,
                "no debug information in server: compile it with `-g`",
                List.of(
                    libcFrame("clock_nanosleep", 0xd53d5, 37, null),
                    new Frame(
                            new RemoteAddress(PIE + 0x1193),
                            "",
                            null,
                            SERVER,
                            0x1193,
                            -1,
                            false,
                            false,
                            false,
                            SYMBOLS)
                        .withOwn(true),
                    startFrame("__libc_start_call_main", 0x2724a, 122),
                    startFrame("__libc_start_main", 0x27305, 133),
                    new Frame(
                        new RemoteAddress(PIE + 0x1091),
                        "",
                        null,
                        SERVER,
                        0x1091,
                        -1,
                        false,
                        false,
                        false,
                        SYMBOLS)),
                ""))
        .hop(
            new Hop.CallSite(
                SYMBOLS, SERVER, "", List.of(here(0x118e, "", "call   1040 <nanosleep@plt>", ""))))
        .hop(plt("nanosleep", Hop.Binding.AT_LOAD))
        .hop(
            new Hop.Missing(
                HopKind.WRAPPER, "libc.so.6 has no symbol at the trap", "install libc6-dbg"))
        .hop(trap(0xd53d3, 35, 0x7fffffffe100L, 0))
        .hop(
            new Hop.Missing(
                HopKind.KERNEL_ENTRY, "kernel symbols are hidden", "set kernel.kptr_restrict to 0"))
        .kernel(new KernelFacts("6.12.63", "6.12.63", false, "/usr/src/linux-source-6.12.tar.xz"))
        .hop(tableRow(35, "common", "nanosleep", "sys_nanosleep", 47))
        .hop(
            new Hop.Declaration(
                INDEX,
                List.of(
                    new Hop.Text(
                        "asmlinkage long sys_nanosleep(struct __kernel_timespec __user *rqtp,"
                            + " struct __kernel_timespec __user *rmtp);",
                        new Place("include/linux/syscalls.h", 577)))))
        .hop(
            new Hop.Implementation(
                INDEX,
                List.of(
                    new Hop.Definition(
                        "SYSCALL_DEFINE2(nanosleep, struct __kernel_timespec __user *, rqtp, struct"
                            + " __kernel_timespec __user *, rmtp)",
                        new Place("kernel/time/hrtimer.c", 2129),
                        List.of("CONFIG_64BIT"),
                        List.of()),
                    new Hop.Definition(
                        "COMPAT_SYSCALL_DEFINE2(nanosleep_time32, struct old_timespec32 __user *,"
                            + " rqtp)",
                        new Place("kernel/time/hrtimer.c", 2151),
                        List.of("CONFIG_COMPAT_32BIT_TIME", "!defined(CONFIG_64BIT_ONLY)"),
                        List.of())),
                ""))
        .hop(
            new Hop.Missing(
                HopKind.RETURN, "the wrapper has no unwind information", "install libc6-dbg"))
        .build();
  }

  static Journey restarted() {
    return new Builder("read", 0)
        .arg("fd", "unsigned int", 0, new ArgValue.Descriptor(0, "/dev/pts/3"))
        .arg("buf", "char __user *", 0x7fffffffd000L, new ArgValue.Pointer(0x7fffffffd000L))
        .arg("count", "size_t", 1024, new ArgValue.Num(1024, "1024"))
        .outcome(new Outcome.Restarted("ERESTARTSYS"))
        .time(3_400_000_000L)
        .build();
  }

  static Journey stillRunning() {
    return new Builder("accept", 43)
        .arg("fd", "int", 3, new ArgValue.Descriptor(3, "TCP 0.0.0.0:8080 listening"))
        .arg("upeer_sockaddr", "struct sockaddr __user *", 0, new ArgValue.Pointer(0))
        .arg("upeer_addrlen", "int __user *", 0, new ArgValue.Pointer(0))
        .outcome(new Outcome.StillRunning())
        .hop(
            new Hop.Missing(
                HopKind.RETURN, "it had not returned when Trapline stopped looking", ""))
        .build();
  }

  static Journey sixArguments() {
    return new Builder("mmap", 9)
        .thread(123456, 123789, "worker")
        .arg("addr", "unsigned long", 0x7f0000000000L, new ArgValue.Pointer(0x7f0000000000L))
        .arg("len", "unsigned long", 0x40000000L, new ArgValue.Num(0x40000000L, "1073741824"))
        .arg(
            "prot",
            "unsigned long",
            3,
            new ArgValue.Flags(3, List.of("PROT_READ", "PROT_WRITE"), 0))
        .arg(
            "flags",
            "unsigned long",
            0x44032,
            new ArgValue.Flags(
                0x44032,
                List.of(
                    "MAP_PRIVATE",
                    "MAP_FIXED",
                    "MAP_ANONYMOUS",
                    "MAP_NORESERVE",
                    "MAP_HUGETLB",
                    "MAP_POPULATE"),
                0x1000000))
        .arg("fd", "unsigned long", -1, new ArgValue.Num(-1, "-1"))
        .arg("off", "unsigned long", 0, new ArgValue.Num(0, "0"))
        .outcome(new Outcome.Returned(0x7f0000000000L, "0x7f0000000000"))
        .time(88_000)
        .hop(trap(0x1018a2, 9, 0x7f0000000000L, 0x40000000L, 3, 0x44032, -1, 0))
        .hop(new Hop.Return(Evidence.OBSERVED, 0x7f0000000000L, List.of(), "", "", "", "", ""))
        .build();
  }

  static Journey hugeStruct() {
    List<ArgValue.Field> fields = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      fields.add(
          new ArgValue.Field(
              "st_member_" + i, new ArgValue.Num(i * 1_000_003L, Long.toString(i * 1_000_003L))));
    }
    return new Builder("newfstatat", 262)
        .arg(
            "dfd",
            "int",
            3,
            new ArgValue.Descriptor(
                3, "/home/ada/a/rather/long/path/to/some/directory/that/is/deep"))
        .arg(
            "filename",
            "const char __user *",
            0x402000,
            new ArgValue.Text("\"" + "x".repeat(300) + "\"...", true))
        .arg(
            "statbuf", "struct stat __user *", 0x7fffffffe000L, new ArgValue.Struct("stat", fields))
        .arg("flag", "int", 0, new ArgValue.Num(0, "0"))
        .outcome(new Outcome.Returned(0, "0"))
        .time(2_000)
        .build();
  }

  /// Data that would take over a terminal or break the layout.
  static Journey hostile() {
    String evil = "\u001b[2J\u001b]0;owned\u0007\u009b31m\r\n\t\u202ecba\u200b\u007f\ud800";
    return new Builder("sys" + evil, 7)
        .thread(7, 8, evil)
        .arg(evil, evil, 1, new ArgValue.Text("\"" + evil + "\"", false))
        .arg("name", "char *", 2, new ArgValue.Text("\"日本語のファイル名🎉 é e\u0301.txt\"", false))
        .outcome(new Outcome.Failed(new Errno(2, "ENOENT" + evil, evil)))
        .time(1)
        .kernel(new KernelFacts(evil, evil, false, evil))
        .hop(
            new Hop.SourceLine(
                DEBUG,
                0,
                "\t\tputs(\"日本語\");\t// " + evil + " 日本語".repeat(30),
                evil,
                List.of(
                    new Frame(
                        new RemoteAddress(1),
                        evil,
                        new Place(evil, 1),
                        evil,
                        1,
                        0,
                        true,
                        false,
                        false,
                        DEBUG),
                    new Frame(
                        new RemoteAddress(2),
                        "日本語".repeat(40),
                        new Place("/日本語/" + "長い".repeat(50) + "/f.c", 2),
                        "/m",
                        2,
                        0,
                        false,
                        false,
                        false,
                        DEBUG)),
                evil))
        .hop(
            new Hop.CallSite(
                SYMBOLS,
                evil,
                evil,
                List.of(
                    new CodeLine(
                        new RemoteAddress(-1),
                        new LinkAddress(-1),
                        evil,
                        evil + " " + evil,
                        evil,
                        true))))
        .hop(
            new Hop.Plt(
                SYMBOLS,
                evil,
                Optional.of(new RemoteAddress(-1)),
                evil,
                new RemoteAddress(-1),
                new LinkAddress(-1),
                evil,
                evil,
                evil,
                evil,
                new RemoteAddress(-1),
                Hop.Binding.UNBOUND,
                evil))
        .hop(
            new Hop.Wrapper(
                SYMBOLS,
                evil,
                evil,
                evil,
                List.of(evil, evil),
                new Place(evil, 0),
                evil,
                List.of(),
                List.of(evil)))
        .hop(
            new Hop.SyscallInstruction(
                Evidence.OBSERVED,
                new RemoteAddress(-1),
                evil,
                new LinkAddress(-1),
                evil,
                List.of(new Hop.RegisterValue(evil, -1))))
        .hop(new Hop.KernelEntry(Evidence.OBSERVED, List.of(new Hop.KernelSymbol(evil, 1)), evil))
        .hop(new Hop.TableRow(INDEX, -1, evil, evil, evil, new Place(evil, 5)))
        .hop(new Hop.Declaration(INDEX, List.of(new Hop.Text(evil, new Place(evil, 5)))))
        .hop(
            new Hop.Implementation(
                INDEX,
                List.of(
                    new Hop.Definition(
                        evil,
                        new Place(evil, 9),
                        List.of(evil),
                        List.of(evil, "\t" + evil, "日本語".repeat(60)))),
                evil))
        .hop(new Hop.Return(Evidence.OBSERVED, -2, List.of(), evil, evil, evil, evil, evil))
        .step(
            new Step.Executed(
                new CodeLine(new RemoteAddress(-1), new LinkAddress(-1), evil, evil, evil, false),
                evil,
                List.of(new Hop.RegisterValue(evil, -1))))
        .step(new Step.Collapsed(evil, 1))
        .step(new Step.Trap(evil, evil))
        .diagnostic(evil, evil, evil)
        .build();
  }

  static Journey longNames() {
    String method =
        "std::__detail::_Executor<__gnu_cxx::__normal_iterator<char const*,"
            + " std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> > >,"
            + " std::allocator<std::__cxx11::sub_match<char const*> >,"
            + " std::__cxx11::regex_traits<char>, true>::_M_dfs(_Match_mode, long)";
    String path =
        "/home/ada/work/company/very-long-project-name/components/networking/transport/tcp/src/connection_manager_implementation.cc";
    return new Builder("sendto", 44)
        .arg(
            "fd",
            "int",
            12,
            new ArgValue.Descriptor(
                12, "TCP [2001:db8:0:1::5]:443 -> [2001:db8:ffff:ffff:ffff:ffff:ffff:1]:51324"))
        .arg(
            "buff",
            "void __user *",
            0x7f1234567890L,
            new ArgValue.Text(
                "\"\\26\\3\\3\\0z\\2\\0\\0v\\3\\3\\336\\255\\276\\357\\336\\255\\276\\357\\336\\255\\276\\357\"...",
                true))
        .arg("len", "size_t", 1460, new ArgValue.Num(1460, "1460"))
        .arg(
            "flags",
            "unsigned int",
            0x4040,
            new ArgValue.Flags(0x4040, List.of("MSG_DONTWAIT", "MSG_NOSIGNAL"), 0))
        .arg("addr", "struct sockaddr __user *", 0, new ArgValue.Pointer(0))
        .arg("addr_len", "int", 0, new ArgValue.Num(0, "0"))
        .outcome(new Outcome.Failed(new Errno(11, "EAGAIN", "Resource temporarily unavailable")))
        .time(12_345)
        .hop(
            new Hop.SourceLine(
                DEBUG,
                0,
                "      const auto sent = ::send(connection->descriptor(), buffer.data() + offset,"
                    + " buffer.size() - offset, MSG_DONTWAIT | MSG_NOSIGNAL);",
                "",
                List.of(
                    new Frame(
                        new RemoteAddress(PIE + 0x8123),
                        method,
                        new Place(path, 1284),
                        SERVER,
                        0x8123,
                        0x123,
                        false,
                        false,
                        false,
                        DEBUG),
                    new Frame(
                        new RemoteAddress(PIE + 0x9123),
                        "net::Connection::flush",
                        new Place(path, 77),
                        SERVER,
                        0x9123,
                        0x23,
                        false,
                        false,
                        false,
                        DEBUG),
                    frame("main", 0x1200, 20, "main.cc", 9)),
                ""))
        .hop(
            new Hop.CallSite(
                SYMBOLS,
                SERVER,
                method,
                List.of(
                    code(
                        0x8100,
                        method + "+256",
                        "mov    %rax,%rsi",
                        "buff ="
                            + " \"\\26\\3\\3\\0z\\2\\0\\0v\\3\\3\\336\\255\\276\\357\\336\\255\\276\\357\"..."),
                    here(
                        0x811e,
                        method + "+286",
                        "call   2f40"
                            + " <_ZNSt8__detail9_ExecutorIN9__gnu_cxx17__normal_iteratorIPKcNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEEEE@plt>",
                        ""))))
        .hop(trap(0x10a2b4, 44, 12, 0x7f1234567890L, 1460, 0x4040, 0, 0))
        .build();
  }

  static Journey recursion() {
    List<Frame> stack = new ArrayList<>();
    stack.add(libcFrame("getppid", 0xd6660, 7, null));
    stack.add(frame("leaf", 0x1130, 9, "deep.c", 3));
    for (int i = 0; i < 2000; i++) {
      stack.add(frame("down", 0x1150, 30, "deep.c", 8));
    }
    for (int i = 0; i < 40; i++) {
      stack.add(frame("even", 0x1180, 20, "deep.c", 12));
      stack.add(frame("odd", 0x11a0, 20, "deep.c", 16));
    }
    stack.add(frame("main", 0x1200, 20, "deep.c", 21));
    stack.add(startFrame("__libc_start_call_main", 0x2724a, 122));
    stack.add(plainFrame("_start", SERVER, 0x1091, 33));
    return new Builder("getppid", 110)
        .outcome(new Outcome.Returned(1, "1"))
        .time(300)
        .hop(new Hop.SourceLine(DEBUG, 1, "  return getppid();", "", stack, ""))
        .build();
  }

  static Journey compat() {
    return new Builder("socketcall", 102)
        .abi(Abi.I386)
        .arg("call", "int", 1, new ArgValue.Constant(1, "SYS_SOCKET"))
        .arg(
            "args",
            "unsigned long __user *",
            0xffffd0a0L,
            new ArgValue.Array(
                List.of(new ArgValue.Raw(2), new ArgValue.Raw(1), new ArgValue.Raw(0)), true))
        .outcome(new Outcome.Returned(3, ""))
        .time(1_200)
        .hop(
            new Hop.SyscallInstruction(
                Evidence.OBSERVED,
                new RemoteAddress(0x8049012),
                "",
                new LinkAddress(0),
                "int $0x80",
                List.of(
                    new Hop.RegisterValue("eax", 102),
                    new Hop.RegisterValue("ebx", 1),
                    new Hop.RegisterValue("ecx", 0xffffd0a0L))))
        .hop(
            new Hop.TableRow(
                INDEX,
                102,
                "i386",
                "socketcall",
                "",
                new Place("arch/x86/entry/syscalls/syscall_32.tbl", 0)))
        .hop(new Hop.Return(new Evidence.Inferred("kernel ABI"), 3, List.of(), "", "", "", "", ""))
        .build();
  }

  /// Nothing but the call.
  static Journey neverRan() {
    return new Builder("getpgrp", 111)
        .outcome(new Outcome.NeverRan("a seccomp filter sent SIGSYS instead"))
        .build();
  }

  static Journey bare() {
    return new Builder("syscall_0x1ff", 511)
        .outcome(new Outcome.Failed(new Errno(38, "ENOSYS", "Function not implemented")))
        .build();
  }
}
