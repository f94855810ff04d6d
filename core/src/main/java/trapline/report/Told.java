package trapline.report;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.model.CodeLine;
import trapline.model.Diagnostic;
import trapline.model.Hop;
import trapline.model.HopKind;
import trapline.model.Journey;
import trapline.model.KernelFacts;
import trapline.model.Place;

/// What a run's reports have said already, and need not say again: the kernel's part of a call,
/// the library's instructions, callers, and notes on what is not known.
///
/// Reports only read it; whoever prints them adds what was printed.
@SuppressWarnings("IfChainToSwitch") // see CallHeader.outcome
public final class Told {
  /// A program that makes code as it runs has ever new notes, instructions and stacks.
  private static final int MOST = 50_000;

  private record Note(String why, String remedy) {}

  private record KernelPart(KernelFacts facts, List<Hop> hops) {}

  private final Set<Note> notes = new HashSet<>();
  private final Set<KernelFacts> facts = new HashSet<>();
  private final Set<KernelPart> kernelParts = new HashSet<>();

  /// Facts as text, each kind with a first character of its own. Text, because the methods of a
  /// record are linked when they are first used, which takes a millisecond for each record.
  private final Set<String> shown = new HashSet<>();

  private final ToldStacks stacks = new ToldStacks();
  private @Nullable String program;

  /// Nothing was said yet.
  public Told() {}

  /// Remembers what the report of a journey says.
  public void add(Journey journey) {
    program = program(journey);
    if (notes.size() + kernelParts.size() + shown.size() >= MOST) {
      return;
    }
    facts.add(journey.kernel());
    kernelParts.add(kernelPart(journey));
    Road road = new Road(journey);
    for (Hop hop : journey.hops()) {
      if (hop instanceof Hop.Missing missing) {
        add(missing.why(), missing.remedy());
      } else {
        add(road, hop);
      }
    }
    for (Diagnostic diagnostic : journey.diagnostics()) {
      add(diagnostic.where() + ": " + diagnostic.what(), diagnostic.remedy());
    }
  }

  private void add(Road road, Hop hop) {
    switch (hop.kind()) {
      case SOURCE_LINE -> {
        Hop.SourceLine line = (Hop.SourceLine) hop;
        add(line.textMissing(), "");
        add(line.stackEnd(), "");
        stacks.add(line);
      }
      case CALL_SITE -> {
        Hop.CallSite site = (Hop.CallSite) hop;
        add(site.module(), site.code());
      }
      case PLT -> {
        Hop.Plt plt = (Hop.Plt) hop;
        shown.add(slot(plt));
        shown.add(binding(plt));
      }
      case WRAPPER -> {
        Hop.Wrapper wrapper = (Hop.Wrapper) hop;
        add(wrapper.placeMissing(), "");
        shown.add(library(wrapper, road.callingModule()));
        shown.add(function(wrapper));
        add(wrapper.module(), wrapper.code());
      }
      case KERNEL_ENTRY -> shown.add(wayIn((Hop.KernelEntry) hop));
      case TABLE_ROW -> shown.add(table((Hop.TableRow) hop));
      case RETURN -> {
        Hop.Return back = (Hop.Return) hop;
        add(back.note(), "");
        add(wayBack(road), back.code());
      }
      case SYSCALL_INSTRUCTION, KERNEL_FUNCTION -> {} // shown in full with each journey
      case DECLARATION, IMPLEMENTATION -> {} // kernelPart has them
    }
  }

  private void add(String why, String remedy) {
    if (!why.isEmpty()) {
      notes.add(new Note(why, remedy));
    }
  }

  private void add(String module, List<CodeLine> code) {
    for (CodeLine line : code) {
      String instruction = instruction(module, line);
      shown.add(instruction);
      if (!line.note().isEmpty()) {
        shown.add(instruction + '\0' + line.note());
      }
    }
  }

  /// Whether no journey was shown yet: the first one is shown with all that belongs to it.
  boolean isEmpty() {
    return program == null;
  }

  /// Whether the journey before was one of the same program.
  boolean isSameProgram(Journey journey) {
    return program(journey).equals(program);
  }

  private static String program(Journey journey) {
    return journey.program().name() + '\0' + journey.program().file();
  }

  /// The index in `stack` from which on all callers were shown, to the end of the stack and why it
  /// ends there.
  int callersFrom(Hop.SourceLine line) {
    return stacks.knownFrom(line);
  }

  /// Whether the slot of the linkage table, and where it leads to, was shown.
  boolean hasSlot(Hop.Plt plt) {
    return shown.contains(slot(plt));
  }

  /// Whether it is no news how the slot that was shown got its target.
  boolean hasBinding(Hop.Plt plt) {
    return plt.binding() == Hop.Binding.BY_EARLIER_CALL
        || (plt.binding() != Hop.Binding.ON_THIS_CALL
            && plt.binding() != Hop.Binding.SINCE_LAST_STOP
            && shown.contains(binding(plt)));
  }

