package trapline.journey;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.model.Argument;
import trapline.model.Diagnostic;
import trapline.model.Hop;
import trapline.model.HopKind;
import trapline.model.SyscallId;

/// The way of one call from one stack, as the files tell it. It is the same each time; what the
/// arguments and the memory of the moment have to say is added for each call.
final class Exploration {
  private final SyscallId id;
  private final Wrappers.@Nullable Trap trap;
  private final String trapText;
  private final CallSites.Found site;
  private final @Nullable Branch branch;
  private final String called;
  private final String library;
  private final Hop sourceLine;
  private final List<Hop> kernel;
  private final Quotes quotes;
  private final Set<Diagnostic> notes;

  private List<Argument> lastArguments = List.of();
  private @Nullable Hop lastCallSite;
  private @Nullable Hop wrapper;
  private @Nullable Hop wrapperAtDirectory;

  /// @param called the name by which the program called the library's function
  /// @param library the C library's name and version
  /// @param notes what a reader should know of it
  Exploration(
      SyscallId id,
      Wrappers.@Nullable Trap trap,
      String trapText,
      CallSites.Found site,
      String called,
      String library,
      Hop sourceLine,
      List<Hop> kernel,
      Quotes quotes,
      Set<Diagnostic> notes) {
    this.id = id;
    this.trap = trap;
    this.trapText = trapText;
    this.site = site;
    this.branch = site.branch();
    this.called = called;
    this.library = library;
    this.sourceLine = sourceLine;
    this.kernel = kernel;
    this.quotes = quotes;
    this.notes = notes;
  }

  Wrappers.@Nullable Trap trap() {
    return trap;
  }

  /// The trapping instruction; empty when it cannot be read.
  String trapText() {
    return trapText;
  }

  Hop sourceLine() {
    return sourceLine;
  }

  List<Hop> kernel() {
    return kernel;
  }

  Set<Diagnostic> notes() {
    return notes;
  }

  Hop callSite(CallStack stack, String name, List<Argument> arguments, AddressSpace space) {
    if (space.at(stack.callFrame().lookupPc()) == null) {
      return MemoryCode.callSite(stack, space);
    }
    Hop last = lastCallSite;
    if (last == null || !arguments.equals(lastArguments)) {
      last = CallSites.hop(site, stack, id, name, called, arguments);
      lastCallSite = last;
      lastArguments = arguments;
    }
    return last;
  }

  Hop plt(CallStack stack, AddressSpace space, SlotHistory history, boolean bindNow) {
    Image image = space.at(stack.callFrame().lookupPc());
    boolean ownless = site.missing() != null && !stack.alone().isEmpty();
    return image == null || ownless
        ? new Hop.Missing(
            HopKind.PLT,
            ownless ? stack.alone() : space.whyNoImage(stack.callFrame().lookupPc()),
            "")
        : PltLookup.hop(site, branch, image, space, history, bindNow, stack.call() == 1);
  }

  Hop wrapper(CallStack stack, String name, List<Argument> arguments) {
    boolean atDirectory = Wrappers.isAtDirectory(arguments);
    Hop known = atDirectory ? wrapperAtDirectory : wrapper;
    if (known == null) {
      known =
          Wrappers.withText(
              Wrappers.hop(stack, trap, id, name, called, arguments, library), trap, quotes);
      if (atDirectory) {
        wrapperAtDirectory = known;
      } else {
        wrapper = known;
      }
    }
    return known;
  }
}
