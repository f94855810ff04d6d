package trapline.linux.vm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import trapline.model.Abi;
import trapline.model.SyscallId;

/// Stops a guest where its kernel takes and ends calls, tells a [CallWatcher] of them, and records
/// those that it wants.
final class CallWatch {
  private static final int SYS_FORK = 57;
  private static final int SYS_EXECVE = 59;
  private static final int SYS_WAIT4 = 61;

  // Places in struct pt_regs (arch/x86/include/asm/ptrace.h), in words.
  private static final int REGISTERS = 21;
  private static final int BP = 4;
  private static final int BX = 5;
  private static final int R10 = 7;
  private static final int R9 = 8;
  private static final int R8 = 9;
  private static final int AX = 10;
  private static final int CX = 11;
  private static final int DX = 12;
  private static final int SI = 13;
  private static final int DI = 14;
  private static final int ORIG_AX = 15;
  private static final int IP = 16;
  private static final int SP = 19;

  /// What is looked at of a `task_struct`, in words.
  private static final int TASK_WORDS = 16;

  /// Kernel addresses have these upper bits set.
  private static final int STACKS_FROM = 47;

  private static final byte[] NOP = {0x0f, 0x1f, 0x44, 0, 0};
  private static final byte[] ENDBR = {(byte) 0xf3, 0x0f, 0x1e, (byte) 0xfa};

  /// A call that is being recorded.
  private static final class Active {
    final GuestCall call;
    final long stack;
    final long returnTo;
    final long returnStack;
    final long saved;
    final long start;
    OptionalLong result = OptionalLong.empty();
    String note = "";
    boolean isCut;

    Active(GuestCall call, long stack, long returnTo, long returnStack, long saved, long start) {
      this.call = call;
      this.stack = stack;
      this.returnTo = returnTo;
      this.returnStack = returnStack;
      this.saved = saved;
      this.start = start;
    }
  }

  private final GdbRemote gdb;
  private final Recorder recorder;
  private final EntryPoints entries;
  private final CallWatcher watcher;
  private final GuestSpec spec;
  private final GuestView view;
  private final ThreadTable threads = new ThreadTable();
  private final List<Active> active = new ArrayList<>();
  private final Map<Long, Integer> breakpoints = new HashMap<>();

  /// The calls that threads are in, by their kernel stacks, when their results are asked for.
  private final Map<Long, GuestCall> inside = new HashMap<>();

  /// How many bytes the instructions take that may be left out at a breakpoint: it is a `nop`.
  private final Map<Long, Integer> skipped = new HashMap<>();

  private @Nullable CallFilter filter;
  private long cutAt = Long.MAX_VALUE;
  private boolean isOver;

  /// The kernel stack of the thread that has stopped last.
  private long current;

  CallWatch(
      GdbRemote gdb,
      Recorder recorder,
      EntryPoints entries,
      CallWatcher watcher,
      GuestSpec spec,
      GuestView view) {
    this.gdb = gdb;
    this.recorder = recorder;
    this.entries = entries;
    this.watcher = watcher;
    this.spec = spec;
    this.view = view;
  }

  /// Begins, while the guest stands still.
  void begin() throws IOException {
    CallSelection selection = watcher.selection();
    CallFilter installed =
        selection.every() ? null : CallFilter.install(gdb, entries, selection.patterns());
    filter = installed;
    for (long each : entries.addresses()) {
      if (installed != null && each == entries.syscall()) {
        set(installed.stop());
      } else {
        set(each);
      }
    }
    if (selection.results() && entries.exit() != 0) {
      set(entries.exit());
    }
  }

  /// Stops at the next call, whether it is wanted or not: nothing was heard for a while.
  ///
  /// @return whether calls can have been passed by at all
  boolean listen() throws IOException {
    CallFilter installed = filter;
    if (installed == null || installed.isOpen()) {
      return false;
    }
    installed.open(true);
    return true;
  }

  /// Whether the program's first thread has ended, so that nothing more will come.
  boolean isOver() {
    return isOver;
  }

  /// Whether the program was started.
  boolean hasStarted() {
    return threads.hasFirst();
  }

  /// Whether a recording has become as large as it may.
  boolean isTooLarge() throws IOException {
    return recorder.isOn() && recorder.size() > cutAt;
  }

  /// Ends the recordings that are going on, while the guest stands still in the middle of them.
  void cut() throws IOException {
    recorder.off();
    for (Active each : active) {
      each.isCut = true;
      each.note = "The recording was cut off at " + (spec.limits().recording() >> 20) + " MB.";
    }
  }

