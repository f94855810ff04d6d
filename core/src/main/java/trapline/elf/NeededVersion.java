package trapline.elf;

/// A version that a file needs of another one (`DT_VERNEED`; LSB, "Symbol Versioning"). The dynamic
/// linker does not start a program when a library lacks one that is not weak.
///
/// @param library the needed file, such as `libc.so.6`
/// @param name such as `GLIBC_2.34`
/// @param isWeak whether it may be absent: all symbols of it are weak
public record NeededVersion(String library, String name, boolean isWeak) {}
