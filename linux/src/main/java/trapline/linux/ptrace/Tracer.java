package trapline.linux.ptrace;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import trapline.capture.Breakpoints;
import trapline.capture.Capability;
import trapline.capture.Capture;
import trapline.capture.PendingSignals;
import trapline.capture.SeccompAnswers;
import trapline.capture.SeccompVerdict;
import trapline.capture.SignalOrigin;
import trapline.capture.StepResult;
import trapline.capture.Stepping;
import trapline.capture.TraceEvent;
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

/// Follows a program and all threads and processes that it makes, with ptrace(2). It stops threads
/// and has every [Capability].
///
/// The kernel ties a traced thread to the thread that traces it, so everything but [#interrupt()]
/// must be called on the platform thread that made the tracer, one tracer a thread at a time.
public final class Tracer implements Capture, Stepping, PendingSignals, SeccompAnswers {
  private static final int OPTIONS =
      Numbers.PTRACE_O_TRACESYSGOOD
          | Numbers.PTRACE_O_TRACEFORK
          | Numbers.PTRACE_O_TRACEVFORK
          | Numbers.PTRACE_O_TRACECLONE
          | Numbers.PTRACE_O_TRACEEXEC;

  private static final SyscallId EXECVE = new SyscallId(Abi.NATIVE, 59);

  private final Thread owner = Thread.currentThread();
  private final Ptrace ptrace = new Ptrace();
  private final ThreadTable threads = new ThreadTable();
  private final ArrayDeque<TraceEvent> ready = new ArrayDeque<>();
  private final Waiter waiter = new Waiter(ptrace, threads);
  private final StopHandler stops = new StopHandler(ptrace, threads, waiter, ready);
  private final Resumer runner = new Resumer(ptrace, threads, waiter, stops, ready);
  private final Breakpoints breakpoints = new PatchedBreakpoints(threads);
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
    TracedThread thread = new TracedThread(process, process, new TracedMemory());
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

  @Override
  public <T> @Nullable T find(Capability<T> capability) {
    Object found = capability.equals(Capability.BREAKPOINTS) ? breakpoints : this;
    return capability.type().isInstance(found) ? capability.type().cast(found) : null;
  }

  @Override
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

  @Override
  public @Nullable TraceEvent poll() {
    checkOwner();
    while (ready.isEmpty() && !threads.isEmpty()) {
      int threadId = waiter.poll(-1);
      if (threadId <= 0) {
        return null;
      }
      stops.handle(threadId, waiter.status());
    }
    return ready.poll();
  }

  @Override
  public void resume(int threadId) {
    TracedThread thread = stopped(threadId);
    if (thread != null && !stops.hasOf(threadId)) {
      runner.resume(thread, -1);
    }
  }

  @Override
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

  /// {@inheritDoc}
  ///
  /// Uses a debug register of the thread. When the tracer is killed meanwhile, the register stays,
  /// and would kill the thread: so only for programs that were launched, which end with the tracer
  /// anyway.
  @Override
  public boolean resumeTo(int threadId, long address, long stackPointer) {
    TracedThread thread = stopped(threadId);
    return launched
        && thread != null
        && !stops.hasOf(threadId)
        && runner.resumeTo(thread, address, stackPointer);
  }

  @Override
  public boolean isUnderWay(int threadId) {
    TracedThread thread = threads.get(threadId);
    return thread != null && thread.target != 0;
  }

  @Override
  public boolean canStep(int threadId) {
    return !ProcessFacts.withholds(threadId, Numbers.SIGTRAP);
  }

  @Override
  public StepResult step(int threadId) {
    TracedThread thread = stopped(threadId);
    if (thread == null) {
      throw new IllegalStateException("thread " + threadId + " is not stopped");
    }
    return runner.step(thread);
  }

  @Override
  public @Nullable TraceEvent stepEvent() {
    return runner.stepEvent();
  }

  @Override
  public int pendingSignal(int threadId) {
    TracedThread thread = stopped(threadId);
    if (thread == null) {
      return 0;
    }
    TracedThread.Held first = thread.held.peek();
    return thread.signal != 0 || first == null ? thread.signal : first.signal();
  }

  @Override
  public boolean handlesPending(int threadId) {
    int signal = pendingSignal(threadId);
    return signal != 0
        && ProcessFacts.disposition(threadId, signal) == ProcessFacts.Disposition.HANDLED;
  }

  @Override
  public SignalOrigin pendingOrigin(int threadId) {
    TracedThread thread = stopped(threadId);
    if (thread == null) {
      return SignalOrigin.PROGRAM;
    }
    TracedThread.Held first = thread.held.peek();
    if (thread.signal == 0 && first != null) {
      return SignalSender.of(threadId, first.information(), threads);
    }
    return ptrace.fetchSignalInfo(threadId) < 0
        ? SignalOrigin.PROGRAM
        : SignalSender.of(threadId, ptrace.signalInfo(), threads);
  }

  @Override
  public SeccompVerdict verdict(TraceEvent.Exited exited) {
    return stopped(exited.threadId()) == null
        ? SeccompVerdict.NONE
        : SeccompQuestion.of(exited, ptrace);
  }

  @Override
  public boolean wasTrapped(TraceEvent.Exited exited) {
    Registers registers = exited.registers();
    if (registers.result() != registers.number() || stopped(exited.threadId()) == null) {
      return false;
    }
    return ptrace.queuedSignal(exited.threadId(), Numbers.SIGSYS, Numbers.SYS_SECCOMP) != null;
  }

  @Override
  public @Nullable Registers registers(int threadId) {
    return stopped(threadId) != null && ptrace.fetchRegisters(threadId) >= 0
        ? ptrace.registers()
        : null;
  }

  /// Copies the registers of a stopped thread into an array of
  /// [trapline.model.Architecture#slots()], without making an object.
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
    for (int slot = 0; slot < registers.architecture().slots(); slot++) {
      ptrace.setRegister(slot, registers.slot(slot));
    }
    return ptrace.storeRegisters(threadId) >= 0;
  }

  /// {@inheritDoc} The tracer's breakpoints are not in it.
  @Override
  public RemoteMemory memory(int threadId) {
    TracedThread thread = threads.get(threadId);
    return thread == null ? new ProcessMemory(threadId) : new CleanMemory(threads, thread);
  }

  @Override
  public int processOf(int threadId) {
    TracedThread thread = threads.get(threadId);
    return thread == null ? 0 : thread.processId;
  }

  @Override
  public long handlerAt(int processId, long slot) {
    for (TracedThread thread : threads.all()) {
      if (thread.processId == processId) {
        return thread.space.handlerAt(slot);
      }
    }
    return 0;
  }

  @Override
  public boolean lives(int processId) {
    return threads.anyOfProcess(processId) != null;
  }

  @Override
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

  @Override
  public void interrupt() {
    waiter.interrupt();
  }

  /// Kills every traced process and waits until they are gone.
  public void killAll() {
    checkOwner();
    ready.clear();
    new Detacher(ptrace, threads, waiter, runner).kill();
  }

  /// Removes all breakpoints and lets go of every thread: it goes on as if it had never been
  /// traced, with the signals that were kept for it; a stopped process stays stopped.
  public void detachAll() {
    checkOwner();
    ready.clear();
    new Detacher(ptrace, threads, waiter, runner).detach();
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
