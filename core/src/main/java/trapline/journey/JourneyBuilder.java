package trapline.journey;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import trapline.abi.ArgFormat;
import trapline.abi.SyscallSignature;
import trapline.abi.SyscallTable;
import trapline.code.Instruction;
import trapline.decode.ArgumentDecoder;
import trapline.decode.DecodeContext;
import trapline.kernel.KernelHops;
import trapline.model.Abi;
import trapline.model.Argument;
import trapline.model.Diagnostic;
import trapline.model.Evidence;
import trapline.model.Frame;
import trapline.model.Hop;
import trapline.model.HopKind;
import trapline.model.Journey;
import trapline.model.LinkAddress;
import trapline.model.Outcome;
import trapline.model.Place;
import trapline.model.Registers;
import trapline.model.RemoteAddress;
import trapline.model.RemoteMemory;
import trapline.model.StartedProgram;
import trapline.model.Step;
import trapline.model.SyscallId;
import trapline.unwind.PhysicalFrame;
import trapline.unwind.Stack;
import trapline.unwind.Unwinder;

/// Builds journeys: what can be seen when a call begins, then what its return adds.
public final class JourneyBuilder {

  private final KernelHops kernel;
  private final ArgumentDecoder decoder;
  private final SourceText sources;
  private final OwnCode own;
  private final TailCalls tailCalls = new TailCalls();

  public JourneyBuilder(
      KernelHops kernel, ArgumentDecoder decoder, SourceText sources, OwnCode own) {
    this.kernel = kernel;
    this.decoder = decoder;
    this.sources = sources;
    this.own = own;
  }

  /// The thread that makes a call.
  public record Caller(int processId, int threadId, String command, StartedProgram program) {}

  /// A thread that has just trapped: its stack, and the identity of the place that made the call.
  public static final class Arrival {
    private final Caller caller;
    private final SyscallId id;
    private final String name;
    private final Registers registers;
    private final Origin origin;
    private final List<Argument> arguments;
    private final Set<Diagnostic> notes = new LinkedHashSet<>();
    private final Quotes quotes;
    private List<Hop> hops = List.of();
    private Wrappers.@Nullable Trap trap;

    private Arrival(
        Caller caller, String name, Origin origin, List<Argument> arguments, SourceText sources) {
      this.caller = caller;
      this.id = origin.id();
      this.name = name;
      this.registers = origin.registers();
      this.origin = origin;
      this.arguments = arguments;
      this.quotes = new Quotes(sources, notes);
    }

    public SyscallId id() {
      return id;
    }

    public String name() {
      return name;
    }

    public Caller caller() {
      return caller;
    }

    /// Adds something that a reader should know of the call.
    public void note(Diagnostic note) {
      notes.add(note);
    }

    /// The call in one line: `socket(AF_INET, SOCK_STREAM, IPPROTO_IP)`.
    public String text() {
      StringBuilder text = new StringBuilder(name).append('(');
      for (Argument argument : arguments) {
        if (text.charAt(text.length() - 1) != '(') {
          text.append(", ");
        }
        text.append(argument.value().text());
      }
      return text.append(')').toString();
    }

    /// What tells call sites apart: the call, the instruction that made it, and the user's line.
    public String site() {
      return origin.site();
    }

    /// As [Origin#mayPrecedeProgram()].
    public boolean mayPrecedeProgram() {
      return origin.mayPrecedeProgram();
    }

    /// The stack pointer that the calling frame has once the library has returned to it, and the
    /// address that it returns to; `null` when the program traps by itself.
    public @Nullable ReturnPoint returnPoint() {
      if (!origin.isNamed()) {
        return origin.expected();
      }
      CallStack stack = origin.stack();
      return stack.call() == 0
          ? null
          : new ReturnPoint(
              stack.returnFrame().pc(), stack.physical().get(stack.call() - 1).cfa().value());
    }
  }

  /// Where a library call returns to.
  ///
  /// @param stackPointer the least value that rsp has there
  public record ReturnPoint(RemoteAddress address, long stackPointer) {}

  /// The site of a call, as [Arrival#site()] has it, from a stack that was seen before. Costs a
  /// walk over return addresses and makes no objects but the name.
  ///
  /// @return `null` when the stack is new
  public @Nullable String knownSite(SyscallId id, Registers registers, AddressSpace space) {
    StackMemory seen = space.stacks();
    SeenStack stack = seen == null ? null : seen.find(registers, space);
    return stack == null ? null : Origin.site(id, stack.stack());
  }

