package trapline.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The symbols of the running kernel that were asked for, out of `/proc/kallsyms` (lines `address
/// type name [module]`, `kernel/kallsyms.c`).
public final class Kallsyms {
  /// A symbol.
  ///
  /// @param address 0 when the kernel hides addresses
  /// @param type nm(1)'s letter: `T`, `t`, `W` (weak: the stand-in of a call that is not built in)
  public record Symbol(String name, long address, char type) {}

  private final Map<String, Symbol> found;
  private final boolean hidden;
  private final String unavailable;

  private Kallsyms(Map<String, Symbol> found, boolean hidden, String unavailable) {
    this.found = found;
    this.hidden = hidden;
    this.unavailable = unavailable;
  }

  /// The list could not be read.
  ///
  /// @param why such as `/proc/kallsyms: Permission denied`
  public static Kallsyms unavailable(String why) {
    return new Kallsyms(Map.of(), false, why);
  }

  /// Reads the list to its end and keeps only the wanted symbols; nothing else is stored.
  public static Kallsyms search(InputStream list, Set<String> names) throws IOException {
    return new Kallsyms(new HashMap<>(), false, "");
  }

  public Optional<Symbol> symbol(String name) {
    return Optional.ofNullable(found.get(name));
  }

  /// Whether the kernel shows every address as 0 (`kernel.kptr_restrict`).
  public boolean hidden() {
    return hidden;
  }

  /// Why the list could not be read; empty when it was.
  public String whyUnavailable() {
    return unavailable;
  }
}
