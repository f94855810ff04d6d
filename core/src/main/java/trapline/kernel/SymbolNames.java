package trapline.kernel;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// From a symbol of a running kernel to the names that its source may have in the function index.
///
/// - As it is, first.
/// - Without what the compiler appended: `.isra.0`, `.constprop.0`, `.part.0`, `.cold`,
///   `.llvm.123`: a C name holds no dot.
/// - Without what the build put before it: `__pfx_` (the padding before a function), `__cfi_`,
///   `__pi_` (code that runs before relocation), `__kvm_nvhe_`, `__efistub_`.
/// - A system call's functions `__x64_sys_socket`, `__do_sys_socket`, `__se_sys_socket`,
///   `__ia32_compat_sys_ioctl`: the entry point (`sys_socket`, `compat_sys_ioctl`), under which the
///   macros of the `SYSCALL_DEFINE` family are kept (`arch/*/include/asm/syscall_wrapper.h`).
/// - `____bpf_name` and `__exc_name`, which `BPF_CALL_n` and `DEFINE_IDTENTRY` make: without the
///   underscores.
final class SymbolNames {
  private static final List<String> PREFIXES =
      List.of("__pfx_", "__cfi_", "__pi_", "__kvm_nvhe_", "__efistub_");

  private SymbolNames() {}

  static Set<String> inSource(String symbol) {
    Set<String> names = new LinkedHashSet<>();
    names.add(symbol);
    int dot = symbol.indexOf('.');
    String name = dot > 0 ? symbol.substring(0, dot) : symbol;
    names.add(name);
    for (String prefix : PREFIXES) {
      if (name.startsWith(prefix) && name.length() > prefix.length()) {
        name = name.substring(prefix.length());
        names.add(name);
      }
    }
    if (name.startsWith("__")) {
      int sys = name.indexOf("_sys_", 2);
      int compat = name.indexOf("_compat_sys_", 2);
      int entry = compat > 0 ? compat : sys;
      if (entry > 2 && name.indexOf('_', 2) == entry) {
        names.add(name.substring(entry + 1));
      } else if (name.startsWith("____") && name.length() > 4) {
        names.add(name.substring(4));
      } else if (name.startsWith("__exc_") || name.startsWith("__sysvec_")) {
        names.add(name.substring(2));
      }
    }
    return names;
  }
}
