package trapline.journey;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import trapline.dwarf.DebugInfo;
import trapline.dwarf.MacroDefinition;
import trapline.model.Hop;
import trapline.model.MalformedBinary;
import trapline.model.Place;
import trapline.model.RemoteAddress;
import trapline.model.Unsupported;

/// Gathers the macros that the source lines around a trap use, as the debug information of `-g3`
/// defines them there.
final class UsedMacros {
  private static final Pattern IDENTIFIER = Pattern.compile("\\b[A-Za-z_]\\w*");

  /// What is no code: strings, characters and comments.
  private static final Pattern NO_CODE =
      Pattern.compile("\"(?:\\\\.|[^\"\\\\])*\"|'(?:\\\\.|[^'\\\\])*'|//.*|/\\*.*?(?:\\*/|$)");

  private final Wrappers.Trap trap;
  private final Set<Hop.Macro> used = new LinkedHashSet<>();

  UsedMacros(Wrappers.Trap trap) {
    this.trap = trap;
  }

  /// Adds those that a line uses.
  ///
  /// @param place of a level that the trap is in
  /// @param text the line; `null` when it is not known
  void add(@Nullable Place place, @Nullable String text) {
    DebugInfo info = trap.image().debugInfo();
    if (place == null || text == null || info == null) {
      return;
    }
    Set<String> names = new LinkedHashSet<>();
    Matcher identifier = IDENTIFIER.matcher(NO_CODE.matcher(text).replaceAll(" "));
    while (identifier.find()) {
      names.add(identifier.group());
    }
    try {
      RemoteAddress at = new RemoteAddress(trap.instruction().address());
      for (MacroDefinition each : info.macrosAt(trap.image().link(at), place, names)) {
        used.add(new Hop.Macro(each.text(), each.place()));
      }
    } catch (MalformedBinary | Unsupported e) {
      return; // the line stands by itself
    }
  }

  List<Hop.Macro> list() {
    return List.copyOf(used);
  }
}
