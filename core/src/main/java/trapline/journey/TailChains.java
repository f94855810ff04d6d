package trapline.journey;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import trapline.model.RemoteAddress;

/// Searches the chains of tail calls from one function to another.
///
/// No chain takes a call twice. Where there are several chains, only what all of them begin and end
/// with is certain.
///
/// @param <C> a tail call
final class TailChains<C> {
  /// How many functions and calls one search looks at.
  private static final int MOST_STEPS = 2_000;

  private static final int MOST_FUNCTIONS = 200;
  private static final int MOST_CALLS = 16;

  /// A tail call and where it leads.
  record Way<C>(C call, RemoteAddress target) {}

  /// Lists a function's tail calls.
  interface Exits<C> {
    /// @param function where it is entered
    /// @return `null` when they are not known
    @Nullable List<Way<C>> of(RemoteAddress function);
  }

  private final Exits<C> exits;
  private final Predicate<RemoteAddress> goal;
  private final boolean lenient;
  private final Map<RemoteAddress, List<Way<C>>> known = new HashMap<>();
  private final List<C> chain = new ArrayList<>();
  private final Set<C> taken = new HashSet<>();
  private @Nullable List<C> first;
  private int outer;
  private int inner;
  private int steps;
  private boolean lost;

  /// @param goal whether an address is the function to find
  /// @param lenient whether to go on where a function's tail calls are not known
  TailChains(Exits<C> exits, Predicate<RemoteAddress> goal, boolean lenient) {
    this.exits = exits;
    this.goal = goal;
    this.lenient = lenient;
  }

  /// The calls that all chains from a function to the goal have in common, innermost first.
  ///
  /// @return `null` when there is no chain, or when it could not be found out
  @Nullable List<C> from(RemoteAddress function) {
    follow(function);
    List<C> found = first;
    if (lost || found == null) {
      return null;
    }
    List<C> common = new ArrayList<>();
    for (int i = found.size() - 1; i >= 0; i--) {
      if (i < outer || i >= found.size() - inner) {
        common.add(found.get(i));
      }
    }
    return common;
  }

  /// Whether there may be a chain that the search did not single out.
  boolean isUndecided() {
    return lost || (first != null && outer == 0 && inner == 0);
  }

  private void follow(RemoteAddress function) {
    if (++steps > MOST_STEPS || known.size() > MOST_FUNCTIONS) {
      lost = true;
      return;
    }
    List<Way<C>> ways = known.get(function);
    if (ways == null) {
      ways = exits.of(function);
      if (ways == null) {
        lost = !lenient;
        ways = List.of();
      }
      known.put(function, ways);
    }
    for (Way<C> way : ways) {
      if (lost || (first != null && outer == 0 && inner == 0)) {
        return;
      }
      if (chain.size() == MOST_CALLS || !taken.add(way.call())) {
        continue;
      }
      chain.add(way.call());
      if (goal.test(way.target())) {
        reached();
      } else {
        follow(way.target());
      }
      chain.removeLast();
      taken.remove(way.call());
    }
  }

  private void reached() {
    List<C> found = first;
    if (found == null) {
      first = List.copyOf(chain);
      outer = chain.size();
      inner = chain.size();
      return;
    }
    int same = 0;
    while (same < Math.min(outer, chain.size()) && found.get(same).equals(chain.get(same))) {
      same++;
    }
    outer = same;
    same = 0;
    while (same < Math.min(inner, chain.size())
        && found.get(found.size() - 1 - same).equals(chain.get(chain.size() - 1 - same))) {
      same++;
    }
    inner = same;
  }
}
