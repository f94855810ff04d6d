package trapline.journey;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.code.Flow;
import trapline.dwarf.CallSite;
import trapline.dwarf.DebugInfo;
import trapline.elf.Symbol;
import trapline.model.Evidence;
import trapline.model.LinkAddress;
import trapline.model.MalformedBinary;
import trapline.model.RemoteAddress;
import trapline.model.Unsupported;
import trapline.unwind.PhysicalFrame;
import trapline.unwind.UnwindModule;

/// Finds the functions that have left the stack by a tail call: a jump to another function, which
/// then returns in their place.
///
/// Such functions are between a call whose return address is on the stack and the function that
/// is found running inside it, where the one is not the other. Three sources, the first that tells:
///
/// 1. the debug information's call sites, as gdb uses them: the chain of tail calls that alone
///    leads from the call's target to the running function; of several, what they have in common at
///    their ends;
/// 2. the same with the jumps that the functions' code has (`inferred`);
/// 3. the fact that the called function is not the one that runs: it was left somehow
///    (`inferred`).
///
/// Chains are remembered: a program takes the same ones again and again.
final class TailCalls {
  private static final int MOST_REMEMBERED = 4096;
  private static final int MOST_REENTERED = 100;

  /// The length of a direct call's instruction.
  private static final int DIRECT_CALL = 5;

  private static final Evidence BY_CODE =
      new Evidence.Inferred("a jump in the called function leads here");
  private static final Evidence BY_CALL =
      new Evidence.Inferred("the call leads to this function, which has left by a jump");
  private static final Evidence BY_SEVERAL =
      new Evidence.Inferred("several jumps of this function lead on, and one of them was made");

  /// A function that made a tail call.
  ///
  /// @param pc the address behind the jump; where the function starts when the jump is not known
  /// @param lookupPc an address in the jump, or where the function starts
  record TailCall(RemoteAddress pc, RemoteAddress lookupPc, Evidence evidence) {
    boolean isJumpKnown() {
      return !pc.equals(lookupPc);
    }
  }

  private record Pair(Image caller, long behind, Image callee, long function) {}

  private final Map<Pair, List<TailCall>> chains = new HashMap<>();
  private final Map<Image, Map<Long, FunctionExits>> exits = new HashMap<>();

  /// A stack with the frames of tail calls put in.
  List<PhysicalFrame> insertedInto(List<PhysicalFrame> frames, AddressSpace space) {
    List<PhysicalFrame> all = new ArrayList<>();
    for (int i = 0; i < frames.size(); i++) {
      PhysicalFrame callee = frames.get(i);
      all.add(callee);
      if (i + 1 < frames.size() && !callee.signal()) {
        PhysicalFrame caller = frames.get(i + 1);
        for (TailCall call : between(callee, caller, space)) {
          Image image = space.at(call.lookupPc());
          all.add(
              new PhysicalFrame(
                  call.pc(),
                  call.lookupPc(),
                  callee.cfa(),
                  caller.registers(),
                  false,
                  true,
                  image == null ? "" : image.name(),
                  call.evidence()));
        }
      }
    }
    return all;
  }

  /// The tail calls between a frame and the one that it returns to, innermost first.
  private List<TailCall> between(PhysicalFrame callee, PhysicalFrame caller, AddressSpace space) {
    Image at = space.at(callee.lookupPc());
    Image from = space.at(caller.lookupPc());
    if (at != null && caller.signal()) {
      return inHandler(at, callee, caller, space);
    }
    if (at == null || from == null) {
      return List.of();
    }
    UnwindModule.FunctionRange running = at.function(at.link(callee.lookupPc()));
    if (running == null) {
      return List.of();
    }
    Pair pair = new Pair(from, from.link(caller.pc()).value(), at, running.start());
    List<TailCall> known = chains.get(pair);
    if (known == null) {
      if (chains.size() >= MOST_REMEMBERED) {
        chains.clear();
      }
      known = find(at, callee, from, caller, space);
      chains.put(pair, known);
    }
    return known;
  }

  /// The kernel has called a signal handler: which one, was seen then.
  private List<TailCall> inHandler(
      Image at, PhysicalFrame callee, PhysicalFrame caller, AddressSpace space) {
    RemoteAddress handler = space.handlerAt(new RemoteAddress(callee.cfa().value() - 8));
    Goal goal = new Goal(at, callee.lookupPc());
    try {
      return handler == null || goal.isReachedAt(handler, space)
          ? List.of()
          : byCode(goal, handler, callee, caller, space);
    } catch (MalformedBinary | Unsupported e) {
      return List.of();
    }
  }

