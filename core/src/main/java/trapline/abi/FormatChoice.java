package trapline.abi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Formats that depend on another value: what the third parameter of `fcntl` means depends on the
/// second. One table for each such parameter, read when it is first needed.
///
/// A line has the name of a constant, a tab and a format with its phase. The line `*` is for
/// everything else.
public final class FormatChoice {
  private static final Map<String, FormatChoice> LOADED = new ConcurrentHashMap<>();

  /// A format with the phase that it has in this case.
  public record Choice(Phase phase, ArgFormat format) {}

  private final List<String> keys;
  private final List<Choice> choices;

  private FormatChoice(List<String> keys, List<Choice> choices) {
    this.keys = keys;
    this.choices = choices;
  }

  /// The table of that name, or `null` when there is none.
  public static @Nullable FormatChoice of(String table) {
    FormatChoice known = LOADED.get(table);
    if (known == null) {
      String text = Resource.find("choices/" + table + ".txt");
      if (text == null) {
        return null;
      }
      List<String> keys = new ArrayList<>();
      List<Choice> choices = new ArrayList<>();
      Resource.Lines lines = Resource.lines(text);
      while (lines.advance()) {
        Choice choice = choice(lines.field(1));
        for (String key : lines.field(0).split(" ", -1)) {
          keys.add(key);
          choices.add(choice);
        }
      }
      known = new FormatChoice(List.copyOf(keys), List.copyOf(choices));
      LOADED.put(table, known);
    }
    return known;
  }

  /// Reads `format`, `out format` or `inout format`.
  static Choice choice(String text) {
    if (text.startsWith("out ")) {
      return new Choice(Phase.EXIT, ArgFormat.parse(text.substring(4)));
    }
    if (text.startsWith("inout ")) {
      return new Choice(Phase.BOTH, ArgFormat.parse(text.substring(6)));
    }
    return new Choice(Phase.ENTRY, ArgFormat.parse(text));
  }

  /// The constants that have a line of their own.
  public List<String> keys() {
    return keys;
  }

  /// The formats, in the order of [#keys].
  public List<Choice> choices() {
    return choices;
  }

  /// The format for a value.
  ///
  /// @param names the names that the value has, one for an enumeration, several for flags
  /// @return `null` when no line fits
  public @Nullable Choice find(List<String> names) {
    for (int i = 0; i < keys.size(); i++) {
      String key = keys.get(i);
      if (key.equals("*") || names.contains(key)) {
        return choices.get(i);
      }
    }
    return null;
  }
}
