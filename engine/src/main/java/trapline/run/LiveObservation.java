package trapline.run;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import trapline.follow.CallWatch;
import trapline.follow.FailureSession.Failure;
import trapline.linux.proc.LiveKernel;
import trapline.linux.ptrace.Tracer;
import trapline.linux.tracefs.TracingAbility;
import trapline.linux.tracefs.TracingAbility.Values;
import trapline.linux.tracefs.TracingFailure;
import trapline.model.Explanation;
import trapline.why.LiveExplanations;
import trapline.why.LiveObserver;
import trapline.why.LiveTools;

/// The running kernel's tracer in one run of a command.
final class LiveObservation implements AutoCloseable {
  /// Taking the tracer out of the kernel takes it long on a slow machine. The virtual machine must
  /// not end before, whatever asks it to.
  private static final int PATIENCE_SECONDS = 60;

  private final CountDownLatch closed = new CountDownLatch(1);
  private final TracingAbility.Able able;
  private final LiveTools tools;
  private final LiveObserver observer;
  private final Notices notices;
  private final String release;
  private boolean secondRun;

  private LiveObservation(
      TracingAbility.Able able,
      LiveTools tools,
      LiveObserver observer,
      Notices notices,
      String release) {
    this.able = able;
    this.tools = tools;
    this.observer = observer;
    this.notices = notices;
    this.release = release;
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(this::awaitClosed, "tracer"));
    } catch (IllegalStateException e) {
      return; // it is being ended already; what is left then the next run removes
    }
  }

  private void awaitClosed() {
    try {
      if (!closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        notices.say("the kernel's tracer is left as it is; the next run removes it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Prepares the tracer.
  ///
  /// @throws RunException when the kernel refuses it
  static LiveObservation open(
      TracingAbility.Able able, ObservationChoice options, Notices notices) {
    LiveKernel kernel = LiveKernel.whenAsked();
    LiveTools tools =
        new LiveTools(
            kernel.release(),
            () ->
                KernelChoice.of(notices)
                    .observed(kernel.release(), kernel.version(), options.source()));
    try {
      return new LiveObservation(
          able, tools, LiveObserver.open(able, tools), notices, kernel.release());
    } catch (TracingFailure e) {
      throw failure(e);
    }
  }

  static RunException failure(TracingFailure e) {
    return new RunException(
        RunException.Problem.NOT_OBSERVED,
        "--observe live: " + e.getMessage() + "; or --observe vm");
  }

  /// Why it cannot be asked for, in one line with the remedy.
  static RunException failure(TracingAbility.Unable unable) {
    return new RunException(
        RunException.Problem.NOT_OBSERVED,
        "--observe live: " + unable.why() + "; " + unable.remedy() + ", or --observe vm");
  }

  CallWatch watch() {
    return observer;
  }

  /// Whether failures can be explained without running the program a second time.
  static boolean tellsValues(TracingAbility.Able able) {
    return able.values() == Values.TRACER;
  }

  void begin(Tracer tracer) {
    try {
      observer.begin(tracer);
    } catch (TracingFailure e) {
      throw failure(e);
    }
  }

  /// @param again runs the program once more with a watch, and gives the calls that failed then
  List<Explanation> explain(List<Failure> failures, Function<LiveObserver, List<Failure>> again) {
    close();
    try {
      return new LiveExplanations(able, tools)
          .of(
              failures,
              second -> {
                secondRun = true;
                notices.say(
                    "this kernel's tracer gives no return values: running the program a"
                        + " second time, with return probes; its output is not shown");
                return again.apply(second);
              });
    } catch (TracingFailure e) {
      throw failure(e);
    }
  }

  /// One line on how it went.
  String told() {
    return "observed on the running kernel "
        + release
        + (secondRun ? " (live), in a second run of the program" : " (live)");
  }

  @Override
  public void close() {
    try {
      observer.close();
    } catch (TracingFailure e) {
      notices.say(e.getMessage() + "; the next run tries again");
    } finally {
      closed.countDown();
    }
  }
}
