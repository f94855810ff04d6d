package trapline.model;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One station of a journey, with how it is known.
public sealed interface Hop {
  HopKind kind();

  /// A station that could not be established, or that this call does not have.
  ///
  /// @param why the reason, as a sentence without its full stop
  /// @param remedy what the user can do; empty when there is nothing to do
  record Missing(HopKind kind, String why, String remedy) implements Hop {}

  /// The line of the user's program that made the call, and the frames above it.
  ///
  /// @param user index in `stack` of the frame shown as the user's
  /// @param text the line; `null` when the source file was not found
  /// @param textMissing why the place or the text of the line is not known, and what would bring
  ///     it; empty when both are
  /// @param stack innermost first, from the trap to the thread's start
  /// @param stackEnd why the stack ends before the thread's start; empty when it is whole
  record SourceLine(
      Evidence evidence,
      int user,
      @Nullable String text,
      String textMissing,
      List<Frame> stack,
      String stackEnd)
      implements Hop {
    public SourceLine {
      stack = List.copyOf(stack);
    }

    @Override
    public HopKind kind() {
      return HopKind.SOURCE_LINE;
    }

    public Frame frame() {
      return stack.get(user);
    }
  }

  /// The instructions that set up the arguments and make the call.
  record CallSite(Evidence evidence, String module, String function, List<CodeLine> code)
      implements Hop {
    public CallSite {
      code = List.copyOf(code);
    }

    @Override
    public HopKind kind() {
      return HopKind.CALL_SITE;
    }
  }

  /// When a procedure linkage slot got its target.
  enum Binding {
    /// The slot still led to the resolver before this call.
    ON_THIS_CALL("bound on this call"),
    /// The slot still led to the resolver when the program was last seen in the kernel; calls that
    /// made no system call may have been made since.
    SINCE_LAST_STOP("bound since the program's previous system call"),
    /// An earlier call had bound it.
    BY_EARLIER_CALL("bound by an earlier call"),
    /// The loader bound it before the program started: `-z now`, `LD_BIND_NOW`, or a GLOB_DAT slot.
    AT_LOAD("bound when it was loaded"),
    /// It holds a target, and what it held before this call was not seen.
    BEFORE_SEEN("bound; not seen when"),
    /// It still leads to the resolver.
    UNBOUND("not bound");

    private final String text;

