package trapline.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Why a call may read otherwise in two runs under two tracers: the named rules of
/// `strace-differences.txt`.
final class DifferenceRules {
  /// @param calls the names of the calls that it is about
  /// @param what what may differ there
  private record Rule(String name, Pattern calls, Pattern what, String replacement) {}

  private static final List<Rule> RULES = read();

  private DifferenceRules() {}

  private static List<Rule> read() {
    List<Rule> rules = new ArrayList<>();
    for (String line : Matrix.source("strace-differences.txt").split("\n", -1)) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] fields = line.strip().split(" {2,}", -1);
      if (fields.length != 5) {
        throw new AssertionError("not kind, name, calls, pattern, replacement: " + line);
      }
      rules.add(
          new Rule(
              fields[0] + " " + fields[1],
              Pattern.compile(fields[2]),
              Pattern.compile(fields[3]),
              fields[4].equals("''") ? "" : fields[4]));
    }
    return rules;
  }

  /// A line without all that may differ.
  static String masked(CallLine line) {
    String text = line.text();
    for (Rule rule : RULES) {
      text = apply(rule, line.name(), text);
    }
    return text;
  }

  /// The rules without which two lines would not be the same.
  ///
  /// @return empty when they are the same as they stand; `null` when no rules make them so
  static @Nullable Set<String> between(CallLine ours, CallLine theirs) {
    if (ours.text().equals(theirs.text())) {
      return Set.of();
    }
    if (!ours.name().equals(theirs.name()) || !masked(ours).equals(masked(theirs))) {
      return null;
    }
    Set<String> needed = new LinkedHashSet<>();
    for (Rule each : RULES) {
      String mine = ours.text();
      String other = theirs.text();
      for (Rule rule : RULES) {
        if (!rule.name().equals(each.name())) {
          mine = apply(rule, ours.name(), mine);
          other = apply(rule, theirs.name(), other);
        }
      }
      if (!mine.equals(other)) {
        needed.add(each.name());
      }
    }
    return needed.isEmpty() ? Set.of("several rules") : needed;
  }

  private static String apply(Rule rule, String name, String text) {
    return rule.calls().matcher(name).matches()
        ? rule.what().matcher(text).replaceAll(rule.replacement())
        : text;
  }
}
