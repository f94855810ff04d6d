package trapline.elf;

import org.jspecify.annotations.Nullable;
import trapline.model.LinkAddress;

/// One symbol (gABI, "Symbol Table").
///
/// @param index its position in its table
/// @param name without its version
/// @param address `st_value`
/// @param size in bytes; 0 when not stated
/// @param type `STT_*`: [#FUNC] and so on
/// @param binding `STB_*`: 0 local, 1 global, 2 weak, 10 unique
/// @param visibility `STV_*`: 0 default, 1 internal, 2 hidden, 3 protected
/// @param section index of the section that defines it; 0 when it is undefined, 0xfff1 when
///     absolute
/// @param version `null` when it has none
public record Symbol(
    int index,
    String name,
    LinkAddress address,
    long size,
    int type,
    int binding,
    int visibility,
    int section,
    @Nullable SymbolVersion version) {
  public static final int NOTYPE = 0;
  public static final int OBJECT = 1;
  public static final int FUNC = 2;
  public static final int SECTION = 3;
  public static final int FILE = 4;
  public static final int TLS = 6;
  public static final int GNU_IFUNC = 10;

  public boolean isDefined() {
    return section != 0;
  }

  /// Whether it names code: a function, or the resolver of an indirect function.
  public boolean isFunction() {
    return type == FUNC || type == GNU_IFUNC;
  }

  /// Whether its address is a resolver's, whose result is the function (`STT_GNU_IFUNC`).
  public boolean isIndirect() {
    return type == GNU_IFUNC;
  }

  /// Whether the address lies inside its stated size.
  public boolean contains(LinkAddress at) {
    return Long.compareUnsigned(at.value() - address.value(), size) < 0;
  }

  /// The name with its version, as readelf writes it: `socket@GLIBC_2.2.5`.
  public String versionedName() {
    return version == null ? name : name + version.suffix();
  }
}
