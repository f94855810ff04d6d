package trapline.kernel.run;

import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;

/// A kernel's own type information: what its functions return.
public final class Btf implements ReturnTypes {
  /// @param section `/sys/kernel/btf/vmlinux`, or the section `.BTF` of the kernel's image
  /// @throws trapline.model.MalformedBinary when its header is not right
  public static Btf of(Bytes section) {
    throw new UnsupportedOperationException("" + section);
  }

  private Btf() {}

  @Override
  public @Nullable ReturnType of(String function) {
    throw new UnsupportedOperationException(function);
  }
}
