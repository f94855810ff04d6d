package trapline.kernel.source;

import java.util.Arrays;

/// The heads that branches of one `#if` choose from for one body. The last of them is still being
/// read, and is not here.
final class HeadAlternatives {
  private static final int MAX = 8;

  private final DeclarationHead[] heads = new DeclarationHead[MAX];
  private int count;
  private int level;

  /// Behind the `#endif` of the condition.
  private int end;

  HeadAlternatives() {
    Arrays.setAll(heads, i -> new DeclarationHead());
  }

  void clear() {
    count = 0;
  }

  int count() {
    return count;
  }

  DeclarationHead get(int i) {
    return heads[i];
  }

  /// @param conditions how many are open
  void add(DeclarationHead head, int conditions) {
    if (count < MAX) {
      heads[count++].set(head);
      level = conditions;
    }
  }

  /// An `#endif` has come.
  ///
  /// @param conditions how many are open before it
  /// @param at behind it
  void endif(int conditions, int at) {
    if (conditions == level) {
      end = at;
    }
  }

  /// Forgets them when they are heads of other bodies than the one that begins.
  ///
  /// @param conditions how many are open
  void keepFor(DeclarationHead head, int conditions) {
    if (conditions >= level || head.nameStart > end) {
      count = 0;
    }
  }
}