  /// Where a call comes from, of a thread that is stopped at its entry, or at its exit.
  ///
  /// @param registers as at the entry, but for the result
  public Origin origin(SyscallId id, Registers registers, AddressSpace space) {
    StackMemory known = space.stacks();
    SeenStack seen = known == null ? null : known.find(registers, space);
    if (known != null && seen != null) {
      return Origin.named(id, registers, known.current(seen), seen);
    }
    Stack walked = Unwinder.unwind(registers, space.memory(), space, CallStack.LIMIT);
    Origin.Named named = name(registers, walked, space.memory(), space);
    return Origin.named(id, registers, named.stack(), named.seen());
  }

  /// As [#origin], but the names and lines of a new stack are looked up only when they are asked
  /// for, so that the thread need not wait for that. The memory that was read for the walk is kept;
  /// the rest of the process is looked at as it is then, so code must still be mapped where it was.
  ///
  /// Where the frames alone do not show which of them called the library, all is looked up at once.
  public Origin walk(SyscallId id, Registers registers, AddressSpace space) {
    StackMemory known = space.stacks();
    SeenStack seen = known == null ? null : known.find(registers, space);
    if (known != null && seen != null) {
      return Origin.named(id, registers, known.current(seen), seen);
    }
    Stack walked = Unwinder.unwind(registers, space.memory(), space, CallStack.LIMIT);
    PhysicalFrame caller = FrameChoice.plainCaller(walked.frames(), space);
    if (caller == null) {
      Origin.Named named = name(registers, walked, space.memory(), space);
      return Origin.named(id, registers, named.stack(), named.seen());
    }
    PhysicalFrame called = walked.frames().get(walked.frames().indexOf(caller) - 1);
    return Origin.unnamed(
        id,
        registers,
        walked,
        new ReturnPoint(caller.pc(), called.cfa().value()),
        origin -> name(registers, walked, walked.memory(), space));
  }

  private Origin.Named name(
      Registers registers, Stack walked, RemoteMemory memory, AddressSpace space) {
    CallStack stack = CallStack.of(walked, space, tailCalls, own);
    SeenStack made = new SeenStack(stack);
    StackMemory known = space.stacks();
    if (known != null) {
      known.remember(registers, memory, space, made);
    }
    return new Origin.Named(stack, made);
  }

  /// The arguments of a call whose thread is stopped at its entry.
  public List<Argument> arguments(SyscallId id, Registers registers, DecodeContext context) {
    return decoder.onEntry(id, registers, context);
  }

  /// A thread that has made a call.
  ///
  /// @param arguments what [#arguments] gave at the entry
  public Arrival arrive(Caller caller, Origin origin, List<Argument> arguments) {
    return new Arrival(caller, nameOf(origin.id()), origin, arguments, sources);
  }

  /// The call's name, `syscall_0x1ff` when its number has none.
  private String nameOf(SyscallId id) {
    return SyscallTable.of(id.abi()).nameOf(id.number());
  }

  /// As [Origin#mayPrecedeProgram()], for a stopped thread of which no more is wanted.
  public boolean mayPrecedeProgram(Registers registers, AddressSpace space) {
    Stack walked = Unwinder.unwind(registers, space.memory(), space, CallStack.LIMIT);
    return CallStack.of(walked, space, tailCalls, own).mayPrecedeProgram();
  }

  /// Whether nothing but the C library, the dynamic linker and the vDSO is on the stack of a
  /// stopped thread. Costs less than the other questions: names and lines are not looked up.
  public boolean isAllLibrary(Registers registers, AddressSpace space) {
    StackMemory seen = space.stacks();
    Boolean known = seen == null ? null : seen.isAllLibrary(registers, space);
    if (known != null) {
      return known;
    }
    Stack stack = Unwinder.unwind(registers, space.memory(), space, CallStack.LIMIT);
    boolean library = true;
    for (PhysicalFrame frame : stack.frames()) {
      Image image = frame.signal() ? null : space.at(frame.lookupPc());
      library &= image != null && image.role() != Image.Role.PROGRAM;
    }
    if (seen != null) {
      seen.note(registers, space, stack, library);
    }
    return library;
  }