  /// The guest has stopped at a breakpoint, or was made to. Afterwards it can go on.
  ///
  /// @return whether the program has done something; a thread that waits is no news
  boolean stopped() throws IOException {
    long[] registers = gdb.registers();
    long at = registers[GdbRemote.RIP];
    long stack = ThreadTable.stackOf(registers[GdbRemote.RSP]);
    current = stack;
    CallFilter installed = filter;
    if (installed != null && at == installed.stop()) {
      installed.open(false);
      gdb.setPc(installed.target()); // from where on it may be recorded
      entered(EntryPoints.SYSCALL, registers, stack);
      return true;
    }
    String entry = entries.nameAt(at);
    switch (entry) {
      case "" -> {
        if (at == entries.exit()) {
          finished(registers, stack);
        } else if (at == entries.switched()) {
          recordOnly(stack);
        }
      }
      case EntryPoints.MADE -> made(registers[GdbRemote.RDI], stack);
      case EntryPoints.EXECUTED -> executed(stack);
      default -> entered(entry, registers, stack);
    }
    Active back = returned(registers, stack);
    if (back != null) {
      hand(back);
    }
    passBreakpoint(spec.source() == Recording.Source.STEPS ? gdb.registers()[GdbRemote.RIP] : at);
    return at != entries.switched();
  }

  /// A breakpoint stops again at once, unless the processor is behind it, or it is away for one
  /// step.
  private void passBreakpoint(long at) throws IOException {
    if (!breakpoints.containsKey(at)) {
      return;
    }
    Integer known = skipped.get(at);
    int skip = known == null ? skip(gdb.memory(at, NOP.length)) : known;
    skipped.put(at, skip);
    if (skip > 0 && active.isEmpty()) {
      gdb.setPc(at + skip);
      return;
    }
    gdb.removeBreakpoint(at);
    gdb.step();
    gdb.setBreakpoint(at);
  }

  /// How long an instruction is that does nothing: `endbr64`, or what the kernel has put for a call
  /// of its tracer; 0 for any other.
  private static int skip(byte[] code) {
    if (code.length == NOP.length && Arrays.equals(code, NOP)) {
      return NOP.length;
    }
    return code.length == NOP.length && Arrays.equals(code, 0, ENDBR.length, ENDBR, 0, ENDBR.length)
        ? ENDBR.length
        : 0;
  }

  private void made(long task, long stack) throws IOException {
    ThreadTable.Known creator = threads.of(stack);
    long of = 0;
    for (long each : gdb.words(task, TASK_WORDS)) { // task_struct.stack is among the first
      if (each >>> STACKS_FROM == -1L >>> STACKS_FROM && ThreadTable.stackOf(each) == each) {
        of = each;
        break;
      }
    }
    if (of == 0) {
      throw new IOException("the stack of a new thread is not found");
    }
    end(of, "The thread has ended in this call.");
    inside.remove(of);
    ThreadTable.Known thread = threads.made(creator, of);
    if (creator != null && thread != null) {
      watcher.made(creator.ordinal(), thread.ordinal());
    }
  }

  private void executed(long stack) {
    ThreadTable.Known thread = threads.of(stack);
    if (thread != null) {
      watcher.executed(thread.ordinal());
    }
  }

  private void entered(String entry, long[] registers, long stack) throws IOException {
    boolean isNative = entry.equals(EntryPoints.SYSCALL);
    long saved = registers[GdbRemote.RDI];
    long number = registers[GdbRemote.RSI];
    if (isNative && ThreadTable.stackOf(saved) != stack) { // before Linux 5.14 they were swapped
      saved = registers[GdbRemote.RSI];
      number = registers[GdbRemote.RDI];
    }
    long[] user = gdb.words(saved, REGISTERS);
    if (!isNative) {
      number = entry.equals(EntryPoints.INT80) ? user[AX] : user[ORIG_AX];
    }
    if (SyscallScript.contains(user[IP])) {
      ofLauncher((int) number, stack);
      return;
    }
    ThreadTable.Known thread = threads.of(stack);
    if (thread == null) {
      return;
    }
    SyscallId id =
        isNative ? SyscallId.bySyscallInstruction(number) : new SyscallId(Abi.I386, (int) number);
    GuestCall call =
        new GuestCall(
            thread.ordinal(),
            (int) id.number(),
            id.abi(),
            isNative
                ? List.of(user[DI], user[SI], user[DX], user[R10], user[R8], user[R9])
                : List.of(user[BX], user[CX], user[DX], user[SI], user[DI], user[BP]),
            user[IP],
            user[SP]);
    if (entries.exit() != 0 && watcher.selection().results()) {
      inside.put(stack, call);
    }
    if (watcher.entered(call, view)) {
      record(call, registers, stack, saved);
    }
  }

  private void ofLauncher(int number, long stack) throws IOException {
    if (number == SYS_FORK) {
      threads.waits(stack);
    } else if (threads.isWaiting(stack) && number != SYS_WAIT4) { // that may come after all else
      over();
    } else if (number == SYS_EXECVE && !threads.hasFirst()) {
      threads.first(stack);
    }
  }

