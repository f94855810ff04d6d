package trapline.linux.ptrace;

import org.jspecify.annotations.Nullable;
import trapline.linux.proc.ProcessMemory;
import trapline.model.KernelRefused;
import trapline.model.Registers;
import trapline.model.RemoteMemory;
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
@SuppressWarnings({"DoNotCallSuggester", "UnusedMethod", "UnusedVariable"})
public final class Tracer implements AutoCloseable {
  private Tracer() {}

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
    throw new UnsupportedOperationException();
  }

  /// Takes over all threads of a running process. Each one's first event is [TraceEvent.Started].
  ///
  /// @throws KernelRefused when there is no such process or it may not be traced, with the reason
  public static Tracer attach(int processId) {
    throw new UnsupportedOperationException();
  }

  /// Waits for the next event.
  ///
  /// @return `null` when no traced thread is left
  public @Nullable TraceEvent next() {
    throw new UnsupportedOperationException();
  }

  /// Lets a stopped thread run to its next event, and delivers the signals that it was stopped for
  /// or that were kept while it was stepped.
  public void resume(int threadId) {
    throw new UnsupportedOperationException();
  }

  /// Lets a stopped thread run to its next event with `signal` in place of the signal that it was
  /// stopped for; 0 drops that.
  public void resume(int threadId, int signal) {
    throw new UnsupportedOperationException();
  }

  /// Runs one instruction of a stopped thread and waits for that; other threads go on, their events
  /// are kept for [#next()].
  ///
  /// A `syscall` instruction runs as one step, without [TraceEvent.Entered] and
  /// [TraceEvent.Exited], and the step waits as long as the call blocks. To see the call, use
  /// [#resume(int)] at the instruction, take both events, and step on from there: at
  /// [TraceEvent.Exited] the thread is right behind the instruction. A step over a breakpoint runs
  /// the instruction that belongs there.
  public StepResult step(int threadId) {
    throw new UnsupportedOperationException();
  }

  /// The event that ended the last step, for [StepResult#EVENT] and [StepResult#ENDED].
  public @Nullable TraceEvent stepEvent() {
    throw new UnsupportedOperationException();
  }

  /// The signal that the thread is stopped for or the first that was kept for it; 0 when none.
  public int pendingSignal(int threadId) {
    throw new UnsupportedOperationException();
  }

  /// The registers of a stopped thread.
  ///
  /// @return `null` when the thread is gone
  public @Nullable Registers registers(int threadId) {
    throw new UnsupportedOperationException();
  }

  /// Copies the registers of a stopped thread into an array of [Registers#SLOTS], without making an
  /// object.
  ///
  /// @return whether the thread is still there
  public boolean readRegisters(int threadId, long[] into) {
    throw new UnsupportedOperationException();
  }

  /// Changes the registers of a stopped thread.
  ///
  /// @return whether the thread is still there
  public boolean setRegisters(int threadId, Registers registers) {
    throw new UnsupportedOperationException();
  }

  /// The memory of a thread's process as the program left it, without the tracer's breakpoints.
  public RemoteMemory memory(int threadId) {
    return new ProcessMemory(threadId);
  }

  /// The process that a traced thread belongs to; 0 when it is unknown.
  public int processOf(int threadId) {
    throw new UnsupportedOperationException();
  }

  /// The traced threads, in the order in which they came under trace.
  public int[] threads() {
    throw new UnsupportedOperationException();
  }

  /// Where to set breakpoints.
  public Breakpoints breakpoints() {
    throw new UnsupportedOperationException();
  }

  /// Ends the wait of [#next()] or [#step(int)], now or the next time it begins. May be called by
  /// any thread.
  public void interrupt() {
    throw new UnsupportedOperationException();
  }

  /// Kills every traced process and waits until they are gone.
  public void killAll() {
    throw new UnsupportedOperationException();
  }

  /// Removes all breakpoints and lets go of every thread: it goes on as if it had never been
  /// traced, with the signals that were kept for it; a stopped process stays stopped.
  public void detachAll() {
    throw new UnsupportedOperationException();
  }

  /// Kills what [#launch(LaunchSpec)] started, lets go of what [#attach(int)] took.
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