  /// Establishes only the source line, while the thread is still stopped at the entry.
  public void locate(Arrival arrival, AddressSpace space) {
    arrival.hops =
        List.of(sourceLine(arrival.origin.stack(), space, arrival.notes, arrival.quotes));
  }

  /// Establishes the hops up to the kernel, while the thread is still stopped at the entry.
  ///
  /// @param bindNow whether the program was told to bind everything when it was loaded
  /// @param libraryName tells a C library's name and version from its object file
  public void explore(
      Arrival arrival,
      AddressSpace space,
      SlotHistory history,
      boolean bindNow,
      Function<Image, String> libraryName) {
    Exploration known = arrival.origin.seen().get(arrival.id);
    if (known == null) {
      known = look(arrival, space, libraryName);
      arrival.origin.seen().put(arrival.id, known);
    }
    arrival.trap = known.trap();
    List<Hop> hops = new ArrayList<>();
    for (HopKind kind : HopKind.values()) {
      switch (kind) {
        case SOURCE_LINE -> hops.add(known.sourceLine());
        case CALL_SITE ->
            hops.add(
                known.callSite(arrival.origin.stack(), arrival.name, arrival.arguments, space));
        case PLT -> hops.add(known.plt(arrival.origin.stack(), space, history, bindNow));
        case WRAPPER ->
            hops.add(known.wrapper(arrival.origin.stack(), arrival.name, arrival.arguments));
        case SYSCALL_INSTRUCTION -> hops.add(trapHop(arrival, space, known.trapText()));
        case KERNEL_ENTRY -> hops.addAll(known.kernel());
        case TABLE_ROW, DECLARATION, IMPLEMENTATION -> {} // among the kernel's
        case KERNEL_FUNCTION -> {} // where the kernel is observed: Journey.withHop
        case RETURN -> {} // at the exit
      }
    }
    arrival.notes.addAll(known.notes());
    arrival.hops = hops;
  }

  private Exploration look(
      Arrival arrival, AddressSpace space, Function<Image, String> libraryName) {
    CallStack stack = arrival.origin.stack();
    Wrappers.Trap trap = Wrappers.trap(stack, space);
    Set<Diagnostic> notes = new LinkedHashSet<>();
    Quotes quotes = new Quotes(sources, notes);
    String callee =
        stack.call() == 0 || stack.isInUnknownHandler() ? "" : calleeSymbol(stack, space);
    CallSites.Found site = CallSites.find(stack, space);
    Hop sourceLine = sourceLine(stack, space, notes, quotes);
    if (trap != null) {
      Image image = trap.image();
      RemoteAddress at = new RemoteAddress(trap.instruction().address());
      notes.addAll(image.notes(image.link(at)));
    }
    String trapText = trapText(trap, arrival.registers, space);
    return new Exploration(
        arrival.id,
        trap,
        trapText,
        site,
        calledName(site, stack, callee),
        trap == null ? "" : libraryName.apply(trap.image()),
        sourceLine,
        kernel.hops(arrival.id, trapText),
        quotes,
        notes);
  }

  /// Makes steps of the states that a thread went through in one call.
  ///
  /// @param collapseLoader whether the dynamic linker's resolver is one line
  public StepsBuilder steps(Arrival arrival, AddressSpace space, boolean collapseLoader) {
    return new StepsBuilder(space, arrival.quotes, collapseLoader);
  }

  /// The symbol of the outermost library function on the stack: the one that the program called.
  private static String calleeSymbol(CallStack stack, AddressSpace space) {
    PhysicalFrame frame = stack.physical().get(stack.call() - 1);
    Image image = space.at(frame.lookupPc());
    trapline.unwind.UnwindModule.FunctionRange function =
        image == null ? null : image.functionAt(image.link(frame.lookupPc()));
    return function == null ? "" : function.name();
  }

  /// The name that the program used for the function: what the linkage table or the call's target
  /// is called, which a library's internal aliases hide.
  private static String calledName(CallSites.Found site, CallStack stack, String fallback) {
    Branch branch = site.branch();
    Image image = site.image();
    if (branch == null || image == null) {
      return fallback;
    }
    if (branch.slot() != null) {
      trapline.elf.Symbol symbol = branch.slot().relocation().symbol();
      return symbol == null ? fallback : symbol.name();
    }
    if (branch.direct() != null && stack.call() > 0) {
      trapline.elf.Symbol symbol = image.symbolAt(image.link(branch.direct()));
      return symbol == null ? fallback : symbol.name();
    }
    return fallback;
  }