  private List<TailCall> find(
      Image at, PhysicalFrame callee, Image from, PhysicalFrame caller, AddressSpace space) {
    try {
      Goal goal = new Goal(at, callee.lookupPc());
      if (isPlainCall(from, caller.pc(), goal, space)) {
        return List.of();
      }
      FunctionCode code = FunctionCode.endingAt(from, caller.lookupPc(), caller.pc().value());
      int index = code == null ? -1 : code.indexEndingAt(caller.pc().value());
      if (code == null || index < 0) {
        return List.of();
      }
      Branch branch = Branch.of(code, index, from);
      // A pointer in memory may lead elsewhere by now than it did at the call.
      RemoteAddress target = branch.isFixed() ? branch.target(space) : null;
      if (target != null && goal.isReachedAt(target, space)) {
        return List.of();
      }
      List<TailCall> stated = byDebugInfo(goal, from, caller, target, space);
      if (stated != null) {
        return stated;
      }
      if (target == null || isResolver(at, from)) {
        return List.of();
      }
      return byCode(goal, target, callee, caller, space);
    } catch (MalformedBinary | Unsupported e) {
      return List.of();
    }
  }

  /// Whether the bytes before a return address are a direct call to where it is known to have led.
  /// Most are, and then the calling function need not be decoded. Bytes that only look like a call
  /// lead elsewhere.
  private static boolean isPlainCall(
      Image from, RemoteAddress behind, Goal goal, AddressSpace space) {
    long start = from.link(behind).value() - DIRECT_CALL;
    FunctionCode code = FunctionCode.decode(from, start, DIRECT_CALL);
    if (code == null || code.size() != 1 || code.get(0).flow() != Flow.CALL) {
      return false;
    }
    RemoteAddress target = Branch.of(code, 0, from).target(space);
    return target != null && goal.isReachedAt(target, space);
  }

  /// The dynamic linker runs between a call and the function that it leads to while it binds it.
  private static boolean isResolver(Image callee, Image caller) {
    return callee.role() == Image.Role.LOADER && caller.role() != Image.Role.LOADER;
  }

  /// The function that a search must come to.
  private record Goal(Image image, RemoteAddress within) {
    boolean isReachedAt(RemoteAddress target, AddressSpace space) {
      if (!image.equals(space.at(target))) {
        return false;
      }
      return target.equals(within)
          || isOneFunction(target)
          || entryOf(image, target).equals(entryOf(image, within));
    }

    /// Whether the symbols or unwind entries have both in one function. Only where they do not, the
    /// debug information has to be read: it knows the parts that were split off.
    private boolean isOneFunction(RemoteAddress target) {
      UnwindModule.FunctionRange called = image.function(image.link(target));
      UnwindModule.FunctionRange running = image.function(image.link(within));
      return called != null && running != null && called.start() == running.start();
    }
  }

  /// Where the function around an address is entered: by its debug information, which knows the
  /// parts that were split off, else by its symbol or unwind entry.
  private static RemoteAddress entryOf(Image image, RemoteAddress address) {
    LinkAddress link = image.link(address);
    DebugInfo info = image.role() == Image.Role.VDSO ? null : image.debugInfo();
    if (info != null) {
      LinkAddress entry = info.subprogramAt(link).map(each -> each.entry()).orElse(null);
      if (entry != null) {
        return image.remote(entry);
      }
    }
    UnwindModule.FunctionRange range = image.function(link);
    return range == null ? address : image.remote(new LinkAddress(range.start()));
  }

  /// As gdb does it: only where debug information states all that is asked for.
  ///
  /// @param target where the call's instruction leads every time; `null` when it does not tell
  /// @return `null` when it does not
  private static @Nullable List<TailCall> byDebugInfo(
      Goal goal,
      Image from,
      PhysicalFrame caller,
      @Nullable RemoteAddress target,
      AddressSpace space) {
    DebugInfo info = from.debugInfo();
    CallSite site = info == null ? null : info.callReturningTo(from.link(caller.pc())).orElse(null);
    if (site == null) {
      return null;
    }
    RemoteAddress called = target != null ? target : targetOf(site, from);
    if (called == null) {
      return null;
    }
    if (goal.isReachedAt(called, space)) {
      return List.of();
    }
    List<TailCall> chain =
        new TailChains<TailCall>(
                function -> stated(function, space), each -> goal.isReachedAt(each, space), false)
            .from(called);
    return chain == null || chain.isEmpty() ? null : asGdb(chain);
  }

