package trapline.follow;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import trapline.abi.Signals;
import trapline.capture.Capture;
import trapline.capture.TraceEvent;
import trapline.journey.ReturnTrace;
import trapline.model.Diagnostic;
import trapline.model.Registers;

/// The ways of threads back from their calls: those that end at once, those that run to their
/// caller, and those that wait for a signal handler to return.
final class WaysBack {
  private record OnTheWay(ReturnedCall returned, WayBack way) {}

  private final Capture capture;
  private final ReturnStepper stepper;
  private final BiConsumer<ReturnedCall, ReturnTrace> ended;
  private final Map<Integer, OnTheWay> running = new HashMap<>();
  private final HandlersAwaited<ReturnedCall> handlersAwaited = new HandlersAwaited<>();

  /// @param ended takes each way when it has ended
  WaysBack(Capture capture, ReturnStepper stepper, BiConsumer<ReturnedCall, ReturnTrace> ended) {
    this.capture = capture;
    this.stepper = stepper;
    this.ended = ended;
  }

  /// Begins the way of a thread that is stopped at the end of its call. It runs on here.
  void begin(ReturnedCall returned) {
    Registers exit = returned.departure().registers();
    goOn(returned, new WayBack(exit, returned.call().arrival().returnPoint()));
  }

  private void goOn(ReturnedCall returned, WayBack way) {
    int thread = returned.thread();
    ReturnTrace trace = stepper.step(thread, way, returned.process().memory());
    if (trace != null) {
      if (!way.handled().isEmpty()) {
        String what = "the program handled " + way.handled() + " on the way back";
        returned.call().arrival().note(new Diagnostic("signal", what, ""));
      }
      ended.accept(returned, trace);
    } else if (way.isRunning()) {
      running.put(thread, new OnTheWay(returned, way));
    } else {
      handlersAwaited.add(thread, returned, way);
    }
  }

  /// Takes what has happened to a thread, which may have been left to run to its caller.
  void take(TraceEvent event) {
    int thread = event.threadId();
    OnTheWay back = running.isEmpty() ? null : running.get(thread);
    if (back == null || stepper.isUnderWay(thread)) {
      return;
    }
    running.remove(thread);
    switch (event) {
      case TraceEvent.Reached _ -> reached(back);
      case TraceEvent.Signalled signalled -> signalled(back, signalled);
      case TraceEvent.Ended _ -> end(back, "the thread ended");
      case TraceEvent.Execed _ -> end(back, "the process runs another program from here on");
      default -> end(back, "the library makes another system call first");
    }
  }

  private void reached(OnTheWay back) {
    Registers registers = capture.registers(back.returned().thread());
    if (registers == null) {
      end(back, "the thread ended");
    } else {
      back.way().stopped(registers);
      goOn(back.returned(), back.way());
    }
  }

  private void signalled(OnTheWay back, TraceEvent.Signalled signalled) {
    int thread = signalled.threadId();
    Registers registers = capture.registers(thread);
    String signal = Signals.name(signalled.signal());
    if (registers != null && stepper.handlesPending(thread)) {
      back.way().stopped(registers);
      back.way().interrupted(signal);
      handlersAwaited.add(thread, back.returned(), back.way());
    } else {
      end(back, signal + " arrived");
    }
  }

  private void end(OnTheWay back, String why) {
    ended.accept(back.returned(), back.way().ended(why));
  }

  /// A signal handler has returned.
  void handlerReturned(TraceEvent.Exited exited) {
    HandlersAwaited.Interrupted<ReturnedCall> found =
        handlersAwaited.returned(exited.threadId(), exited.registers());
    if (found != null) {
      goOn(found.call(), found.way());
    }
  }

  /// A thread makes a call, which may show that a handler has left a way by a jump.
  void entered(TraceEvent.Entered entered) {
    giveUp(handlersAwaited.left(entered.threadId(), entered.registers()), "did not return there");
  }

  /// A thread runs another program from here on, or is gone.
  ///
  /// @param did what the handler did that ran
  void left(int thread, String did) {
    giveUp(handlersAwaited.ended(thread), did);
  }

  /// No more will be seen.
  void endAll() {
    giveUp(handlersAwaited.all(), "had not returned when Trapline stopped looking");
    for (OnTheWay back : List.copyOf(running.values())) {
      end(back, "the library had not returned when Trapline stopped looking");
    }
    running.clear();
  }

  /// @param did what the handler did instead of returning
  private void giveUp(List<HandlersAwaited.Interrupted<ReturnedCall>> left, String did) {
    for (HandlersAwaited.Interrupted<ReturnedCall> each : left) {
      WayBack way = each.way();
      ended.accept(each.call(), way.ended(way.handled() + " arrived, and its handler " + did));
    }
  }
}