  private static Hop sourceLine(
      CallStack stack, AddressSpace space, Set<Diagnostic> notes, Quotes quotes) {
    Frame user = stack.levels().get(stack.user());
    Place place = user.place();
    if (!stack.alone().isEmpty()) {
      Evidence evidence =
          stack.rule().isEmpty() ? user.evidence() : new Evidence.Inferred(stack.rule());
      return new Hop.SourceLine(
          evidence, stack.user(), null, stack.alone(), stack.levels(), stack.end());
    }
    Image image = space.at(stack.physical().get(stack.owner().get(stack.user())).lookupPc());
    LinkAddress at =
        image == null
            ? null
            : image.link(stack.physical().get(stack.owner().get(stack.user())).lookupPc());
    if (image != null && at != null) {
      notes.addAll(image.notes(at));
    }
    if (!user.own()) {
      return new Hop.SourceLine(
          user.evidence(),
          stack.user(),
          null,
          "no line of your code is on this stack",
          stack.levels(),
          stack.end());
    }
    if (place != null && image != null) {
      SourceText.Line line = quotes.line(image, place);
      return new Hop.SourceLine(
          user.evidence(),
          stack.user(),
          line.missing().isEmpty() ? line.text() : null,
          line.missing(),
          stack.levels(),
          stack.end());
    }
    String missing =
        image == null || at == null ? space.whyNoImage(user.pc()) : image.whyNoLine(at);
    return new Hop.SourceLine(
        user.evidence(), stack.user(), null, missing, stack.levels(), stack.end());
  }

  /// The trapping instruction; empty when it cannot be read.
  private static String trapText(
      Wrappers.@Nullable Trap trap, Registers registers, AddressSpace space) {
    if (trap != null) {
      return trap.text();
    }
    Instruction read =
        MemoryCode.trapBefore(space, new RemoteAddress(registers.instructionPointer()));
    return read == null ? "" : read.text(trapline.code.SymbolLookup.NONE);
  }

  private static Hop trapHop(Arrival arrival, AddressSpace space, String text) {
    Wrappers.Trap trap = arrival.trap;
    Registers registers = arrival.registers;
    Abi abi = arrival.id.abi();
    int length = trap == null ? abi.machine().restartLength() : trap.instruction().length();
    RemoteAddress at = new RemoteAddress(registers.instructionPointer() - length);
    Image image = space.at(at);
    AddressSpace.FileOffset raw = image == null ? space.rawFile(at) : null;
    List<Hop.RegisterValue> values = new ArrayList<>();
    values.add(new Hop.RegisterValue(abi.numberRegister(), registers.number()));
    for (int i = 0; i < arrival.arguments.size() && i < 6; i++) {
      values.add(new Hop.RegisterValue(abi.argumentRegisters().get(i), registers.argument(abi, i)));
    }
    return new Hop.SyscallInstruction(
        Evidence.OBSERVED,
        at,
        image != null ? image.name() : raw == null ? "" : raw.path(),
        image != null ? image.link(at) : new LinkAddress(raw == null ? at.value() : raw.offset()),
        text.isEmpty() ? "unknown" : text,
        values);
  }

  /// What a call has left, as it was when the thread stopped behind it.
  ///
  /// @param registers those at the exit
  public record Departure(Registers registers, List<Argument> arguments, Outcome outcome) {
    public Departure {
      arguments = List.copyOf(arguments);
    }
  }

  /// Looks at a thread that is stopped at the exit of a call, before it is stepped or resumed: what
  /// the kernel wrote, the program may have overwritten one instruction later.
  ///
  /// @param registers those at the exit
  /// @param context memory and descriptors as they are at this stop
  public Departure depart(Arrival arrival, Registers registers, DecodeContext context) {
    long result = registers.result();
    return new Departure(
        registers,
        decoder.onExit(arrival.id, arrival.arguments, arrival.registers, result, context),
        decoder.outcome(arrival.id, arrival.registers, result, context));
  }

