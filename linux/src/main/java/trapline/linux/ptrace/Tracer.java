package trapline.linux.ptrace;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import trapline.linux.proc.ProcessFacts;
import trapline.linux.proc.ProcessMemory;
import trapline.linux.sys.Kernel;
import trapline.linux.sys.Numbers;
import trapline.linux.sys.Ptrace;
import trapline.model.Abi;
import trapline.model.KernelRefused;
import trapline.model.Registers;
import trapline.model.RemoteMemory;
import trapline.model.SyscallId;
import trapline.model.TraceEvent;

/// Follows a program and all threads and processes that it makes, with ptrace(2).
///
/// The kernel ties a traced thread to the thread that traces it, so everything but [#interrupt()]
/// must be called on the platform thread that made the tracer, one tracer a thread at a time.
///
/// ```
/// for (TraceEvent event; (event = tracer.next()) != null; ) {
///   ... look at the stopped thread ...
///   tracer.resume(event.threadId());
/// }
/// ```
///
/// A thread may be killed at any moment, also while it is stopped. Then reads give nothing, resume
/// does nothing, and [#next()] reports [TraceEvent.Ended] in its time.
public final class Tracer implements AutoCloseable {
  private static final int OPTIONS =
      Numbers.PTRACE_O_TRACESYSGOOD
          | Numbers.PTRACE_O_TRACEFORK
          | Numbers.PTRACE_O_TRACEVFORK
          | Numbers.PTRACE_O_TRACECLONE
          | Numbers.PTRACE_O_TRACEEXEC;

  private static final SyscallId EXECVE = new SyscallId(Abi.X86_64, 59);

  private final Thread owner = Thread.currentThread();
  private final Ptrace ptrace = new Ptrace();
  private final ThreadTable threads = new ThreadTable();
  private final ArrayDeque<TraceEvent> ready = new ArrayDeque<>();
  private final Waiter waiter = new Waiter(ptrace, threads);
  private final Stops stops = new Stops(ptrace, threads, waiter, ready);
  private final Runner runner = new Runner(ptrace, threads, waiter, stops, ready);
  private final Breakpoints breakpoints = new Breakpoints(threads);
  private final boolean launched;

  /// Links the C library's functions, which takes some 20 ms. Whoever has time for it before there
  /// is a tracer need not wait for it then; from any thread.
  public static void prepare() {
    Kernel.function("syscall");
  }

  private Tracer(boolean launched) {
    if (owner.isVirtual()) {
      throw new IllegalStateException("ptrace needs a platform thread");
    }
    this.launched = launched;
  }

  private void checkOwner() {
    if (Thread.currentThread() != owner) {
      throw new IllegalStateException("only the thread that made the tracer may use it");
    }
  }

  private @Nullable TracedThread stopped(int threadId) {
    checkOwner();
    TracedThread thread = threads.get(threadId);
    return thread != null && thread.isStopped() ? thread : null;
  }

  /// Starts a program under trace. Its first event is [TraceEvent.Execed], before its first
  /// instruction (that of the dynamic linker, where it has one).
  ///
  /// The program has this process' standard streams and process group, so Ctrl-C on the terminal
  /// reaches it too, as under strace. No signal is blocked in it. It is killed when this process
  /// dies.
  ///
  /// @throws KernelRefused when execve(2), chdir(2) or ptrace(2) fails; `call()` starts with that
  ///     name
  public static Tracer launch(LaunchSpec spec) {
    Tracer tracer = new Tracer(true);
    int process = new Launcher(tracer.ptrace, spec).launch(OPTIONS | Numbers.PTRACE_O_EXITKILL);
    TracedThread thread = new TracedThread(process, process, new AddressSpace());
    thread.started = true;
    thread.stop = TracedThread.Stop.EVENT;
    thread.call = EXECVE;
    tracer.threads.add(thread);
    tracer.ready.add(new TraceEvent.Execed(process, process));
    return tracer;
  }

  /// Takes over all living threads of a running process. Each one's first event is
  /// [TraceEvent.Started].
  ///
  /// The process must not have been started by this Java process: the Java library waits for its
  /// children and takes their stops.
  ///
  /// @param processId the process, or one of its threads
  /// @throws KernelRefused when there is no such process or it may not be traced, with the reason
  public static Tracer attach(int processId) {
    Tracer tracer = new Tracer(false);
    boolean done = false;
    try {
      new Attachment(tracer.ptrace, tracer.threads, tracer.waiter.tracerThreadId())
          .seizeAll(processId, OPTIONS);
      done = true;
    } finally {
      if (!done) {
        tracer.detachAll();
      }
    }
    return tracer;
  }

