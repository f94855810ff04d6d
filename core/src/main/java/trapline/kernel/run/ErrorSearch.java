package trapline.kernel.run;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import trapline.abi.Errnos;
import trapline.model.ErrorOrigin;
import trapline.model.ErrorOrigin.Kind;
import trapline.model.ErrorOrigin.Teller;
import trapline.model.Place;

/// Finds who in the kernel first said an error, in the tree of what ran.
///
/// Where the instructions were recorded, the value is followed back from the return of the call's
/// own function to the instruction that made it ([ValueOrigin]). Otherwise the last function that
/// returned the same error is believed, from call to call, down to one that called none such.
public final class ErrorSearch {
  private static final int EINTR = 4;
  private static final int EFAULT = 14;
  private static final int ENOSYS = 38;

  private static final String NO_CODE =
      "The kernel's code was not at hand, so that a function whose error was not handed on may be"
          + " taken for the one that said it.";

  private final ReturnTypes types;
  private final KernelSymbols symbols;
  private final CodeCache code;
  private final boolean hasCode;
  private final Function<String, List<Place>> places;

  /// @param types what functions return: those that return nothing or a `bool` say no errors
  /// @param symbols the kernel's functions
  /// @param code the kernel's code; [KernelCode#NONE] when it is not at hand
  /// @param places where the source defines a function, by its name; may return `null`
  public ErrorSearch(
      ReturnTypes types,
      KernelSymbols symbols,
      KernelCode code,
      Function<String, List<Place>> places) {
    this.types = types;
    this.symbols = symbols;
    this.code = new CodeCache(code, symbols);
    this.hasCode = !code.equals(KernelCode.NONE);
    this.places = places;
  }

  /// Who said the error.
  ///
  /// @param tree what ran
  /// @param errno the error that the call returned, positive; 512 to 516 when the kernel meant to
  ///     start it again
  /// @return without candidates: they need the source
  public ErrorOrigin search(CallTree tree, int errno) {
    return new Search(tree, errno).run();
  }

  /// Whether a function returned an error.
  ///
  /// @param positive whether the positive number counts, too
  private boolean says(CallNode node, int errno, boolean positive) {
    Long rax = node.rax();
    ReturnType type = types.of(node.name());
    if (rax == null || (type != null && !type.kind().mayBeError())) {
      return false;
    }
    Long returned = ReturnType.valueOf(rax, type);
    return returned != null && (isError(returned, errno) || (positive && returned == errno));
  }

  private static boolean isError(long value, int errno) {
    return value == -errno || (errno == EINTR && isRestart(value));
  }

  private static boolean isRestart(long value) {
    return value < 0 && value > -1000 && Errnos.isRestart((int) -value);
  }

  private long valueOf(CallNode node) {
    Long rax = node.rax();
    Long value = rax == null ? null : ReturnType.valueOf(rax, types.of(node.name()));
    return value == null ? 0 : value;
  }

  /// One search.
  private final class Search {
    private final @Nullable History history;
    private final CallNode root;
    private final Survey survey;
    private final int errno;

    Search(CallTree tree, int errno) {
      this.history = tree.history();
      this.root = tree.root();
      this.survey = Survey.of(tree.root());
      this.errno = errno;
    }

    ErrorOrigin run() {
      CallNode entry = survey.entry();
      CallNode seccomp = survey.seccomp();
      if (errno == ENOSYS && (entry == null ? seccomp == null : isAbsent(entry))) {
        return noSuchCall(entry);
      }
      if (entry == null && seccomp != null) {
        return answer(
            Kind.SECCOMP,
            road(root, seccomp, -errno, -1, true),
            "A seccomp filter answered; the call's own function did not run.");
      }
      CallNode outermost = outermost(entry);
      if (outermost == null) {
        return answer(
            Kind.UNKNOWN,
            List.of(),
            "No function that was seen to run returned " + Errnos.of(errno).name() + ".");
      }
      return history != null && hasCode && outermost.endPoint >= 0
          ? byInstructions(history, outermost, valueOf(outermost))
          : byTree(outermost, valueOf(outermost));
    }

    private ErrorOrigin noSuchCall(@Nullable CallNode entry) {
      String text =
          entry == null
              ? "No function of a call ran: the kernel has no call of this number."
              : Role.ABSENT.holds(entry.name())
                  ? "The kernel answers this number with sys_ni_syscall: it has no such call, or"
                      + " was built without it."
                  : "This kernel was built without the call: "
                      + entry.name()
                      + " is a stand-in that does nothing else.";
      return answer(
          Kind.NO_SUCH_CALL,
          entry == null ? List.of() : List.of(teller(entry, null, -errno, -1)),
          text);
    }

