package trapline.report;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import trapline.model.Diagnostic;
import trapline.model.Hop;
import trapline.model.HopKind;
import trapline.model.Journey;
import trapline.model.KernelFacts;

/// What a run's reports have said already, and need not say again: the kernel's part of a call, and
/// notes on what is not known.
///
/// Reports only read it; whoever prints them adds what was printed.
@SuppressWarnings("IfChainToSwitch") // see CallHeader.outcome
public final class Told {
  /// A program that makes code as it runs has ever new notes.
  private static final int MOST = 10_000;

  private static final Set<HopKind> KERNEL_PART =
      Set.of(HopKind.KERNEL_ENTRY, HopKind.TABLE_ROW, HopKind.DECLARATION, HopKind.IMPLEMENTATION);

  private record Note(String why, String remedy) {}

  private record KernelPart(KernelFacts facts, List<Hop> hops) {}

  private final Set<Note> notes = new HashSet<>();
  private final Set<KernelFacts> facts = new HashSet<>();
  private final Set<KernelPart> kernelParts = new HashSet<>();

  /// Nothing was said yet.
  public Told() {}

  /// Remembers what the report of a journey says.
  public void add(Journey journey) {
    if (notes.size() + kernelParts.size() >= MOST) {
      return;
    }
    facts.add(journey.kernel());
    kernelParts.add(kernelPart(journey));
    for (Hop hop : journey.hops()) {
      if (hop instanceof Hop.Missing missing) {
        add(missing.why(), missing.remedy());
      } else if (hop instanceof Hop.SourceLine line) {
        add(line.textMissing(), "");
        add(line.stackEnd(), "");
      } else if (hop instanceof Hop.Wrapper wrapper) {
        add(wrapper.placeMissing(), "");
      } else if (hop instanceof Hop.Return back) {
        add(back.note(), "");
      }
    }
    for (Diagnostic diagnostic : journey.diagnostics()) {
      add(diagnostic.where() + ": " + diagnostic.what(), diagnostic.remedy());
    }
  }

  private void add(String why, String remedy) {
    if (!why.isEmpty()) {
      notes.add(new Note(why, remedy));
    }
  }

  private static KernelPart kernelPart(Journey journey) {
    List<Hop> hops = new ArrayList<>(KERNEL_PART.size());
    for (Hop hop : journey.hops()) {
      if (KERNEL_PART.contains(hop.kind())) {
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
