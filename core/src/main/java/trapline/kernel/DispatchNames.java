package trapline.kernel;

import java.util.Map;

/// How a dispatch names the functions of entry points: it puts a prefix before them, which may
/// depend on the row, and a few of these names stand for others.
///
/// Until 5.11 x86 called `__x64_sys_read` for the rows of `common` and `__x32_compat_sys_ioctl` for
/// those of `x32`, while `__x32_sys_readv` stood for `__x64_sys_readv`
/// (`arch/x86/entry/syscall_x32.c`).
///
/// @param prefix such as `__x64_`; empty when an entry point is called by its own name
/// @param ofRows other prefixes, by the second column of the rows that they are for
/// @param aliases functions by the name that the prefix makes
public record DispatchNames(
    String prefix, Map<String, String> ofRows, Map<String, String> aliases) {
  public DispatchNames {
    ofRows = Map.copyOf(ofRows);
    aliases = Map.copyOf(aliases);
  }

  /// One prefix for every row.
  public static DispatchNames of(String prefix) {
    return new DispatchNames(prefix, Map.of(), Map.of());
  }

  /// The function that a row of the table leads to.
  ///
  /// @param tableAbi the row's second column
  public String symbol(String tableAbi, String entry) {
    String symbol = ofRows.getOrDefault(tableAbi, prefix) + entry;
    return aliases.getOrDefault(symbol, symbol);
  }
}