    /// Whether a call's function is only there to say that there is no such call.
    private boolean isAbsent(CallNode entry) {
      if (Role.ABSENT.holds(entry.name())) {
        return true;
      }
      int function =
          entry.address() == 0 ? symbols.named(entry.name()) : symbols.at(entry.address());
      if (function != KernelSymbols.NONE
          && symbols.name(function).equals(entry.name())
          && symbols.isWeak(function)) {
        return true;
      }
      for (CallNode call : entry.calls()) {
        if (Role.ABSENT.holds(call.name())) {
          return true;
        }
      }
      return false;
    }

    /// The outermost function that returned the error; the call's own one when it did.
    private @Nullable CallNode outermost(@Nullable CallNode entry) {
      if (entry != null && says(entry, errno, false)) {
        return entry;
      }
      List<CallNode> level = List.of(root);
      while (!level.isEmpty()) {
        CallNode found = null;
        List<CallNode> next = new ArrayList<>();
        for (CallNode node : level) {
          if (node.isEvent) {
            continue;
          }
          if (says(node, errno, false)) {
            found = node;
          }
          next.addAll(node.calls());
        }
        if (found != null) {
          return found;
        }
        level = next;
      }
      return null;
    }

    private ErrorOrigin byInstructions(History history, CallNode outermost, long value) {
      ValueOrigin.Found found = origin(history, outermost, (int) value);
      CallNode teller = found.node();
      int point = found.point();
      CallNode fault = enclosingEvent(teller);
      if (fault != null && fault.parent() != null) {
        // The answer to an exception wrote it into the registers of whom it interrupted.
        teller = fault.parent();
        point = -1;
      }
      if (found.end() == ValueOrigin.End.IN_REGISTER) {
        return byTree(outermost, value);
      }
      CallNode loaded = found.loaded();
      if (found.end() == ValueOrigin.End.IN_MEMORY) {
        if (isConstant(found)) {
          return classified(outermost, teller, value, point);
        }
        return answer(
            Kind.ELSEWHERE,
            road(outermost, teller, value, point, false),
            teller.name()
                + " found it in memory, where it had been put before this call began or by another"
                + " context.");
      }
      if (loaded != null && !handsUp(outermost, teller)) {
        return answer(
            Kind.ELSEWHERE,
            road(outermost, loaded, value, found.loadedAt(), false),
            elsewhere(loaded, teller, found.point()));
      }
      return classified(outermost, teller, value, point);
    }

    private ValueOrigin.Found origin(History history, CallNode outermost, int value) {
      CallNode from = outermost;
      while (true) {
        ValueOrigin.Found found = ValueOrigin.of(history, code, from, value);
        CallNode told =
            found.end() == ValueOrigin.End.MADE && found.loaded() == null
                ? Recognition.of(history, code, found.node(), found.point(), value)
                : null;
        if (told == null) {
          return found;
        }
        from = told; // a call of that one, so this ends
      }
    }

    private String elsewhere(CallNode loaded, CallNode setter, int point) {
      StringBuilder text = new StringBuilder(loaded.name());
      text.append(" found it in memory, where ").append(setter.name());
      text.append(" had put it while this call ran");
      List<String> callers = new ArrayList<>();
      CallNode caller = setter.parent();
      while (caller != null && callers.size() < 3 && caller != loaded) {
        callers.add(caller.name());
        caller = caller.parent();
      }
      if (!callers.isEmpty()) {
        text.append(", called by ").append(String.join(" ← ", callers));
      }
      CallNode soft = setter;
      while (soft != null && !Role.SOFTIRQ.holds(soft.name())) {
        soft = soft.parent();
      }
      if (soft != null) {
        text.append(", in a soft interrupt that this thread ran");
      }
      long offset = offset(setter, pcOf(setter, point));
      if (offset >= 0) {
        text.append(" (").append(setter.name()).append("+0x").append(Long.toHexString(offset));
        text.append(')');
      }
      return text.append('.').toString();
    }

    private ErrorOrigin classified(CallNode outermost, CallNode teller, long value, int point) {
      List<Teller> road = road(outermost, teller, value, point, false);
      if (isRestart(value) || errno == EINTR) {
        return answer(Kind.SIGNAL, road, "A signal was waiting to be delivered.");
      }
      if (errno == EFAULT) {
        return answer(Kind.USER_MEMORY, road, survey.userMemory(teller, point, history != null));
      }
      return answer(
          Kind.FUNCTION,
          road,
          history == null ? "" : converted(history, teller, point, (int) value));
    }

