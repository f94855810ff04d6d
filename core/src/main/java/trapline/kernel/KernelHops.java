package trapline.kernel;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import trapline.model.Hop;
import trapline.model.HopKind;
import trapline.model.KernelFacts;
import trapline.model.SyscallId;

/// Builds the kernel's four hops of a journey: kernel-entry, table-row, declaration and
/// implementation.
public final class KernelHops {
  private final KernelIndex index;
  private final @Nullable KernelSource tree;
  private final String origin;
  private final RunningKernel running;

  /// @param index the facts
  /// @param origin where they are from, for the user: `embedded index`, or the tree's path
  /// @param tree where to read the implementations' text; `null` when no tree is at hand
  /// @param running what confirms them; [RunningKernel#NONE] when there is nothing to ask
  public KernelHops(
      KernelIndex index, String origin, @Nullable KernelSource tree, RunningKernel running) {
    this.index = index;
    this.origin = origin;
    this.tree = tree;
    this.running = running;
  }

  /// Which kernel runs and which one the facts are from.
  public KernelFacts facts() {
    VersionMatch match = index.match(running.release());
    return new KernelFacts(running.release(), index.version().text(), match.exact(), origin);
  }

  /// The sentence about [#facts] for the user.
  public VersionMatch match() {
    return index.match(running.release());
  }

  /// The call's name in the table; empty when the number has no row.
  public Optional<String> name(SyscallId id) {
    return index.facts(id.abi(), id.number()).map(facts -> facts.row().name());
  }

  /// Exactly four hops in the order of [HopKind]. A hop that cannot be established is
  /// [Hop.Missing] with why and what to do.
  public List<Hop> hops(SyscallId id) {
    String why = "no kernel source is indexed" + (tree == null ? "" : " for " + tree.origin());
    return List.of(
        new Hop.Missing(HopKind.KERNEL_ENTRY, why, ""),
        new Hop.Missing(HopKind.TABLE_ROW, why, ""),
        new Hop.Missing(HopKind.DECLARATION, why, ""),
        new Hop.Missing(HopKind.IMPLEMENTATION, why, ""));
  }
}
