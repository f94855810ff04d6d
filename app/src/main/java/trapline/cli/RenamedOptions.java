package trapline.cli;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// Options that had other names once. The old names work on; no help or manual shows them.
final class RenamedOptions {
  private static final Map<String, String> OLD =
      Map.of(
          "--observe", "--kernel",
          "--kernel-version", "--kernel",
          "--guest-kernel", "--image",
          "--guest-file", "--include",
          "--install-debuginfo", "--install");

  private RenamedOptions() {}

  /// Adds an option under both of its names.
  static void add(CommandSpec spec, OptionSpec option) {
    spec.addOption(option);
    spec.addOption(option.toBuilder().names(old(option.longestName())).hidden(true).build());
  }

  /// Whether an option was given, by either name.
  static boolean has(ParseResult typed, String name) {
    return typed.hasMatchedOption(name) || typed.hasMatchedOption(old(name));
  }

  /// The value of an option, by either name.
  static <T> T value(ParseResult typed, String name, T otherwise) {
    return typed.hasMatchedOption(name)
        ? typed.matchedOptionValue(name, otherwise)
        : typed.matchedOptionValue(old(name), otherwise);
  }

  /// As [#value], for an option without a usual value.
  static @Nullable String text(ParseResult typed, String name) {
    return has(typed, name) ? value(typed, name, "") : null;
  }

  private static String old(String name) {
    return Objects.requireNonNull(OLD.get(name), name);
  }
}
