package trapline.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import trapline.follow.CallWatch;
import trapline.follow.FailureSession.Failure;
import trapline.follow.FilesTouched;
import trapline.follow.RunNotes;
import trapline.linux.files.FileErrors;
import trapline.linux.files.TemporaryDirectory;
import trapline.linux.proc.FileNames;
import trapline.linux.proc.Mounts;
import trapline.linux.ptrace.Tracer;
import trapline.linux.tracefs.TracingAbility;
import trapline.linux.vm.Credentials;
import trapline.linux.vm.GuestFailure;
import trapline.linux.vm.GuestFiles;
import trapline.linux.vm.GuestKernel;
import trapline.linux.vm.GuestKernels;
import trapline.linux.vm.GuestProgram;
import trapline.linux.vm.GuestResult;
import trapline.linux.vm.GuestSpec;
import trapline.model.Explanation;
import trapline.why.Explanations;
import trapline.why.GuestObserver;
import trapline.why.GuestVersion;
import trapline.why.LiveObserver;
import trapline.why.Source;

/// What is observed of the kernel in one run: decided before the program runs, done after it.
public final class KernelObservation implements AutoCloseable {
  private final ObservationChoice options;
  private final Notices notices;
  private final BooleanSupplier interrupted;
  private final TemporaryDirectory folder;
  private final RunNotes notes;
  private final @Nullable GuestKernel kernel;
  private final @Nullable LiveObservation live;

  /// Why the running kernel is not observed, when nobody said which is to be; may be empty.
  private final String whyNotLive;

  private String whyNot;
  private GuestObserver.@Nullable Observed observed;
  private @Nullable Source source;
  private long nanoseconds;

  private KernelObservation(
      ObservationChoice options,
      Notices notices,
      BooleanSupplier interrupted,
      TemporaryDirectory folder,
      @Nullable GuestKernel kernel,
      @Nullable LiveObservation live,
      String whyNotLive,
      String whyNot) {
    this.options = options;
    this.notices = notices;
    this.interrupted = interrupted;
    this.folder = folder;
    this.notes = new RunNotes(folder.path());
    this.kernel = kernel;
    this.live = live;
    this.whyNotLive = whyNotLive;
    this.whyNot = whyNot;
  }

  /// Finds the kernel to observe.
  ///
  /// @param values whether return values are needed. When the running kernel's tracer tells none
  ///     the program must run a second time for them, which a guest is the better place for
  /// @throws RunException when what was asked for cannot be had
  public static KernelObservation prepare(
      ObservationChoice options, Notices notices, BooleanSupplier interrupted, boolean values) {
    GuestKernel kernel = null;
    TracingAbility.Able able = null;
    boolean preferred = false;
    String whyNotLive = "";
    if (options.mode() == ObservationChoice.Mode.LIVE || options.isOpen()) {
      switch (TracingAbility.look()) {
        case TracingAbility.Able there -> {
          able = there;
          preferred = !options.isOpen() || !values || LiveObservation.tellsValues(there);
          whyNotLive =
              "its tracer gives no return values, so that the program would have to run a second"
                  + " time on this machine: --observe live";
        }
        case TracingAbility.Unable unable -> {
          if (!options.isOpen()) {
            throw LiveObservation.failure(unable);
          }
          whyNotLive = unable.why();
        }
      }
    }
    String whyNot = "";
    switch (options.mode()) {
      case OFF -> whyNot = "--observe off";
      case LIVE -> {}
      case VM, AUTO -> {
        if (preferred) {
          break;
        }
        try (Notices.Work progress = notices.bytes()) {
          kernel = new GuestKernels(progress).find(options.image());
        } catch (GuestFailure e) {
          if (options.mode() == ObservationChoice.Mode.VM || options.image() != null) {
            throw failure(e);
          }
          whyNot = String.valueOf(e.getMessage());
        }
      }
    }
    return open(options, notices, interrupted, kernel, able, whyNotLive, whyNot);
  }

