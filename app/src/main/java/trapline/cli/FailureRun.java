package trapline.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParseResult;
import trapline.decode.ArgumentDecoder;
import trapline.decode.Limits;
import trapline.follow.CallWatch;
import trapline.follow.FailureSession;
import trapline.follow.FailureSession.Failure;
import trapline.follow.OpenLines;
import trapline.follow.Preparation;
import trapline.follow.RunNotes;
import trapline.follow.SessionSetup;
import trapline.follow.SourceFiles;
import trapline.journey.JourneyBuilder;
import trapline.linux.debuginfod.DebuginfodClient;
import trapline.linux.objects.ObjectFiles;
import trapline.linux.objects.SourceFileSearch;
import trapline.linux.proc.LiveKernel;
import trapline.linux.ptrace.Tracer;
import trapline.model.Explanation;
import trapline.run.KernelChoice;
import trapline.run.KernelObservation;
import trapline.run.ProgramFile;
import trapline.run.Tracee;
import trapline.why.FailureChoice;
import trapline.why.LiveObserver;

/// What `why` looks for failing calls in: a program that it runs, or a process that runs already.
///
/// @param program `null` for a process
/// @param command the program with its arguments; empty for a process
/// @param process 0 for a program
/// @param choice which failures are wanted
/// @param openLines is told what the program writes
record FailureRun(
    @Nullable ProgramFile program,
    List<String> command,
    int process,
    FailureChoice choice,
    ParseResult typed,
    KernelObservation kernel,
    Interruption interruption,
    OpenLines openLines,
    PrintStream err) {

  /// How it is called in messages.
  String name() {
    return process > 0 ? "process " + process : command.getFirst();
  }

  /// Runs the program to its end; watches a process until it ends, has failed as often as was asked
  /// for, or the user has seen enough.
  FailureSession.Result run() {
    return run(
        () ->
            process > 0
                ? Tracee.attach(process)
                : Tracee.launch(java.util.Objects.requireNonNull(program), command),
        kernel.notes(),
        null);
  }

  /// Explains failed calls of that run.
  List<Explanation> explain(List<Failure> failures) {
    if (program == null) {
      return kernel.explainAttached(failures);
    }
    return kernel.explain(
        failures, program.executable(), program.arguments(command), this::failuresOfSecondRun);
  }

  private List<Failure> failuresOfSecondRun(LiveObserver again) {
    return run(
            () ->
                Tracee.launch(
                    java.util.Objects.requireNonNull(program), command, kernel.inputAgain()),
            kernel.notesAgain(),
            again)
        .failures();
  }

  private FailureSession.Result run(
      Supplier<Tracer> start, RunNotes notes, @Nullable LiveObserver again) {
    LiveKernel running = LiveKernel.whenAsked();
    DebuginfodClient debuginfod = FetchProgress.client(err, interruption);
    JourneyBuilder builder =
        new JourneyBuilder(
            KernelChoice.choose(null, running, new TerminalNotices(err)),
            new ArgumentDecoder(),
            new SourceFiles(new SourceFileSearch(debuginfod), RunOptions.sourceDirectories(typed)),
            RunOptions.ownCode(typed));
    ObjectFiles objects =
        new ObjectFiles(typed.matchedOptionValue("--debug-dir", List.<Path>of()), debuginfod);
    Limits limits = Limits.DEFAULT.withStringLength(typed.matchedOptionValue("-s", 64));
    Preparation prepared =
        process > 0 ? Preparation.of(process, builder, objects, limits, journey -> {}) : null;
    try (Tracer tracer = interruption.guard(start.get())) {
      if (again == null) {
        kernel.begin(tracer);
      } else {
        again.begin(tracer);
      }
      CallWatch watch = again == null ? kernel.watch() : again;
      OpenLines.Place terminal = openLines.watch(2);
      return new FailureSession(
              new SessionSetup(
                  tracer,
                  builder,
                  objects,
                  limits,
                  process > 0,
                  prepared,
                  notes,
                  watch,
                  openLines,
                  interruption::comes),
              failures -> process > 0 && choice.isReached(failures),
              RunLine.of(err, () -> !terminal.isOpen(), name()))
          .run();
    }
  }
}