  /// Of chains that part, gdb has what is before the first fork and behind the last one. What is
  /// between them is certain, too, where a fork is only of jumps from one function to one place.
  private static List<TailCall> asGdb(List<TailCall> chain) {
    List<TailCall> found = new ArrayList<>(chain);
    int first = 0;
    while (first < found.size() && found.get(first).isJumpKnown()) {
      first++;
    }
    int last = found.size() - 1;
    while (last > first && found.get(last).isJumpKnown()) {
      last--;
    }
    for (int i = first + 1; i < last; i++) {
      found.set(i, new TailCall(found.get(i).pc(), found.get(i).lookupPc(), BY_SEVERAL));
    }
    return found;
  }

  /// Jumps of one function to one place as one: that one of them was made is certain.
  private static List<TailChains.Way<TailCall>> joined(
      RemoteAddress function, List<TailChains.Way<TailCall>> ways) {
    Map<RemoteAddress, TailChains.Way<TailCall>> byTarget = new LinkedHashMap<>();
    TailCall one = new TailCall(function, function, BY_SEVERAL);
    for (TailChains.Way<TailCall> way : ways) {
      byTarget.merge(
          way.target(), way, (first, second) -> new TailChains.Way<>(one, first.target()));
    }
    return List.copyOf(byTarget.values());
  }

  /// The tail calls that the debug information states of a function.
  ///
  /// @return `null` when it does not state them all
  private static @Nullable List<TailChains.Way<TailCall>> stated(
      RemoteAddress function, AddressSpace space) {
    Image image = space.at(function);
    DebugInfo info = image == null ? null : image.debugInfo();
    CallSite.TailCalls calls =
        image == null || info == null ? null : info.tailCallsOf(image.link(function)).orElse(null);
    if (image == null || calls == null) {
      return null;
    }
    List<TailChains.Way<TailCall>> ways = new ArrayList<>();
    for (CallSite call : calls.complete() ? calls.calls() : List.<CallSite>of()) {
      RemoteAddress behind = behind(call, image);
      RemoteAddress next = behind == null ? null : jumpTarget(call, behind, image, space);
      if (behind == null || next == null) {
        return null;
      }
      Evidence evidence = new Evidence.DebugInfo(image.debug().file());
      ways.add(new TailChains.Way<>(tailCall(behind, evidence), next));
    }
    return joined(function, ways);
  }

  /// Whether the call before a frame's return address surely leads straight to the function around
  /// an address.
  static boolean isDirect(
      PhysicalFrame caller, Image from, RemoteAddress within, AddressSpace space) {
    FunctionCode code = FunctionCode.endingAt(from, caller.lookupPc(), caller.pc().value());
    int index = code == null ? -1 : code.indexEndingAt(caller.pc().value());
    Branch branch = code == null || index < 0 ? null : Branch.of(code, index, from);
    RemoteAddress target = branch == null || !branch.isFixed() ? null : branch.target(space);
    return target != null && isEntry(target, within, space);
  }

  /// Whether the function around one address is the one around another.
  static boolean isEntry(RemoteAddress target, RemoteAddress within, AddressSpace space) {
    Image at = space.at(within);
    return at != null && new Goal(at, within).isReachedAt(target, space);
  }

  /// Whether a function may come to be entered again in its own stead, so that what it was passed
  /// first does not hold any more.
  static boolean mayReenter(Image image, RemoteAddress within, AddressSpace space) {
    Goal goal = new Goal(image, within);
    Set<RemoteAddress> seen = new HashSet<>();
    Deque<RemoteAddress> open = new ArrayDeque<>(List.of(entryOf(image, within)));
    while (!open.isEmpty()) {
      RemoteAddress function = open.remove();
      if (!seen.add(function)) {
        continue;
      }
      List<TailChains.Way<TailCall>> ways = stated(function, space);
      if (ways == null || seen.size() > MOST_REENTERED) {
        return true;
      }
      for (TailChains.Way<TailCall> way : ways) {
        if (goal.isReachedAt(way.target(), space)) {
          return true;
        }
        Image next = space.at(way.target());
        // Other object files seldom call back, and a stripped one would end all certainty.
        if (image.equals(next)) {
          open.add(way.target());
        }
      }
    }
    return false;
  }

  private static TailCall tailCall(RemoteAddress behind, Evidence evidence) {
    return new TailCall(behind, new RemoteAddress(behind.value() - 1), evidence);
  }

