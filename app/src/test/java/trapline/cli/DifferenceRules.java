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
  /// @param what what may differ there, or ALONE
  /// @param replacement what is put in its place; of calls that are made in one run only what they
  ///     look like
  private record Rule(String name, Pattern calls, Pattern what, String replacement) {
    /// Whether it is about calls that are made in one run only.
    boolean isAlone() {
      return what.pattern().equals("ALONE");
    }
  }

  private static final List<String> GENERAL = List.of("style", "race");

  private final List<Rule> rules;

  /// @param program whose own rules hold, too; empty for none
  DifferenceRules(String program) {
    this.rules = read(program);
  }

  private static List<Rule> read(String program) {
    List<Rule> rules = new ArrayList<>();
    for (String line : Matrix.source("strace-differences.txt").split("\n", -1)) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] fields = line.strip().split(" {2,}", -1);
      if (fields.length != 5) {
        throw new AssertionError("not kind, name, calls, pattern, replacement: " + line);
      }
      List<String> kinds = List.of(fields[0].split(","));
      if (!GENERAL.contains(fields[0]) && !kinds.contains(program)) {
        continue;
      }
      rules.add(
          new Rule(
              (GENERAL.contains(fields[0]) ? fields[0] : "timed") + " " + fields[1],
              Pattern.compile(fields[2]),
              Pattern.compile(fields[3]),
              fields[4].equals("''") ? "" : fields[4]));
    }
    return rules;
  }

  /// Why a call may have been made in one run only; `null` when nothing says so.
  @Nullable String alone(CallLine line) {
    for (Rule rule : rules) {
      if (rule.isAlone()
          && rule.calls().matcher(line.name()).matches()
          && line.text().matches(rule.replacement())) {
        return rule.name();
      }
    }
    return null;
  }

  /// A line without all that may differ.
  String masked(CallLine line) {
    return masked(line.name(), line.text(), null);
  }

  private String masked(String name, String text, @Nullable String but) {
    String masked = text;
    for (Rule rule : rules) {
      masked = rule.name().equals(but) ? masked : apply(rule, name, masked);
    }
    return masked;
  }

  /// The rules without which two lines would not be the same.
  ///
  /// @return empty when they are the same as they stand; `null` when no rules make them so
  @Nullable Set<String> between(CallLine ours, CallLine theirs) {
    if (!ours.name().equals(theirs.name())) {
      return null;
    }
    // A number that is the same in both is that number, though a thread may have it in one.
    Set<String> plain = between(ours.name(), ours.plain(), theirs.plain());
    return plain != null ? plain : between(ours.name(), ours.text(), theirs.text());
  }

  private @Nullable Set<String> between(String name, String ours, String theirs) {
    if (ours.equals(theirs)) {
      return Set.of();
    }
    if (!masked(name, ours, null).equals(masked(name, theirs, null))) {
      return null;
    }
    Set<String> used = new LinkedHashSet<>();
    Set<String> needed = new LinkedHashSet<>();
    for (Rule each : rules) {
      if (!apply(each, name, ours).equals(ours) || !apply(each, name, theirs).equals(theirs)) {
        used.add(each.name());
      }
      String mine = masked(name, ours, each.name());
      if (!mine.equals(masked(name, theirs, each.name()))) {
        needed.add(each.name());
      }
    }
    return needed.isEmpty() ? used : needed;
  }

  private static String apply(Rule rule, String name, String text) {
    return !rule.isAlone() && rule.calls().matcher(name).matches()
        ? rule.what().matcher(text).replaceAll(rule.replacement())
        : text;
  }
}
