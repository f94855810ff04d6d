package trapline;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import trapline.decode.ArgumentDecoder;
import trapline.decode.Limits;
import trapline.follow.FollowOptions;
import trapline.follow.FollowSession;
import trapline.follow.JourneySink;
import trapline.follow.ReadAhead;
import trapline.follow.SessionSetup;
import trapline.follow.SourceFiles;
import trapline.journey.JourneyBuilder;
import trapline.journey.OwnCode;
import trapline.kernel.KernelHops;
import trapline.linux.debuginfod.DebuginfodClient;
import trapline.linux.objects.ObjectFiles;
import trapline.linux.objects.SourceFileSearch;
import trapline.linux.proc.LiveKernel;
import trapline.linux.ptrace.Tracer;
import trapline.model.Journey;
import trapline.run.KernelChoice;
import trapline.run.Notices;
import trapline.run.ProgramFile;
import trapline.run.Tracee;

/// A program that is about to be followed. Immutable: each method gives a new one.
public final class Following {
  private final List<String> command;
  private final Set<String> calls;
  private final boolean all;

  Following(List<String> command) {
    this(command, Set.of(), false);
  }

  private Following(List<String> command, Set<String> calls, boolean all) {
    this.command = List.copyOf(command);
    this.calls = calls;
    this.all = all;
  }

  /// Only calls of these names. The run ends when each of them was followed once.
  public Following calls(String... names) {
    return new Following(command, Set.of(names), all);
  }

  /// Every call, and not only the first one from each place.
  public Following all() {
    return new Following(command, calls, true);
  }

  /// Runs the program, with this process's standard streams, and hands on each journey, on the
  /// calling thread and in the order in which the calls returned. The calls that the dynamic linker
  /// makes before the program's own code are left out, unless they were named.
  ///
  /// @return how the run ended
  /// @throws trapline.run.RunException when the program cannot be started or traced
  public FollowSession.Result run(Consumer<? super Journey> journeys) {
    try (ProgramFile program = ProgramFile.find(command.getFirst(), null, Notices.NONE)) {
      KernelHops facts = KernelChoice.choose(null, new LiveKernel(), Notices.NONE);
      facts.prepare();
      DebuginfodClient debuginfod = DebuginfodClient.ofCache(System.getenv());
      ObjectFiles objects = new ObjectFiles(List.of(), debuginfod);
      ReadAhead.start(program.file(), objects);
      JourneyBuilder builder =
          new JourneyBuilder(
              facts,
              new ArgumentDecoder(),
              new SourceFiles(new SourceFileSearch(debuginfod), Set.of()),
              new OwnCode(List.of(), path -> path));
      try (Tracer tracer = Tracee.launch(program, command)) {
        return new FollowSession(
                SessionSetup.of(tracer, builder, objects, Limits.DEFAULT),
                new FollowOptions(calls, all, FollowOptions.Steps.NONE, false),
                new Sink(journeys, all, calls.isEmpty()))
            .run();
      }
    }
  }

  private record Sink(Consumer<? super Journey> journeys, boolean all, boolean countsStartup)
      implements JourneySink {
    @Override
    public boolean wantsWholeJourneys() {
      return all;
    }

    @Override
    public void journey(Journey journey) {
      journeys.accept(journey);
    }

    @Override
    public void repeat(Journey journey) {
      journeys.accept(journey);
    }

    @Override
    public void startup(Journey journey) {}

    @Override
    public void onlyAtStartup(Journey journey) {
      journeys.accept(journey);
    }

    @Override
    public void started() {}
  }
}
