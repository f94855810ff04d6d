package trapline.linux.loader;

import java.util.ArrayList;
import java.util.List;

/// What glibc before 2.37 chose libraries by: directories with the names of what a processor has
/// (`dl-hwcaps.c` of these versions), and the same as bits in `ld.so.cache`.
///
/// @param platform `haswell`, `xeon_phi` or empty
/// @param avx512 whether the processor has what is called `avx512_1`
/// @param known whether the dynamic linker goes by such things at all
record LegacyCapabilities(String platform, boolean avx512, boolean known) {
  static final LegacyCapabilities NONE = new LegacyCapabilities("", false, false);

  /// `HWCAP_X86_64` and `HWCAP_X86_AVX512_1`.
  private static final long X86_64 = 1 << 1;

  private static final long AVX512_1 = 1 << 2;

  /// Any of the bits of platforms, of which an entry has one; and that of `tls`.
  private static final long PLATFORMS = 0xfL << 48;

  private static final long HASWELL = 1L << 50;
  private static final long XEON_PHI = 1L << 51;
  private static final long TLS = 1L << 63;

  /// The subdirectories that are searched before a directory itself, best first: each choice of
  /// the names, in their order.
  List<String> subdirectories() {
    List<String> all = new ArrayList<>();
    if (!known) {
      return all;
    }
    List<String> names = new ArrayList<>(List.of("tls"));
    if (!platform.isEmpty()) {
      names.add(platform);
    }
    if (avx512) {
      names.add("avx512_1");
    }
    names.add("x86_64");
    for (int choice = (1 << names.size()) - 1; choice > 0; choice--) {
      List<String> chosen = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        if (((choice >> (names.size() - 1 - i)) & 1) != 0) {
          chosen.add(names.get(i));
        }
      }
      all.add(String.join("/", chosen));
    }
    return all;
  }

  /// Whether a library that needs something can be used.
  ///
  /// @param needs as `ld.so.cache` has it; 0 for nothing
  boolean meets(long needs) {
    if (!known) {
      return needs == 0;
    }
    long mine =
        switch (platform) {
          case "haswell" -> HASWELL;
          case "xeon_phi" -> XEON_PHI;
          default -> 0;
        };
    long has = X86_64 | (avx512 ? AVX512_1 : 0) | TLS | mine;
    return (needs & ~has) == 0 && ((needs & PLATFORMS) == 0 || (needs & PLATFORMS) == mine);
  }
}