  /// The program has ended: the rest of the guest's life is its own.
  private void over() throws IOException {
    isOver = true;
    for (Active each : List.copyOf(active)) {
      end(each.stack, "The program has ended before this call did.");
    }
    for (long each : List.copyOf(breakpoints.keySet())) {
      gdb.removeBreakpoint(each);
    }
    breakpoints.clear();
  }

  /// Ends a guest that is given up: hands out what there is.
  void abandon(String note) throws IOException {
    for (Active each : List.copyOf(active)) {
      end(each.stack, note);
    }
  }

  private void record(GuestCall call, long[] registers, long stack, long saved) throws IOException {
    long pointer = registers[GdbRemote.RSP];
    long returnTo = gdb.words(pointer, 1)[0];
    Active recording = new Active(call, stack, returnTo, pointer + 8, saved, recorder.size());
    active.add(recording);
    if (spec.source() == Recording.Source.STEPS) {
      stepThrough(recording);
      return;
    }
    set(returnTo);
    if (entries.exit() != 0) {
      set(entries.exit());
    }
    if (entries.switched() != 0) {
      set(entries.switched());
    }
    cutAt = recorder.size() + spec.limits().recording();
    recorder.on();
  }

  /// Without breakpoints, which would stop each step at its beginning.
  private void stepThrough(Active recording) throws IOException {
    for (long each : breakpoints.keySet()) {
      gdb.removeBreakpoint(each);
    }
    recording.note =
        recorder.step(
            recording.returnTo,
            recording.returnStack,
            entries.exit(),
            () -> finished(gdb.registers(), recording.stack));
    for (long each : breakpoints.keySet()) {
      gdb.setBreakpoint(each);
    }
    set(recording.returnTo);
    if (entries.exit() != 0) {
      set(entries.exit());
    }
    if (recording.note.isEmpty()) {
      if (recording.result.isEmpty()) {
        recording.result = OptionalLong.of(gdb.words(recording.saved + 8 * AX, 1)[0]);
      }
      hand(recording);
    }
  }

  /// A call is over, and its result stands in the saved registers.
  private void finished(long[] registers, long stack) throws IOException {
    GuestCall ended = inside.remove(stack);
    if (ended != null) {
      watcher.returned(ended, gdb.words(registers[GdbRemote.RDI] + 8 * AX, 1)[0]);
    }
    for (Active each : active) {
      if (each.stack == stack && registers[GdbRemote.RDI] == each.saved && each.result.isEmpty()) {
        each.result = OptionalLong.of(gdb.words(each.saved + 8 * AX, 1)[0]);
      }
    }
  }

  private @Nullable Active returned(long[] registers, long stack) throws IOException {
    for (Active each : active) {
      if (registers[GdbRemote.RIP] == each.returnTo
          && stack == each.stack
          && registers[GdbRemote.RSP] == each.returnStack) {
        if (each.result.isEmpty()) {
          each.result = OptionalLong.of(gdb.words(each.saved + 8 * AX, 1)[0]);
        }
        return each;
      }
    }
    return null;
  }

  private void end(long stack, String note) throws IOException {
    for (Active each : List.copyOf(active)) {
      if (each.stack == stack) {
        each.note = each.note.isEmpty() ? note : each.note;
        hand(each);
      }
    }
  }

  /// A thread goes on: what others do while the recorded one waits is left out, as that may be all
  /// that the program does.
  private void recordOnly(long stack) throws IOException {
    if (spec.source() != Recording.Source.LOG) {
      return;
    }
    boolean isRecorded = active.stream().anyMatch(each -> each.stack == stack && !each.isCut);
    if (isRecorded) {
      recorder.on();
    } else {
      recorder.off();
    }
  }

  private void hand(Active done) throws IOException {
    active.remove(done);
    recordOnly(current);
    if (spec.source() == Recording.Source.LOG && entries.switched() != 0) {
      clear(entries.switched());
    }
    clear(done.returnTo);
    if (entries.exit() != 0) {
      clear(entries.exit());
    }
    watcher.recorded(
        done.call,
        new Recording(
            recorder.file(),
            done.start,
            recorder.size(),
            done.stack,
            done.stack + ThreadTable.STACK_SIZE,
            done.returnTo,
            done.result,
            spec.source(),
            done.note));
    if (active.isEmpty()) {
      recorder.clear();
    }
  }

  private void set(long address) throws IOException {
    if (breakpoints.merge(address, 1, Integer::sum) == 1) {
      gdb.setBreakpoint(address);
    }
  }

  private void clear(long address) throws IOException {
    Integer left = breakpoints.computeIfPresent(address, (key, count) -> count - 1);
    if (left != null && left == 0) {
      breakpoints.remove(address);
      gdb.removeBreakpoint(address);
    }
  }
}
