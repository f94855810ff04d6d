package trapline.kernel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import trapline.model.Place;

/// A fact that some versions have, each at a line of its own.
///
/// @param key the fact without its lines
/// @param lines of each version; 0 where it has not got it
/// @param ends last lines of each version; all 0 where the fact has none
record MergedFact<K>(K key, List<Integer> lines, List<Integer> ends) {
  /// The same fact twice in one version is two facts.
  private record Occurrence<K>(K key, int number) {}

  /// The line in the newest version that has it.
  int newest() {
    for (int i = lines.size() - 1; i >= 0; i--) {
      if (lines.get(i) != 0) {
        return lines.get(i);
      }
    }
    return 0;
  }

  /// Joins what is equal but for its lines, in the order in which it is first met.
  ///
  /// @param perVersion the facts of each version
  /// @param without the fact without its lines
  /// @param place where it is; its line is not 0
  /// @param end its last line; 0 where it has none
  static <T> List<MergedFact<T>> merge(
      List<? extends List<T>> perVersion,
      UnaryOperator<T> without,
      Function<T, Place> place,
      ToIntFunction<T> end) {
    Map<Occurrence<T>, MergedFact<T>> merged = new HashMap<>();
    List<MergedFact<T>> all = new ArrayList<>();
    for (int i = 0; i < perVersion.size(); i++) {
      Map<T, Integer> seen = new HashMap<>();
      for (T fact : perVersion.get(i)) {
        T key = without.apply(fact);
        Occurrence<T> occurrence = new Occurrence<>(key, seen.merge(key, 1, Integer::sum));
        MergedFact<T> record = merged.get(occurrence);
        if (record == null) {
          record = new MergedFact<>(key, zeros(perVersion.size()), zeros(perVersion.size()));
          merged.put(occurrence, record);
          all.add(record);
        }
        record.lines().set(i, place.apply(fact).line());
        record.ends().set(i, end.applyAsInt(fact));
      }
    }
    return all;
  }

  private static List<Integer> zeros(int count) {
    return new ArrayList<>(Collections.nCopies(count, 0));
  }
}