  /// Finds the kernel to observe while it serves a process that runs already: that can only be the
  /// running one, and the process cannot be run a second time for return values.
  ///
  /// @throws RunException when what was asked for cannot be had
  public static KernelObservation prepareAttached(
      ObservationChoice options, Notices notices, BooleanSupplier interrupted) {
    TracingAbility.Able able = null;
    String whyNot = "--observe off";
    if (options.mode() != ObservationChoice.Mode.OFF) {
      switch (TracingAbility.look()) {
        case TracingAbility.Able there when LiveObservation.tellsValues(there) -> able = there;
        case TracingAbility.Able there -> whyNot = "its tracer gives no return values";
        case TracingAbility.Unable unable -> {
          if (options.mode() == ObservationChoice.Mode.LIVE) {
            throw LiveObservation.failure(unable);
          }
          whyNot = unable.why();
        }
      }
      if (able == null) {
        whyNot =
            "a guest cannot run this process again; the running kernel is not observed: " + whyNot;
        if (options.mode() == ObservationChoice.Mode.LIVE) {
          throw new RunException(RunException.Problem.NOT_OBSERVED, whyNot);
        }
      }
    }
    return open(options, notices, interrupted, null, able, "", whyNot);
  }

  private static KernelObservation open(
      ObservationChoice options,
      Notices notices,
      BooleanSupplier interrupted,
      @Nullable GuestKernel kernel,
      TracingAbility.@Nullable Able able,
      String whyNotLive,
      String whyNot) {
    try {
      TemporaryDirectory folder = TemporaryDirectory.make();
      LiveObservation live =
          able != null && kernel == null ? LiveObservation.open(able, options, notices) : null;
      KernelObservation observation =
          new KernelObservation(
              options, notices, interrupted, folder, kernel, live, whyNotLive, whyNot);
      if (kernel != null && options.source() != null) {
        observation.readSource();
      }
      return observation;
    } catch (IOException e) {
      throw new RunException(
          RunException.Problem.BAD_FILE,
          "no temporary directory can be made: " + FileErrors.line(e));
    }
  }

  /// What is no source is refused before the program runs.
  private void readSource() {
    try {
      source();
    } catch (RunException e) {
      close();
      throw e;
    }
  }

  private static RunException failure(GuestFailure e) {
    return new RunException(RunException.Problem.NOT_OBSERVED, String.valueOf(e.getMessage()));
  }

  /// Is to be told what the program does.
  public RunNotes notes() {
    return notes;
  }

  /// For a second run of the program on this machine.
  public RunNotes notesAgain() {
    return new RunNotes(folder.path());
  }

  /// A file with what the program read as its standard input, for a second run.
  ///
  /// @throws RunException when it cannot be written
  public Path inputAgain() {
    try {
      folder.directory().write("input", notes.input().bytes());
      return folder.directory().file("input");
    } catch (IOException e) {
      throw new RunException(
          RunException.Problem.BAD_FILE, "the input cannot be kept: " + FileErrors.line(e));
    }
  }

  /// Watches the running kernel while calls run, where that is what is observed.
  public CallWatch watch() {
    return live == null ? CallWatch.NONE : live.watch();
  }

  /// Whether the running kernel is observed, while the program runs.
  public boolean isLive() {
    return live != null;
  }

  /// The program has been started or attached to, and stands still.
  public void begin(Tracer tracer) {
    if (live != null) {
      live.begin(tracer);
    }
  }

  /// Whether all was observed that was asked for.
  public boolean observed() {
    return live != null || observed != null || options.mode() == ObservationChoice.Mode.OFF;
  }

  /// Why no kernel was observed; empty when one was.
  public String whyNot() {
    return whyNot;
  }

  /// Explains failed calls of a run that is over.
  ///
  /// @param again runs the program once more with a watch, and gives the calls that failed then
  /// @throws RunException when what was asked for does not work
  public List<Explanation> explain(
      List<Failure> failures,
      Path executable,
      List<String> command,
      Function<LiveObserver, List<Failure>> again) {
    if (live != null) {
      return live.explain(failures, again);
    }
    List<GuestObserver.Wanted> wanted = new ArrayList<>();
    for (Failure failure : failures) {
      wanted.add(new GuestObserver.Wanted(failure.key(), failure.journey().outcome()));
    }
    GuestObserver.Observed observed = observe(wanted, executable, command);
    if (observed != null) {
      return Explanations.of(failures, observed, source());
    }
    return unobserved(failures);
  }