  /// Waits for the next event.
  ///
  /// @return `null` when no traced thread is left
  public @Nullable TraceEvent next() {
    checkOwner();
    while (true) {
      TraceEvent event = ready.poll();
      if (event != null) {
        return event;
      }
      if (threads.isEmpty()) {
        return null;
      }
      int threadId = waiter.awaitAny();
      if (threadId == -Numbers.EINTR) {
        return new TraceEvent.Interrupted();
      }
      if (threadId < 0) { // nothing left to wait for: what is in the table has vanished
        threads.clear();
        return null;
      }
      stops.handle(threadId, waiter.status());
    }
  }

  /// Lets a stopped thread run to its next event, and delivers the signals that it was stopped for
  /// or that were kept while it was stepped. A thread of which an event waits to be handed out
  /// stays as it is.
  public void resume(int threadId) {
    TracedThread thread = stopped(threadId);
    if (thread != null && !stops.hasOf(threadId)) {
      runner.resume(thread, -1);
    }
  }

  /// As [#resume(int)], for a thread at [TraceEvent.Entered]: the end of that call is not reported.
  public void resumePast(int threadId) {
    TracedThread thread = stopped(threadId);
    if (thread != null && !stops.hasOf(threadId)) {
      thread.past = thread.stop == TracedThread.Stop.SYSCALL_ENTRY;
      runner.resume(thread, -1);
    }
  }

  /// Lets a stopped thread run to its next event with `signal` in place of the signal that it was
  /// stopped for; 0 drops that.
  public void resume(int threadId, int signal) {
    TracedThread thread = stopped(threadId);
    if (thread != null && !stops.hasOf(threadId)) {
      runner.resume(thread, signal);
    }
  }

  /// Lets a stopped thread run until it comes to an address, with a stack pointer of at least
  /// `stackPointer`: then its event is [TraceEvent.Reached]. Any other event comes first and ends
  /// this, but for a signal of which nothing comes.
  ///
  /// Uses a debug register of the thread, so nothing in its memory is changed. When the tracer is
  /// killed meanwhile, the register stays, and would kill the thread: so only for programs that
  /// were launched, which end with the tracer anyway.
  ///
  /// @return `false` when that cannot be done; the thread is still stopped then. The thread must be
  ///     one that [#canStep(int)].
  public boolean resumeTo(int threadId, long address, long stackPointer) {
    TracedThread thread = stopped(threadId);
    return launched
        && thread != null
        && !stops.hasOf(threadId)
        && runner.resumeTo(thread, address, stackPointer);
  }

  /// Whether a thread is on its way to where [#resumeTo(int, long, long)] sent it.
  public boolean isUnderWay(int threadId) {
    TracedThread thread = threads.get(threadId);
    return thread != null && thread.target != 0;
  }

  /// Whether a stopped thread can be stepped without changing what its program sees: where SIGTRAP
  /// is blocked or ignored, the kernel unblocks it and resets its handler at the first step
  /// (`force_sig_info_to_task` in `kernel/signal.c`). Only a system call changes the answer.
  public boolean canStep(int threadId) {
    return !ProcessFacts.withholds(threadId, Numbers.SIGTRAP);
  }

  /// Runs one instruction of a stopped thread and waits for that; other threads go on, their events
  /// are kept for [#next()].
  ///
  /// A `syscall` instruction runs as one step, without [TraceEvent.Entered] and
  /// [TraceEvent.Exited], and the step waits as long as the call blocks. To see the call, use
  /// [#resume(int)] at the instruction, take both events, and step on from there: at
  /// [TraceEvent.Exited] the thread is right behind the instruction. A step over a breakpoint runs
  /// the instruction that belongs there. From [TraceEvent.Entered], a step
  /// runs the call to its end and leaves the thread behind the `syscall` instruction.
  public StepResult step(int threadId) {
    TracedThread thread = stopped(threadId);
    if (thread == null) {
      throw new IllegalStateException("thread " + threadId + " is not stopped");
    }
    return runner.step(thread);
  }

  /// The event that ended the last step, for [StepResult#EVENT] and [StepResult#ENDED]. [#next()]
  /// hands it out next.
  public @Nullable TraceEvent stepEvent() {
    return runner.stepEvent();
  }

  /// The signal that the thread is stopped for or the first that was kept for it; 0 when none.
  public int pendingSignal(int threadId) {
    TracedThread thread = stopped(threadId);
    if (thread == null) {
      return 0;
    }
    TracedThread.Held first = thread.held.peek();
    return thread.signal != 0 || first == null ? thread.signal : first.signal();
  }

  /// Whether the program has a handler for the signal of [#pendingSignal(int)].
  public boolean handlesPending(int threadId) {
    int signal = pendingSignal(threadId);
    return signal != 0
        && ProcessFacts.disposition(threadId, signal) == ProcessFacts.Disposition.HANDLED;
  }

