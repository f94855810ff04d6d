package trapline.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import trapline.model.Abi;
import trapline.model.ArgValue;
import trapline.model.Argument;
import trapline.model.CodeLine;
import trapline.model.Diagnostic;
import trapline.model.Evidence;
import trapline.model.Frame;
import trapline.model.Hop;
import trapline.model.Journey;
import trapline.model.KernelFacts;
import trapline.model.LinkAddress;
import trapline.model.Outcome;
import trapline.model.Place;
import trapline.model.RemoteAddress;
import trapline.model.StartedProgram;
import trapline.model.Step;
import trapline.model.SyscallId;

/// What sample journeys are put together from: one program on one machine.
final class SampleParts {
  static final String SERVER = "/home/ada/net/server";
  static final String LIBC = "/usr/lib/x86_64-linux-gnu/libc.so.6";
  static final Evidence DEBUG = new Evidence.DebugInfo(SERVER);
  static final Evidence LIBC_DEBUG =
      new Evidence.DebugInfo(
          "/usr/lib/debug/.build-id/51/657f818beb1ae70372216a99b7412b8a100a20.debug");
  static final Evidence SYMBOLS = new Evidence.Symbols(SERVER);
  static final Evidence LIBC_SYMBOLS = new Evidence.Symbols(LIBC);
  static final Evidence INDEX = new Evidence.SourceIndex("6.12.63");
  static final KernelFacts EXACT = new KernelFacts("6.12.63", "6.12.63", true, "embedded index");
  static final KernelFacts OTHER =
      new KernelFacts("6.18.44-cloud-amd64", "6.12.63", false, "embedded index");

  static final long PIE = 0x555555554000L;
  static final long LIBC_BASE = 0x7ffff7dd5000L;

  private SampleParts() {}

  static Hop plt(String symbol, Hop.Binding binding) {
    return new Hop.Plt(
        binding == Hop.Binding.ON_THIS_CALL ? Evidence.OBSERVED : SYMBOLS,
        symbol + "@plt",
        Optional.of(new RemoteAddress(PIE + 0x1040)),
        ".plt",
        new RemoteAddress(PIE + 0x4018),
        new LinkAddress(0x4018),
        "R_X86_64_JUMP_SLOT",
        symbol,
        "GLIBC_2.2.5",
        LIBC,
        new RemoteAddress(LIBC_BASE + 0x108d40),
        binding,
        "");
  }

  static Hop trap(long linkAddress, long number, long... arguments) {
    return new Hop.SyscallInstruction(
        Evidence.OBSERVED,
        new RemoteAddress(LIBC_BASE + linkAddress),
        LIBC,
        new LinkAddress(linkAddress),
        "syscall",
        registers(number, arguments));
  }

  static List<Hop.RegisterValue> registers(long number, long... arguments) {
    String[] names = {"rdi", "rsi", "rdx", "r10", "r8", "r9"};
    List<Hop.RegisterValue> registers = new ArrayList<>();
    registers.add(new Hop.RegisterValue("rax", number));
    for (int i = 0; i < arguments.length; i++) {
      registers.add(new Hop.RegisterValue(names[i], arguments[i]));
    }
    return registers;
  }

  static Hop entry(String function) {
    return new Hop.KernelEntry(
        new Evidence.Inferred("the entry path of x86-64 in 6.12"),
        List.of(
            new Hop.KernelSymbol("entry_SYSCALL_64", 0),
            new Hop.KernelSymbol("do_syscall_64", 0),
            new Hop.KernelSymbol("x64_sys_call", 0),
            new Hop.KernelSymbol(function, 0)),
        "");
  }

  static Hop tableRow(int number, String abi, String name, String entry, int line) {
    return new Hop.TableRow(
        INDEX, number, abi, name, entry, new Place("arch/x86/entry/syscalls/syscall_64.tbl", line));
  }

  static Hop declaration(String text, int line) {
    return new Hop.Declaration(
        INDEX, List.of(new Hop.Text(text, new Place("include/linux/syscalls.h", line))));
  }

  static Frame frame(String function, long address, long offset, String file, int line) {
    return new Frame(
        new RemoteAddress(PIE + address),
        function,
        new Place(file, line),
        SERVER,
        address,
        offset,
        false,
        false,
        false,
        DEBUG);
  }

  static Frame inlinedFrame(String function, long address, String file, int line) {
    return new Frame(
        new RemoteAddress(PIE + address),
        function,
        new Place(file, line),
        SERVER,
        address,
        0,
        true,
        false,
        false,
        DEBUG);
  }

