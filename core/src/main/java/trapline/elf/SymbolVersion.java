package trapline.elf;

/// The version of a dynamic symbol (LSB, "Symbol Versioning").
///
/// @param name such as `GLIBC_2.2.5`
/// @param library the needed file that the version is asked of, such as `libc.so.6`; empty for a
///     version that this file defines itself, and for a version known by a symbol's name only
/// @param isDefault whether the linker binds to it when no version is named (`@@`)
public record SymbolVersion(String name, String library, boolean isDefault) {
  /// As readelf and nm write it: `@GLIBC_2.2.5` or `@@GLIBC_2.2.5`.
  public String suffix() {
    return (isDefault ? "@@" : "@") + name;
  }
}