  /// Explains failed calls of a process that cannot be run again.
  public List<Explanation> explainAttached(List<Failure> failures) {
    return live == null ? unobserved(failures) : live.explain(failures, again -> failures);
  }

  private List<Explanation> unobserved(List<Failure> failures) {
    List<Explanation> explanations = new ArrayList<>();
    for (Failure failure : failures) {
      explanations.add(
          Explanations.unobserved(failure, "The kernel was not observed: " + whyNot + "."));
    }
    return explanations;
  }

  /// Looks at calls of a run that is over.
  ///
  /// @return `null` when no kernel is observed
  /// @throws RunException when what was asked for does not work
  public GuestObserver.@Nullable Observed observe(
      List<GuestObserver.Wanted> wanted, Path executable, List<String> command) {
    if (kernel == null || wanted.isEmpty()) {
      return null;
    }
    try {
      if (FileNames.isOdd(executable)) {
        throw new GuestFailure(
            GuestFailure.Kind.FILES,
            "the program's name is not UTF-8, which names in the guest must be; run a copy"
                + " with another name");
      }
      GuestObserver.Observed result = observe(kernel, wanted, spec(executable, command));
      observed = result;
      return result;
    } catch (GuestFailure e) {
      if (interrupted.getAsBoolean()) { // what ends a guest at shutdown may be first
        whyNot = "interrupted";
        return null;
      }
      if (options.mode() == ObservationChoice.Mode.VM) {
        throw failure(e);
      }
      whyNot = String.valueOf(e.getMessage());
      return null;
    }
  }

  private GuestObserver.Observed observe(
      GuestKernel guest, List<GuestObserver.Wanted> wanted, GuestSpec spec) {
    Source known = source();
    long start = System.nanoTime();
    try (Notices.Work progress = notices.calls()) {
      String what = "running it in the guest";
      progress.at(what, 0, wanted.size());
      return new GuestObserver(guest, known, seen -> progress.at(what, seen, wanted.size()))
          .observe(wanted, notes.tree(), spec);
    } finally {
      nanoseconds = System.nanoTime() - start;
    }
  }

  /// The source of the kernel that is observed.
  public Source source() {
    Source known = source;
    if (known == null) {
      GuestKernel observedKernel = Objects.requireNonNull(kernel);
      known =
          KernelChoice.of(notices)
              .observed(
                  observedKernel.release(), GuestVersion.of(observedKernel), options.source());
      source = known;
    }
    return known;
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
            notes.input().bytes());
    List<Path> included = options.include().stream().map(Path::toAbsolutePath).toList();
    FilesTouched touched = notes.files();
    return GuestSpec.of(
        program,
        new GuestFiles(
            included,
            List.copyOf(touched.opened()),
            touched.copies(),
            touched.made(),
            readOnly(touched.opened())));
  }

  /// The read-only mounts that the program looked into.
  private static List<Path> readOnly(Set<Path> opened) {
    Mounts mounts = Mounts.ofThisProcess();
    Set<Path> points = new LinkedHashSet<>();
    for (Path each : opened) {
      try {
        Path point = mounts.readOnlyAt(each.toRealPath());
        if (point != null && point.getNameCount() > 0) { // the guest needs its root itself
          points.add(point);
        }
      } catch (IOException e) {
        // It was there when the program looked, and is not now.
      }
    }
    return List.copyOf(points);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// Says in one line how the observation went.
  public void tell(Notices to) {
    if (live != null) {
      to.say(live.told());
      return;
    }
    if (options.isOpen() && !whyNotLive.isEmpty()) {
      to.say("live: " + whyNotLive);
    }
    if (observed == null || kernel == null) {
      if (options.mode() != ObservationChoice.Mode.OFF) {
        to.say("the kernel was not observed: " + whyNot);
      }
      return;
    }
    to.say(
        String.format(
            Locale.ROOT,
            "observed in guest kernel %s (QEMU, emulation), %.1f s",
            kernel.release(),
            nanoseconds / 1e9));
    notes.cuts().forEach(line -> to.say(line));
    GuestResult guest = observed.guest();
    if (guest != null) {
      for (String note : guest.notes()) {
        to.say(note);
      }
    }
  }

  @Override
  public void close() {
    if (live != null) {
      live.close();
    }
    folder.close();
  }
}