  /// The address behind a call that the debug information describes.
  private static @Nullable RemoteAddress behind(CallSite call, Image image) {
    RemoteAddress at = image.remote(call.address());
    if (!call.isCall()) {
      return at;
    }
    trapline.code.Instruction instruction = FunctionCode.single(image, at);
    return instruction == null ? null : new RemoteAddress(instruction.next());
  }

  /// Where a described call leads: the instruction knows better than a name.
  private static @Nullable RemoteAddress jumpTarget(
      CallSite call, RemoteAddress behind, Image image, AddressSpace space) {
    RemoteAddress inside = new RemoteAddress(behind.value() - 1);
    FunctionCode code = FunctionCode.endingAt(image, inside, behind.value());
    int index = code == null ? -1 : code.indexEndingAt(behind.value());
    Branch branch = code == null || index < 0 ? null : Branch.of(code, index, image);
    RemoteAddress target = branch == null || !branch.isFixed() ? null : branch.target(space);
    return target != null ? target : targetOf(call, image);
  }

  private static @Nullable RemoteAddress targetOf(CallSite call, Image image) {
    return switch (call.target()) {
      case CallSite.Target.Function(List<LinkAddress> entries) -> image.remote(entries.getFirst());
      case CallSite.Target.Named(String name) -> {
        for (Symbol symbol : image.elf().symbols().named(name)) {
          if (symbol.isDefined() && symbol.isFunction() && !symbol.isIndirect()) {
            yield image.remote(symbol.address());
          }
        }
        yield null;
      }
      case CallSite.Target.Computed _, CallSite.Target.Unknown _ -> null;
    };
  }

  private List<TailCall> byCode(
      Goal goal,
      RemoteAddress target,
      PhysicalFrame callee,
      PhysicalFrame caller,
      AddressSpace space) {
    RemoteAddress entry = entryOf(goal.image(), goal.within());
    TailChains.Exits<TailCall> read =
        function -> {
          List<TailChains.Way<TailCall>> ways = new ArrayList<>();
          FunctionExits of = exits(function, space);
          for (FunctionExits.Exit exit : of == null ? List.<FunctionExits.Exit>of() : of.jumps()) {
            RemoteAddress next = exit.branch().target(space);
            // What a pointer holds now is only taken for the last jump: that one was made.
            if (next != null && (exit.branch().isFixed() || goal.isReachedAt(next, space))) {
              ways.add(new TailChains.Way<>(tailCall(exit.behind(), BY_CODE), next));
            }
          }
          return joined(function, ways);
        };
    TailChains<TailCall> search =
        new TailChains<>(read, each -> goal.isReachedAt(each, space), true);
    List<TailCall> chain = search.from(target);
    if (chain != null && !chain.isEmpty()) {
      return chain;
    }
    FunctionExits called = exits(target, space);
    if (called == null
        || isGuess(callee.evidence())
        || isGuess(caller.evidence())
        || leadsInto(called, goal.image(), entry, space)) {
      return List.of();
    }
    return List.of(
        search.isUndecided() ? new TailCall(target, target, BY_CALL) : leftSomehow(called, target));
  }

  private static boolean isGuess(Evidence evidence) {
    return evidence instanceof Evidence.Inferred;
  }

  /// Whether the running code is a part of the called function, or of one that it jumps to.
  private static boolean leadsInto(
      FunctionExits called, Image image, RemoteAddress entry, AddressSpace space) {
    for (RemoteAddress part : called.parts()) {
      if (image.equals(space.at(part)) && entryOf(image, part).equals(entry)) {
        return true;
      }
    }
    return false;
  }

  /// The called function, when it is not known how it has got to the running one: with the jump
  /// where it has only one whose target cannot be told.
  private static TailCall leftSomehow(FunctionExits called, RemoteAddress target) {
    RemoteAddress behind = null;
    for (FunctionExits.Exit exit : called.jumps()) {
      Branch branch = exit.branch();
      if (branch.direct() == null && branch.slot() == null) {
        if (behind != null) {
          return new TailCall(target, target, BY_CALL);
        }
        behind = exit.behind();
      }
    }
    return behind == null ? new TailCall(target, target, BY_CALL) : tailCall(behind, BY_CALL);
  }

  private @Nullable FunctionExits exits(RemoteAddress function, AddressSpace space) {
    Image image = space.at(function);
    if (image == null) {
      return null;
    }
    Map<Long, FunctionExits> known = exits.computeIfAbsent(image, key -> new HashMap<>());
    if (known.size() >= MOST_REMEMBERED) {
      known.clear();
    }
    return known.computeIfAbsent(
        image.link(function).value(), key -> FunctionExits.of(image, function));
  }
}
