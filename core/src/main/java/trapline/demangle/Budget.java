package trapline.demangle;

/// Bounds depth and work of one name, so that back references, which can stand for each other, cost
/// neither the stack nor minutes.
final class Budget {
  private static final int MAX_DEPTH = 512;
  private static final int MAX_WORK = 200_000;

  private int depth;
  private int work;

  /// Goes one level down; every call needs a [#leave()].
  void enter() {
    spend();
    if (++depth > MAX_DEPTH) {
      throw NotMangled.INSTANCE;
    }
  }

  void leave() {
    depth--;
  }

  void spend() {
    if (++work > MAX_WORK) {
      throw NotMangled.INSTANCE;
    }
  }
}