  static Frame libcFrame(String function, long address, long offset, @Nullable Place place) {
    return new Frame(
        new RemoteAddress(LIBC_BASE + address),
        function,
        place,
        LIBC,
        address,
        offset,
        false,
        false,
        false,
        place == null ? LIBC_SYMBOLS : LIBC_DEBUG);
  }

  static Frame startFrame(String function, long address, long offset) {
    return libcFrame(function, address, offset, null);
  }

  static Frame plainFrame(String function, String module, long address, long offset) {
    return new Frame(
        new RemoteAddress(PIE + address),
        function,
        null,
        module,
        address,
        offset,
        false,
        false,
        false,
        SYMBOLS);
  }

  static CodeLine code(long address, String symbol, String text, String note) {
    return new CodeLine(
        new RemoteAddress(PIE + address), new LinkAddress(address), symbol, text, note, false);
  }

  static CodeLine here(long address, String symbol, String text, String note) {
    return new CodeLine(
        new RemoteAddress(PIE + address), new LinkAddress(address), symbol, text, note, true);
  }

  static CodeLine libcCode(long address, String symbol, String text, String note) {
    return new CodeLine(
        new RemoteAddress(LIBC_BASE + address),
        new LinkAddress(address),
        symbol,
        text,
        note,
        false);
  }

  static CodeLine libcHere(long address, String symbol, String text, String note) {
    return new CodeLine(
        new RemoteAddress(LIBC_BASE + address), new LinkAddress(address), symbol, text, note, true);
  }

  static Step step(long address, String symbol, String text) {
    return new Step.Executed(code(address, symbol, text, ""), SERVER, List.of());
  }

  static Step step(long address, String symbol, String text, String register, long value) {
    return new Step.Executed(
        code(address, symbol, text, ""), SERVER, List.of(new Hop.RegisterValue(register, value)));
  }

  static Step libcStep(long address, String symbol, String text) {
    return new Step.Executed(libcCode(address, symbol, text, ""), LIBC, List.of());
  }

  static Step libcStep(long address, String symbol, String text, String register, long value) {
    return new Step.Executed(
        libcCode(address, symbol, text, ""), LIBC, List.of(new Hop.RegisterValue(register, value)));
  }

  /// Puts a journey together; a call of thread 4711 on a kernel whose source is known.
  static final class Builder {
    private final String name;
    private final long number;
    private Abi abi = Abi.X86_64;
    private int processId = 4711;
    private int threadId = 4711;
    private String command = "server";
    private StartedProgram program = StartedProgram.UNKNOWN;
    private final List<Argument> arguments = new ArrayList<>();
    private Outcome outcome = new Outcome.StillRunning();
    private long nanoseconds = -1;
    private long occurrence = 1;
    private KernelFacts kernel = EXACT;
    private final List<Hop> hops = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final List<Diagnostic> diagnostics = new ArrayList<>();

    Builder(String name, long number) {
      this.name = name;
      this.number = number;
    }

    Builder abi(Abi value) {
      abi = value;
      return this;
    }

    Builder thread(int process, int thread, String comm) {
      processId = process;
      threadId = thread;
      command = comm;
      return this;
    }

    Builder arg(String argument, String type, long raw, ArgValue value) {
      arguments.add(new Argument(argument, type, raw, value));
      return this;
    }

    Builder outcome(Outcome value) {
      outcome = value;
      return this;
    }

    Builder time(long value) {
      nanoseconds = value;
      return this;
    }

    Builder occurrence(long value) {
      occurrence = value;
      return this;
    }

    Builder kernel(KernelFacts value) {
      kernel = value;
      return this;
    }

    Builder hop(Hop hop) {
      hops.add(hop);
      return this;
    }

    Builder step(Step step) {
      steps.add(step);
      return this;
    }

    Builder diagnostic(String where, String what, String remedy) {
      diagnostics.add(new Diagnostic(where, what, remedy));
      return this;
    }

    Builder program(String startedAs, String file) {
      program = new StartedProgram(startedAs, file);
      return this;
    }

    Journey build() {
      return new Journey(
          new SyscallId(abi, number),
          name,
          processId,
          threadId,
          command,
          program,
          arguments,
          outcome,
          nanoseconds,
          occurrence,
          kernel,
          hops,
          steps,
          diagnostics);
    }
  }
}
