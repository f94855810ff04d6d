package trapline.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Tells where a kernel function is defined: looks it up by name in several indexes, the fittest
/// first, and says which version the answer is of. An index is read only when the ones before it
/// do not know a function. Safe for use by many threads.
public final class KernelFunctions {
  /// An index to look into.
  ///
  /// @param origin where it is from, for the user
  /// @param index asked for once, when it is first needed; empty when it cannot be had after all
  public record Source(String origin, Supplier<Optional<KernelIndex>> index) {
    /// An index at hand.
    public static Source of(KernelIndex index, String origin) {
      return new Source(origin, () -> Optional.of(index));
    }
  }

  /// Where a function is.
  ///
  /// @param version which source says so
  /// @param origin where its index is from, for the user
  /// @param candidates at least one, the likeliest first: a name may be defined several times, as
  ///     static in several files or by configuration
  public record Found(KernelVersion version, String origin, List<KernelFunction> candidates) {
    public Found {
      candidates = List.copyOf(candidates);
    }

    /// Whether the name has one definition, so that it is the one.
    public boolean isCertain() {
      return candidates.size() == 1;
    }

    public KernelFunction likeliest() {
      return candidates.getFirst();
    }
  }

  private final List<Source> sources;

  /// What the sources gave so far.
  private final List<Optional<KernelIndex>> indexes = new ArrayList<>();

  private final KernelConfig config;

  /// @param sources the fittest first
  public KernelFunctions(List<Source> sources) {
    this(sources, KernelConfig.unknown());
  }

  /// @param sources the fittest first
  /// @param config of the kernel whose functions are asked for; of what it does not say, what is
  ///     usual decides
  public KernelFunctions(List<Source> sources, KernelConfig config) {
    this.sources = List.copyOf(sources);
    this.config = config;
  }

  /// The functions of the kernel's core that come with Trapline: of the version that fits a release
  /// best, see [KernelIndexSet#nearest].
  public static Source embedded(String release) {
    return new Source(
        "embedded functions",
        () -> Optional.of(KernelIndexSet.embeddedFunctions().nearest(release)));
  }

  /// Where a function is, by the first source that knows it; empty when none does.
  ///
  /// @param symbol as the running kernel names it; see [FunctionIndex#named(String)] for what is
  ///     made of `__x64_sys_socket` and `foo.isra.0`
  /// @param architecture the directory under `arch/`
  /// @throws trapline.model.MalformedBinary when an index that is come to is damaged
  public Optional<Found> find(String symbol, String architecture) {
    for (int i = 0; i < sources.size(); i++) {
      Optional<KernelIndex> index = index(i);
      Optional<FunctionIndex> functions = index.flatMap(KernelIndex::functions);
      List<KernelFunction> found =
          functions.isEmpty() ? List.of() : functions.get().named(symbol, architecture);
      if (!found.isEmpty()) {
        KernelIndex of = index.orElseThrow();
        KernelConfig usual = config.or(of.usualConfig(architecture));
        return Optional.of(new Found(of.version(), sources.get(i).origin, built(found, of, usual)));
      }
    }
    return Optional.empty();
  }

  /// Those of a name's definitions that can be in a kernel of that configuration; all of them when
  /// that leaves none.
  private static List<KernelFunction> built(
      List<KernelFunction> all, KernelIndex index, KernelConfig config) {
    if (all.size() == 1) {
      return all;
    }
    List<KernelFunction> possible = new ArrayList<>();
    boolean named = false;
    for (KernelFunction function : all) {
      List<String> gates = index.gates(function.place().file());
      if (Condition.isPossible(gates, config)) {
        possible.add(function);
        named |= !gates.contains(SyscallDefinition.NOT_BUILT);
      }
    }
    if (named) {
      // The build knows another one.
      possible.removeIf(f -> index.gates(f.place().file()).contains(SyscallDefinition.NOT_BUILT));
    }
    if (possible.stream().anyMatch(f -> !f.isStatic() && !isHeader(f))) {
      // A header's is for kernels without the one that others can call.
      possible.removeIf(KernelFunctions::isHeader);
    }
    return possible.isEmpty() ? all : possible;
  }

  private static boolean isHeader(KernelFunction function) {
    return function.place().file().endsWith(".h");
  }

  private synchronized Optional<KernelIndex> index(int number) {
    while (indexes.size() <= number) {
      indexes.add(sources.get(indexes.size()).index.get());
    }
    return indexes.get(number);
  }

  /// The same in an x86 kernel.
  public Optional<Found> find(String symbol) {
    return find(symbol, "x86");
  }
}
