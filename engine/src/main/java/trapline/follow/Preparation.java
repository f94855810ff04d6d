package trapline.follow;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import trapline.abi.SyscallSignature;
import trapline.abi.SyscallTable;
import trapline.decode.DescriptorNames;
import trapline.decode.Limits;
import trapline.journey.Image;
import trapline.journey.JourneyBuilder;
import trapline.journey.JourneyBuilder.Arrival;
import trapline.journey.JourneyBuilder.Departure;
import trapline.journey.ReturnTrace;
import trapline.linux.objects.ObjectFiles;
import trapline.linux.proc.BlockedCall;
import trapline.linux.proc.FileIdentity;
import trapline.linux.proc.ProcessFacts;
import trapline.linux.proc.ProcessMemory;
import trapline.model.Abi;
import trapline.model.Journey;
import trapline.model.MalformedBinary;
import trapline.model.Registers;
import trapline.model.SyscallId;
import trapline.model.Unsupported;

/// What can be known of a process before it is stopped for the first time, so that nothing stands
/// still while files are opened and tables are read: its object files, and the way of the calls
/// that its threads are blocked in.
///
/// Nothing of it is shown. It is only looked up again, and much faster, when the thread is stopped.
public final class Preparation {
  /// How long the code that a stopped thread will wait for is run before.
  private static final long REHEARSAL_NANOS = 300_000_000;

  private static final long LOOK_AHEAD_NANOS = 500_000_000;

  private static final int DESCRIPTORS = 16;

  /// What the calls that are rehearsed return: an error, and something.
  private static final long[] RESULTS = {-11, 1};

  private final TracedProcess process;

  private Preparation(TracedProcess process) {
    this.process = process;
  }

  /// Prepares for a process that runs.
  ///
  /// @param threadId the process, or one of its threads
  /// @param shown where its journeys will go; it is handed none
  /// @return `null` when there is no such process or it may not be looked at
  public static @Nullable Preparation of(
      int threadId,
      JourneyBuilder builder,
      ObjectFiles objects,
      Limits limits,
      Consumer<Journey> shown) {
    ProcessFacts facts = ProcessFacts.of(threadId);
    if (facts == null) {
      return null;
    }
    int id = facts.processId();
    int[] threads = ProcessFacts.threadIds(id);
    if (threads.length == 0) {
      return null;
    }
    TracedProcess process =
        new TracedProcess(id, threads[0], objects, new ProcessMemory(threads[0]), slot -> 0);
    process.markStarted();
    long patience = System.nanoTime() + LOOK_AHEAD_NANOS;
    for (Image image : process.executables()) {
      image.debugInfo();
      image.tables();
      if (image.role() == Image.Role.C_LIBRARY) {
        lookAhead(image, () -> System.nanoTime() < patience);
      }
    }
    for (int thread : threads) {
      lookAtDescriptors(thread, limits, process);
      rehearse(thread, process, builder, limits, shown);
    }
    // The others only run the code: what was found out stays in the first one.
    long end = System.nanoTime() + REHEARSAL_NANOS;
    TracedProcess again = process.copy(id, process.memory(), slot -> 0);
    boolean found = true;
    while (found && System.nanoTime() < end) {
      found = false;
      again.forgetStacks();
      for (int i = 0; i < threads.length && System.nanoTime() < end; i++) {
        found |= rehearse(threads[i], again, builder, limits, shown);
      }
    }
    // What all this has left behind would be collected at some stop, which takes 30 ms.
    System.gc();
    return new Preparation(process);
  }

  /// Looks at the functions that make calls.
  private static void lookAhead(Image library, BooleanSupplier goesOn) {
    List<String> names =
        SyscallTable.of(Abi.NATIVE).all().stream().map(SyscallSignature::name).toList();
    try {
      library.lookAhead(names, goesOn);
    } catch (MalformedBinary | Unsupported e) {
      return; // who looks at the same place again, is told
    }
  }

  /// Looks at descriptors of each kind, so that the code for them has run.
  private static void lookAtDescriptors(int thread, Limits limits, TracedProcess process) {
    DescriptorNames names = new ThreadView(limits).context(process.memory(), thread).descriptors();
    for (int descriptor = 0; descriptor < DESCRIPTORS; descriptor++) {
      names.target(descriptor);
      FileIdentity.of(thread, descriptor);
    }
  }

  /// @return whether the thread is blocked in a call
  private static boolean rehearse(
      int thread,
      TracedProcess process,
      JourneyBuilder builder,
      Limits limits,
      Consumer<Journey> shown) {
    Registers registers = BlockedCall.registersOf(thread);
    if (registers == null) {
      return false;
    }
    shown.accept(journey(thread, registers, process, builder, limits));
    return true;
  }

  private static Journey journey(
      int thread,
      Registers registers,
      TracedProcess process,
      JourneyBuilder builder,
      Limits limits) {
    SyscallId id = SyscallId.bySyscallInstruction(registers.number());
    OutputCall.of(id);
    ThreadView view = new ThreadView(limits);
    Arrival arrival =
        builder.arrive(
            view.caller(thread, process),
            builder.walk(id, registers, process),
            builder.arguments(id, registers, view.context(process.memory(), thread)));
    builder.explore(arrival, process, process.slots(), process.bindsNow(), process::libraryName);
    Departure departure = null;
    for (long result : RESULTS) {
      Registers exit = registers.withResult(result);
      departure = builder.depart(arrival, exit, view.context(process.memory(), thread));
    }
    return builder.returned(
        arrival,
        java.util.Objects.requireNonNull(departure),
        process,
        ReturnTrace.of(registers, ""),
        0,
        1,
        List.of());
  }

  /// The process, when it is the one that was prepared for.
  @Nullable TracedProcess of(int processId) {
    return process.processId() == processId ? process : null;
  }
}