  /// Who sent the signal of [#pendingSignal(int)].
  public SignalOrigin pendingOrigin(int threadId) {
    TracedThread thread = stopped(threadId);
    if (thread == null) {
      return SignalOrigin.PROGRAM;
    }
    TracedThread.Held first = thread.held.peek();
    if (thread.signal == 0 && first != null) {
      return SignalOrigin.of(threadId, first.information(), threads);
    }
    return ptrace.fetchSignalInfo(threadId) < 0
        ? SignalOrigin.PROGRAM
        : SignalOrigin.of(threadId, ptrace.signalInfo(), threads);
  }

  /// What the seccomp filters of a process say of a call, for a thread that is stopped at its end.
  public SeccompVerdict verdict(TraceEvent.Exited exited) {
    return stopped(exited.threadId()) == null
        ? SeccompVerdict.NONE
        : SeccompVerdict.of(exited, ptrace);
  }

  /// Whether a seccomp filter kept a call from being made and had SIGSYS sent for it, for a thread
  /// that is stopped at the end of that call. The registers are those of before the call then.
  public boolean wasTrapped(TraceEvent.Exited exited) {
    Registers registers = exited.registers();
    if (registers.rax() != registers.origRax() || stopped(exited.threadId()) == null) {
      return false;
    }
    return ptrace.queuedSignal(exited.threadId(), Numbers.SIGSYS, Numbers.SYS_SECCOMP) != null;
  }

  /// The registers of a stopped thread.
  ///
  /// @return `null` when the thread is gone
  public @Nullable Registers registers(int threadId) {
    return stopped(threadId) != null && ptrace.fetchRegisters(threadId) >= 0
        ? ptrace.registers()
        : null;
  }

  /// Copies the registers of a stopped thread into an array of [Registers#SLOTS], without making an
  /// object.
  ///
  /// @return whether the thread is still there
  public boolean readRegisters(int threadId, long[] into) {
    if (stopped(threadId) == null || ptrace.fetchRegisters(threadId) < 0) {
      return false;
    }
    ptrace.copyRegisters(into);
    return true;
  }

  /// Changes the registers of a stopped thread.
  ///
  /// @return whether the thread is still there
  public boolean setRegisters(int threadId, Registers registers) {
    if (stopped(threadId) == null) {
      return false;
    }
    for (int slot = 0; slot < Registers.SLOTS; slot++) {
      ptrace.setRegister(slot, registers.slot(slot));
    }
    return ptrace.storeRegisters(threadId) >= 0;
  }

  /// The memory of a thread's process as the program left it, without the tracer's breakpoints. It
  /// can be read as long as one traced thread of the process lives, this one or another.
  public RemoteMemory memory(int threadId) {
    TracedThread thread = threads.get(threadId);
    return thread == null ? new ProcessMemory(threadId) : new CleanMemory(threads, thread);
  }

  /// The process that a traced thread belongs to; 0 when it is unknown.
  public int processOf(int threadId) {
    TracedThread thread = threads.get(threadId);
    return thread == null ? 0 : thread.processId;
  }

  /// Where a signal handler began that the kernel has called in a process.
  ///
  /// @param slot where its return address is
  /// @return 0 when none was seen to be called there
  public long handlerAt(int processId, long slot) {
    for (TracedThread thread : threads.all()) {
      if (thread.processId == processId) {
        return thread.space.handlerAt(slot);
      }
    }
    return 0;
  }

  /// Whether a thread of a process is traced that has not ended, as far as is known.
  public boolean lives(int processId) {
    return threads.anyOfProcess(processId) != null;
  }

  /// Whether two threads have the same memory, not one a copy of the other's.
  public boolean shareMemory(int threadId, int otherId) {
    TracedThread thread = threads.get(threadId);
    TracedThread other = threads.get(otherId);
    return thread != null && other != null && thread.space == other.space;
  }

  /// The traced threads, in the order in which they came under trace.
  public int[] threads() {
    int[] ids = new int[threads.size()];
    int count = 0;
    for (TracedThread thread : threads.all()) {
      ids[count++] = thread.threadId;
    }
    return ids;
  }

  /// Where to set breakpoints.
  public Breakpoints breakpoints() {
    return breakpoints;
  }

  /// Ends the wait of [#next()] or [#step(int)], now or the next time it begins. May be called by
  /// any thread.
  public void interrupt() {
    waiter.interrupt();
  }

  /// Kills every traced process and waits until they are gone.
  public void killAll() {
    checkOwner();
    ready.clear();
    new Release(ptrace, threads, waiter, runner).kill();
  }

  /// Removes all breakpoints and lets go of every thread: it goes on as if it had never been
  /// traced, with the signals that were kept for it; a stopped process stays stopped.
  public void detachAll() {
    checkOwner();
    ready.clear();
    new Release(ptrace, threads, waiter, runner).detach();
  }

  /// Kills what [#launch(LaunchSpec)] started, lets go of what [#attach(int)] took.
  @Override
  public void close() {
    if (launched) {
      killAll();
    } else {
      detachAll();
    }
  }
}
