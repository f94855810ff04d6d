package trapline.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trapline.follow.FailureSession.Failure;
import trapline.follow.FilesTouched;
import trapline.follow.InputRead;
import trapline.linux.vm.Credentials;
import trapline.linux.vm.GuestFailure;
import trapline.linux.vm.GuestFiles;
import trapline.linux.vm.GuestKernel;
import trapline.linux.vm.GuestKernels;
import trapline.linux.vm.GuestProgram;
import trapline.linux.vm.GuestResult;
import trapline.linux.vm.GuestSpec;
import trapline.model.Errno;
import trapline.model.ErrorOrigin;
import trapline.model.Explanation;
import trapline.model.Outcome;
import trapline.why.GuestObserver;

/// What is observed of the kernel in one run: decided before the program runs, done after it.
final class KernelObservation implements AutoCloseable {
  private final ObservationOptions options;
  private final PrintStream err;
  private final Path folder;
  private final FilesTouched files;
  private final InputRead input = new InputRead();
  private final @Nullable GuestKernel kernel;
  private String whyNot;
  private @Nullable GuestResult guest;

  private KernelObservation(
      ObservationOptions options,
      PrintStream err,
      Path folder,
      @Nullable GuestKernel kernel,
      String whyNot) {
    this.options = options;
    this.err = err;
    this.folder = folder;
    this.files = new FilesTouched(folder);
    this.kernel = kernel;
    this.whyNot = whyNot;
  }

  /// Finds the kernel to observe.
  ///
  /// @throws CommandFailure when what was asked for cannot be had
  static KernelObservation prepare(ObservationOptions options, PrintStream err) {
    GuestKernel kernel = null;
    String whyNot = "";
    switch (options.mode()) {
      case OFF -> whyNot = "--kernel off";
      case LIVE ->
          throw new CommandFailure(
              ExitStatus.NOT_OBSERVED, "--kernel live: not on this kernel; --kernel vm");
      case VM, AUTO -> {
        try (WorkProgress progress = new WorkProgress(err)) {
          kernel = new GuestKernels(progress).find(options.image());
        } catch (GuestFailure e) {
          if (options.mode() == ObservationOptions.Mode.VM || options.image() != null) {
            throw failure(e);
          }
          whyNot = String.valueOf(e.getMessage());
        }
      }
    }
    try {
      Path folder = Files.createTempDirectory("trapline-");
      return new KernelObservation(options, err, folder, kernel, whyNot);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitStatus.BAD_FILE, "no temporary folder can be made: " + e.getMessage());
    }
  }

  private static CommandFailure failure(GuestFailure e) {
    return new CommandFailure(ExitStatus.NOT_OBSERVED, String.valueOf(e.getMessage()));
  }

  /// Is to be told what files the program looks at.
  FilesTouched files() {
    return files;
  }

  /// Is to be told what the program reads from its standard input.
  InputRead input() {
    return input;
  }

  /// Whether the kernel was observed.
  boolean observed() {
    return guest != null;
  }

  /// Explains failed calls of a run that is over.
  ///
  /// @throws CommandFailure when what was asked for does not work
  List<Explanation> explain(List<Failure> failures, Path executable, List<String> command) {
    if (kernel != null) {
      try {
        GuestObserver observer =
            new GuestObserver(
                kernel, KernelChoice.of(err).observed(kernel.release(), "", options.source()));
        GuestObserver.Observed observed = observer.explain(failures, spec(executable, command));
        guest = observed.guest();
        return observed.explanations();
      } catch (GuestFailure e) {
        if (options.mode() == ObservationOptions.Mode.VM) {
          throw failure(e);
        }
        whyNot = String.valueOf(e.getMessage());
      }
    }
    List<Explanation> explanations = new ArrayList<>();
    for (Failure failure : failures) {
      explanations.add(unobserved(failure));
    }
    return explanations;
  }

  private Explanation unobserved(Failure failure) {
    Errno errno =
        failure.journey().outcome() instanceof Outcome.Failed failed
            ? failed.errno()
            : new Errno(0, "", "");
    String why = "The kernel was not observed: " + whyNot + ".";
    return new Explanation(
        failure.journey(),
        failure.times(),
        new ErrorOrigin(errno, ErrorOrigin.Kind.UNKNOWN, List.of(), List.of(), why),
        null,
        "");
  }

  private GuestSpec spec(Path executable, List<String> command) {
    List<byte[]> environment = new ArrayList<>();
    for (Map.Entry<String, String> each : CallerEnvironment.of(System.getenv()).entrySet()) {
      environment.add(bytes(each.getKey() + "=" + each.getValue()));
    }
    GuestProgram program =
        new GuestProgram(
            executable,
            command.stream().map(KernelObservation::bytes).toList(),
            environment,
            Path.of("").toAbsolutePath(),
            Credentials.ofThisProcess(),
            input.bytes());
    List<Path> included = options.include().stream().map(Path::toAbsolutePath).toList();
    return GuestSpec.of(
        program, new GuestFiles(included, List.copyOf(files.files().keySet()), List.of()));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// Says in one line how the observation went.
  void tell(PrintStream to) {
    GuestResult result = guest;
    if (result == null) {
      to.println("trapline: the kernel was not observed: " + whyNot);
      return;
    }
    to.println(
        String.format(
            Locale.ROOT,
            "trapline: observed in guest kernel %s (%s), ready after %.1f s, %.1f s in all",
            result.release(),
            result.emulator(),
            result.untilReady().toMillis() / 1000.0,
            result.total().toMillis() / 1000.0));
    for (String note : result.notes()) {
      to.println("trapline: " + note);
    }
  }

  @Override
  public void close() {
    TemporaryFolder.delete(folder);
  }
}