    Binding(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  /// The procedure linkage table's part.
  ///
  /// @param stub its name and address, such as `socket@plt`; empty address for `-fno-plt`
  /// @param slot where the GOT holds the target
  /// @param relocation such as `R_X86_64_JUMP_SLOT`
  /// @param symbol the symbol asked for
  /// @param version the version asked for, such as `GLIBC_2.2.5`; empty when none
  /// @param library the object that the slot leads to, by its path
  /// @param target the function's address in the running program
  /// @param note what else matters: `-fno-plt`, IFUNC, `.plt.sec`; may be empty
  record Plt(
      Evidence evidence,
      String stub,
      Optional<RemoteAddress> stubAddress,
      String section,
      RemoteAddress slot,
      LinkAddress slotLinkAddress,
      String relocation,
      String symbol,
      String version,
      String library,
      RemoteAddress target,
      Binding binding,
      String note)
      implements Hop {
    @Override
    public HopKind kind() {
      return HopKind.PLT;
    }
  }

  /// A place from which a function was called that the compiler put in there.
  ///
  /// @param function in which the place is
  /// @param place `null` when it is not known
  /// @param text the source line; `null` when the source file was not found
  /// @param callee the function that was called there
  record InlinedCall(
      String function, @Nullable Place place, @Nullable String text, String callee) {}

  /// A macro that a source line uses.
  ///
  /// @param text what stands behind `#define`
  /// @param place of the definition; `null` when it stands in no file
  record Macro(String text, @Nullable Place place) {}

  /// The library function around the trap.
  ///
  /// @param module the object file, by its path
  /// @param library its name and version where it can be told: `glibc 2.36`; may be empty
  /// @param path the functions from the one that was called to the one that traps
  /// @param place the source line of the trap; `null` without debug information
  /// @param placeMissing why there is no source line, and what would bring it; empty when there is
  /// @param text the source line; `null` when the source file was not found
  /// @param inlined the calls from `function` to the one that `place` is in, outermost first, when
  ///     the compiler put that into it
  /// @param macros those that the lines of `text` and `inlined` use, when the debug information has
  ///     macros
  /// @param code the instructions around the trap
  /// @param changes what it does differently from what was asked
  record Wrapper(
      Evidence evidence,
      String module,
      String library,
      String function,
      List<String> path,
      @Nullable Place place,
      String placeMissing,
      @Nullable String text,
      List<InlinedCall> inlined,
      List<Macro> macros,
      List<CodeLine> code,
      List<String> changes)
      implements Hop {
    /// A wrapper whose source was not looked for.
    public Wrapper(
        Evidence evidence,
        String module,
        String library,
        String function,
        List<String> path,
        @Nullable Place place,
        String placeMissing,
        List<CodeLine> code,
        List<String> changes) {
      this(
          evidence,
          module,
          library,
          function,
          path,
          place,
          placeMissing,
          null,
          List.of(),
          List.of(),
          code,
          changes);
    }

    /// The same with source.
    public Wrapper with(@Nullable String line, List<InlinedCall> calls, List<Macro> used) {
      return new Wrapper(
          evidence,
          module,
          library,
          function,
          path,
          place,
          placeMissing,
          line,
          calls,
          used,
          code,
          changes);
    }

    /// The same with other instructions.
    public Wrapper withCode(List<CodeLine> lines) {
      return new Wrapper(
          evidence,
          module,
          library,
          function,
          path,
          place,
          placeMissing,
          text,
          inlined,
          macros,
          lines,
          changes);
    }

    public Wrapper {
      inlined = List.copyOf(inlined);
      macros = List.copyOf(macros);
      path = List.copyOf(path);
      code = List.copyOf(code);
      changes = List.copyOf(changes);
    }

    @Override
    public HopKind kind() {
      return HopKind.WRAPPER;
    }
  }

  /// The trap.
  ///
  /// @param instruction `syscall`, `int $0x80` or `sysenter`
  /// @param registers the number's and the argument registers that the call uses, by name, in their
  // order
  record SyscallInstruction(
      Evidence evidence,
      RemoteAddress address,
      String module,
      LinkAddress linkAddress,
      String instruction,
      List<RegisterValue> registers)
      implements Hop {
    public SyscallInstruction {
      registers = List.copyOf(registers);
    }

    @Override
    public HopKind kind() {
      return HopKind.SYSCALL_INSTRUCTION;
    }
  }

  /// A register with its value.
  record RegisterValue(String name, long value) {}

  /// The kernel's entry path for this ABI.
  ///
  /// @param note such as `addresses hidden: kernel.kptr_restrict`; may be empty
  /// @param places how the places on the path are known; `null` when it has none
  record KernelEntry(
      Evidence evidence, List<KernelSymbol> path, String note, @Nullable Evidence places)
      implements Hop {
    public KernelEntry {
      path = List.copyOf(path);
    }

    /// A path without places.
    public KernelEntry(Evidence evidence, List<KernelSymbol> path, String note) {
      this(evidence, path, note, null);
    }

    @Override
    public HopKind kind() {
      return HopKind.KERNEL_ENTRY;
    }
  }

  /// A kernel function.
  ///
  /// @param address where it is in the running kernel; 0 when that is not known
  /// @param place where the source defines it; `null` when that is not known
  record KernelSymbol(String name, long address, @Nullable Place place) {
    /// A function whose place in the source is not known.
    public KernelSymbol(String name, long address) {
      this(name, address, null);
    }
  }

  /// The row of the architecture's call table.
  ///
  /// @param entry the entry point; empty when the row has none
  record TableRow(Evidence evidence, int number, String abi, String name, String entry, Place place)
      implements Hop {
    @Override
    public HopKind kind() {
      return HopKind.TABLE_ROW;
    }
  }

  /// The prototype.
  record Declaration(Evidence evidence, List<Text> declarations) implements Hop {
    public Declaration {
      declarations = List.copyOf(declarations);
    }

    @Override
    public HopKind kind() {
      return HopKind.DECLARATION;
    }
  }

  /// A piece of source text with its place.
  record Text(String text, Place place) {}

  /// The definition.
  ///
  /// @param definitions usually one; several when the configuration decides and is not known
  /// @param confirmation what the running kernel says of it, such as `built in (kallsyms)`; may be
  ///     empty
  record Implementation(Evidence evidence, List<Definition> definitions, String confirmation)
      implements Hop {
    public Implementation {
      definitions = List.copyOf(definitions);
    }

    @Override
    public HopKind kind() {
      return HopKind.IMPLEMENTATION;
    }
  }

  /// One definition of a system call.
  ///
  /// @param signature such as `SYSCALL_DEFINE3(socket, int, family, int, type, int, protocol)`
  /// @param gates the configuration symbols and `#if` conditions that it depends on
  /// @param source its text, line by line from `place` on; empty when no tree is at hand
  /// @param built what the running kernel's configuration says of it; `null` when it does not tell
  record Definition(
      String signature,
      Place place,
      List<String> gates,
      List<String> source,
      @Nullable Built built) {
    public Definition {
      gates = List.copyOf(gates);
      source = List.copyOf(source);
    }

    /// A definition of which no configuration tells.
    public Definition(String signature, Place place, List<String> gates, List<String> source) {
      this(signature, place, gates, source, null);
    }
  }

  /// The functions of the kernel that ran for the call.
  ///
  /// @param placesFrom which source their places are from, and how well it fits that kernel
  record KernelFunctions(Evidence evidence, KernelRun run, String placesFrom) implements Hop {
    @Override
    public HopKind kind() {
      return HopKind.KERNEL_FUNCTION;
    }
  }

  /// Whether the running kernel was built with a definition.
  ///
  /// @param from the file that has its configuration, such as `/proc/config.gz`
  record Built(boolean here, String from) {}

  /// The way back.
  ///
  /// @param result the value of the register that holds the result after the trap
  /// @param code the instructions that were executed from the trap to the caller, in brief
  /// @param branch what the wrapper decided: `jae not taken: no error`; empty when not seen
  /// @param errnoStore where the wrapper stored errno: `%fs:-0x80`; empty when it did
  ///     not
  /// @param assignment what the caller did with the result: `sfd = 3`; empty when not known
  /// @param place where in the caller, such as `main+44`; empty when not known
  /// @param note why something of the above could not be told; may be empty
  record Return(
      Evidence evidence,
      long result,
      List<CodeLine> code,
      String branch,
      String errnoStore,
      String assignment,
      String place,
      String note)
      implements Hop {
    public Return {
      code = List.copyOf(code);
    }

    @Override
    public HopKind kind() {
      return HopKind.RETURN;
    }
  }
}