  private static String slot(Hop.Plt plt) {
    return "p"
        + (plt.stub() + '\0' + plt.section() + '\0' + plt.relocation() + '\0' + plt.symbol())
        + ('\0' + plt.version() + '\0' + plt.library() + '\0' + plt.note() + '\0')
        + (plt.stubAddress().isPresent() ? plt.stubAddress().get().value() : 0)
        + (" " + plt.slot().value() + " " + plt.slotLinkAddress().value() + " ")
        + plt.target().value();
  }

  private static String binding(Hop.Plt plt) {
    return "b" + plt.slot().value() + " " + plt.target().value() + " " + plt.binding().text();
  }

  /// Whether the library was named.
  ///
  /// @param callingModule the object file that called it
  boolean hasLibrary(Hop.Wrapper wrapper, String callingModule) {
    return shown.contains(library(wrapper, callingModule));
  }

  private static String library(Hop.Wrapper wrapper, String callingModule) {
    return "l"
        + wrapper.module()
        + '\0'
        + wrapper.library()
        + '\0'
        + wrapper.module().equals(callingModule);
  }

  /// Whether the function that traps was shown: its source, and its instructions with all that is
  /// noted of them.
  ///
  /// @param branch what the way back says of the branch behind the trap
  boolean hasFunction(Hop.Wrapper wrapper, String branch) {
    if (!shown.contains(function(wrapper))) {
      return false;
    }
    for (CodeLine line : wrapper.code()) {
      String instruction = instruction(wrapper.module(), line);
      if (!shown.contains(instruction)
          || !(line.note().isEmpty()
              || line.note().equals(branch)
              || shown.contains(instruction + '\0' + line.note()))) {
        return false;
      }
    }
    return true;
  }

  private static String function(Hop.Wrapper wrapper) {
    StringBuilder key = new StringBuilder("f");
    key.append(wrapper.module()).append('\0').append(wrapper.function()).append('\0');
    key.append(text(wrapper.place())).append('\0').append(wrapper.text());
    for (Hop.InlinedCall call : wrapper.inlined()) {
      key.append('\0').append(call.function()).append('\0').append(call.callee());
      key.append('\0').append(text(call.place())).append('\0').append(call.text());
    }
    for (Hop.Macro macro : wrapper.macros()) {
      key.append('\0').append(macro.text()).append('\0').append(text(macro.place()));
    }
    return key.toString();
  }

  private static String text(@Nullable Place place) {
    return place == null ? "" : place.toString();
  }

  /// Whether the instruction was shown, with what is noted of it.
  boolean hasCode(String module, CodeLine line) {
    String instruction = instruction(module, line);
    return shown.contains(line.note().isEmpty() ? instruction : instruction + '\0' + line.note());
  }

  /// The same for an instruction on the way back, which may be the library's or its caller's.
  boolean hasCodeBack(Road road, CodeLine line) {
    return hasCode(wayBack(road), line)
        || (road.get(HopKind.WRAPPER) instanceof Hop.Wrapper wrapper
            && hasCode(wrapper.module(), line));
  }

  private static String wayBack(Road road) {
    return "back\0" + road.trapModule();
  }

  private static String instruction(String module, CodeLine line) {
    return "i" + module + '\0' + line.linkAddress().value() + '\0' + line.symbol() + line.text();
  }

  /// Whether the way to the call's own function in the kernel was shown, which all calls share.
  boolean hasWayIn(Hop.KernelEntry entry) {
    return entry.path().size() > 1 && shown.contains(wayIn(entry));
  }

  private static String wayIn(Hop.KernelEntry entry) {
    StringBuilder key = new StringBuilder("e").append(entry.note());
    key.append('\0').append(entry.evidence().mark());
    List<Hop.KernelSymbol> path = entry.path();
    for (int i = 0; i < path.size() - 1; i++) {
      Hop.KernelSymbol symbol = path.get(i);
      key.append('\0').append(symbol.name()).append('\0').append(symbol.address());
      key.append('\0').append(text(symbol.place()));
    }
    return key.toString();
  }

  /// Whether it was shown which file the table is in.
  boolean hasTable(Hop.TableRow row) {
    return shown.contains(table(row));
  }

  private static String table(Hop.TableRow row) {
    return "t" + row.place().file();
  }

  private static KernelPart kernelPart(Journey journey) {
    List<Hop> hops = new ArrayList<>();
    for (Hop hop : journey.hops()) {
      if (hop.kind().side() == HopKind.Side.KERNEL && hop.kind() != HopKind.KERNEL_FUNCTION) {
        hops.add(hop);
      }
    }
    return new KernelPart(journey.kernel(), hops);
  }

  /// Whether all that is known of the kernel's part of this call, but for what ran, was said.
  boolean hasKernelPart(Journey journey) {
    return kernelParts.contains(kernelPart(journey));
  }

  /// Whether it was said which kernel runs, and how well the facts fit it.
  boolean hasFacts(KernelFacts kernel) {
    return facts.contains(kernel);
  }

  boolean has(Diagnostic diagnostic) {
    return has(diagnostic.where() + ": " + diagnostic.what(), diagnostic.remedy());
  }

  boolean has(String why, String remedy) {
    return notes.contains(new Note(why, remedy));
  }
}
