package trapline.elf;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A value computed once, when it is first asked for. Safe for use by many threads.
final class Lazy<T> implements Supplier<T> {
  private final Supplier<? extends T> compute;
  private volatile @Nullable T value;

  Lazy(Supplier<? extends T> compute) {
    this.compute = compute;
  }

  @Override
  public T get() {
    T known = value;
    return known != null ? known : computeOnce();
  }

  private synchronized T computeOnce() {
    T known = value;
    if (known == null) {
      known = compute.get();
      value = known;
    }
    return known;
  }
}
