package trapline.kernel.run;

/// Which of several symbols at one address names the function best.
///
/// A call without arguments has one function under `__do_sys_NAME`, `__ia32_sys_NAME` and
/// `__x64_sys_NAME` (`arch/x86/include/asm/syscall_wrapper.h`); linker scripts put `__*_text_start`
/// and `__*_text_end` where a function begins (`include/asm-generic/vmlinux.lds.h`).
final class SymbolRank {
  private SymbolRank() {}

  /// A number that is higher for the better name.
  ///
  /// @param type nm(1)'s letter
  static int of(String name, char type) {
    int rank = type == 'T' ? 200 : type == 't' ? 100 : 150;
    if (name.startsWith("__x64_")) {
      rank += 500;
    } else if (name.startsWith("__ia32_") || name.startsWith("__x32_")) {
      rank += 300;
    } else if (isBoundary(name)) {
      rank -= 1000;
    }
    if (name.indexOf('.') > 0) {
      rank -= 20;
    }
    int underscores = 0;
    while (underscores < name.length() && name.charAt(underscores) == '_') {
      underscores++;
    }
    return rank - underscores;
  }

  private static boolean isBoundary(String name) {
    return name.endsWith("_start")
        || name.endsWith("_end")
        || name.endsWith("_array")
        || name.equals("_text")
        || name.equals("_stext")
        || name.equals("_sinittext");
  }
}