    /// For which other error the function said this one, in a sentence.
    private String converted(History history, CallNode teller, int point, int value) {
      if (!hasCode) {
        return NO_CODE;
      }
      if (point < 0 || history.node(point) != teller) {
        return "";
      }
      Conversion.Refusal refusal = Conversion.refused(history, code, types, teller, point, value);
      if (refusal == null) {
        return "";
      }
      CallNode first = refusal.asked();
      if (Conversion.isError(first, types)) {
        int answer = (int) Conversion.answer(first, types);
        ValueOrigin.Found found = origin(history, first, answer);
        boolean known = found.end() == ValueOrigin.End.MADE && found.loaded() == null;
        first = known ? found.node() : first;
      }
      return Conversion.sentence(teller, refusal, first, types);
    }

    private ErrorOrigin byTree(CallNode outermost, long value) {
      CallNode teller = outermost;
      CallNode below = teller;
      while (below != null) {
        teller = below;
        below = lastThatSays(teller);
      }
      return classified(outermost, teller, value, -1);
    }

    private @Nullable CallNode lastThatSays(CallNode node) {
      List<CallNode> calls = node.calls();
      for (boolean positive = false; ; positive = true) {
        for (int i = calls.size() - 1; i >= 0; i--) {
          CallNode call = calls.get(i);
          if (!call.isEvent && says(call, errno, positive)) {
            return call;
          }
        }
        if (positive) {
          return null;
        }
      }
    }

    /// Whether every function from `outermost` down to the caller of `inner` returned the error.
    private boolean handsUp(CallNode outermost, CallNode inner) {
      for (CallNode node = inner.parent(); node != null; node = node.parent()) {
        if (!says(node, errno, true)) {
          return false;
        }
        if (node == outermost) {
          return true;
        }
      }
      return inner == outermost;
    }

    private static @Nullable CallNode enclosingEvent(CallNode node) {
      CallNode outer = node;
      CallNode found = null;
      while (outer != null) {
        if (outer.isEvent) {
          found = outer;
        }
        outer = outer.parent();
      }
      return found;
    }

    /// Whether the value came from a table in the kernel's image.
    private boolean isConstant(ValueOrigin.Found found) {
      return found.loaded() != null && found.address() >>> 31 == 0x1_ffff_ffffL;
    }

    private List<Teller> road(
        CallNode outermost, CallNode inner, long value, int point, boolean whole) {
      List<Teller> road = new ArrayList<>();
      road.add(
          teller(inner, null, whole || saysValue(inner, value) ? valueOf(inner) : value, point));
      CallNode below = inner;
      CallNode node = inner == outermost ? null : inner.parent();
      while (node != null) {
        if (whole || saysValue(node, value)) {
          int call = below.firstPoint - 1;
          road.add(teller(node, below, valueOf(node), call));
        }
        below = node;
        node = node == outermost ? null : node.parent();
      }
      Collections.reverse(road);
      return road;
    }

    private boolean saysValue(CallNode node, long value) {
      return value < 0 && value >= -4095 && says(node, (int) -value, true);
    }

    /// @param called what the instruction called; `null` when it is no call
    private Teller teller(CallNode node, @Nullable CallNode called, long value, int point) {
      long pc = pcOf(node, point);
      String text = pc == 0 ? "" : called == null ? code.text(pc) : code.call(pc, called);
      return new Teller(CallTree.alone(node, types, places), value, offset(node, pc), text);
    }

    /// Where the instruction of a point is; 0 when it is not one of this function.
    private long pcOf(CallNode node, int point) {
      return history == null || point < 0 || point >= history.size() || history.node(point) != node
          ? 0
          : history.pc(point);
    }

    /// How far from its function's start an instruction is; -1 when it is in a part that was moved
    /// away.
    private long offset(CallNode node, long pc) {
      int function = pc == 0 ? KernelSymbols.NONE : symbols.at(pc);
      return function != KernelSymbols.NONE && symbols.start(function) == node.address()
          ? pc - node.address()
          : -1;
    }

    private ErrorOrigin answer(Kind kind, List<Teller> road, String explanation) {
      return new ErrorOrigin(Errnos.of(errno), kind, road, List.of(), explanation);
    }
  }
}