  /// What a call has left that the kernel does not start again, as a signal handler ran.
  ///
  /// @param departure what was seen when it was interrupted
  /// @param registers those after the handler
  public Departure interrupted(
      Arrival arrival, Departure departure, Registers registers, DecodeContext context) {
    Outcome outcome = decoder.outcome(arrival.id, arrival.registers, registers.result(), context);
    return new Departure(registers, departure.arguments(), outcome);
  }

  /// The journey of a call that returned. Nothing about the call itself is read here.
  ///
  /// @param departure what was seen at the exit
  /// @param trace the way from the exit on; it begins with the departure's registers
  public Journey returned(
      Arrival arrival,
      Departure departure,
      AddressSpace space,
      ReturnTrace trace,
      long nanoseconds,
      long occurrence,
      List<Step> steps) {
    Outcome outcome = departure.outcome();
    List<Hop> hops = new ArrayList<>(arrival.hops);
    if (isExplored(hops)) {
      if (outcome instanceof Outcome.Restarted restarted) {
        hops.add(
            new Hop.Missing(
                HopKind.RETURN, "the kernel starts the call again (" + restarted.code() + ")", ""));
      } else {
        boolean isAddress = outcome instanceof Outcome.Returned && isAddress(arrival.id);
        Returns returns =
            new Returns(space, arrival.origin.stack(), arrival.trap, trace, isAddress);
        for (int i = 0; i < hops.size(); i++) {
          if (hops.get(i).kind() == HopKind.WRAPPER) {
            hops.set(i, Wrappers.withBranch(hops.get(i), arrival.trap, returns.branch()));
          }
        }
        hops.add(returns.hop());
      }
    }
    return journey(arrival, departure.arguments(), outcome, nanoseconds, occurrence, hops, steps);
  }

  /// Whether more than the source line was looked for.
  private static boolean isExplored(List<Hop> hops) {
    for (Hop hop : hops) {
      if (hop.kind() != HopKind.SOURCE_LINE) {
        return true;
      }
    }
    return false;
  }

  /// Whether a call returns an address.
  private static boolean isAddress(SyscallId id) {
    SyscallSignature signature = SyscallTable.of(id.abi()).byNumber(id.number());
    return signature != null && signature.result().equals(ArgFormat.PTR);
  }

  /// The journey of a call that did not return, or had not when it was last looked at.
  public Journey unreturned(
      Arrival arrival, Outcome outcome, long nanoseconds, long occurrence, List<Step> steps) {
    List<Hop> hops = new ArrayList<>(arrival.hops);
    if (isExplored(hops)) {
      String why =
          switch (outcome) {
            case Outcome.NeverReturned never -> never.why();
            case Outcome.NeverRan never -> "the call never ran: " + never.why();
            default -> "the call was still running when Trapline stopped looking";
          };
      hops.add(new Hop.Missing(HopKind.RETURN, why, ""));
    }
    return journey(arrival, arrival.arguments, outcome, nanoseconds, occurrence, hops, steps);
  }

  private Journey journey(
      Arrival arrival,
      List<Argument> arguments,
      Outcome outcome,
      long nanoseconds,
      long occurrence,
      List<Hop> hops,
      List<Step> steps) {
    return new Journey(
        arrival.id,
        arrival.name,
        arrival.caller.processId(),
        arrival.caller.threadId(),
        arrival.caller.command(),
        arrival.caller.program(),
        arguments,
        outcome,
        nanoseconds,
        occurrence,
        kernel.facts(),
        hops,
        steps,
        arrival.notes.stream().filter(note -> !isToldBy(note, hops)).toList());
  }

  /// Whether a hop gives what a note says as its reason.
  private static boolean isToldBy(Diagnostic note, List<Hop> hops) {
    for (Hop hop : hops) {
      if (reason(hop).contains(note.what())) {
        return true;
      }
    }
    return false;
  }

  /// Why the hop or a part of it is not known; empty when it is.
  private static String reason(Hop hop) {
    if (hop instanceof Hop.Missing missing) {
      return missing.why();
    }
    return switch (hop.kind()) {
      case SOURCE_LINE -> ((Hop.SourceLine) hop).textMissing();
      case WRAPPER -> ((Hop.Wrapper) hop).placeMissing();
      case CALL_SITE,
          PLT,
          SYSCALL_INSTRUCTION,
          KERNEL_ENTRY,
          TABLE_ROW,
          DECLARATION,
          IMPLEMENTATION,
          KERNEL_FUNCTION,
          RETURN ->
          "";
    };
  }
}
