package trapline.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import trapline.kernel.KernelIndex;
import trapline.kernel.KernelIndexSet;
import trapline.kernel.KernelVersion;
import trapline.kernel.RunningKernel;
import trapline.kernel.VersionMatch;
import trapline.run.KernelChoice;

/// The option `--kernel-version`: whose facts the user wants.
///
/// @param set all versions at hand
/// @param index the chosen one of them
/// @param origin where it is from, for the user
/// @param relation how it relates to the running kernel, or to what was asked for
/// @param ownSeries whether it was chosen for the running kernel, and is of its series
record KernelOption(
    KernelIndexSet set, KernelIndex index, String origin, String relation, boolean ownSeries) {
  static final String NAME = "--kernel-version";

  static void addTo(CommandSpec spec) {
    RenamedOptions.add(
        spec,
        OptionSpec.builder(NAME)
            .paramLabel("VERSION|TREE|TARBALL|INDEX")
            .type(String.class)
            .description(
                "The kernel's version, such as 6.12, or its source, or a file that trapline index"
                    + " wrote (default: the nearest to the running one).")
            .build());
  }

  /// What the user typed; `null` when the option was not given.
  static @Nullable String typed(ParseResult typed) {
    return RenamedOptions.text(typed, NAME);
  }

  /// @param typed what the user typed; `null` for what serves the running kernel best
  /// @param err where the reading of a source is shown
  /// @throws CommandFailure when it is neither a version nor a place with an index or a source
  static KernelOption of(@Nullable String typed, RunningKernel running, PrintStream err) {
    KernelChoice choice = KernelChoice.of(new TerminalNotices(err));
    KernelIndexSet set = KernelIndexSet.embedded();
    if (typed == null) {
      KernelChoice.Chosen best = choice.running(running);
      VersionMatch match = best.index().match(running.release(), running.version());
      return new KernelOption(
          set, best.index(), best.origin(), match.sentence(), match.isOwnSeries());
    }
    if (KernelChoice.isPlace(typed)) {
      KernelChoice.Chosen at = choice.at(Path.of(typed), NAME + " " + typed);
      String relation = "facts from " + at.index().version().text();
      return new KernelOption(set, at.index(), at.origin(), relation, false);
    }
    String version = version(typed);
    if (version.isEmpty()) {
      throw new CommandFailure(
          ExitStatus.USAGE,
          NAME + " " + typed + ": no version, file or directory; indexed are " + releases(choice));
    }
    KernelChoice.Chosen chosen = choice.version(version);
    return new KernelOption(
        set, chosen.index(), chosen.origin(), relation(version, chosen.index().version()), false);
  }

  /// The index of exactly that release, series or place.
  ///
  /// @param option how the user named it, for the message
  /// @param err where the reading of a source is shown
  static KernelOption exactly(String typed, String option, PrintStream err) {
    KernelChoice choice = KernelChoice.of(new TerminalNotices(err));
    KernelChoice.Chosen chosen =
        KernelChoice.isPlace(typed)
            ? choice.at(Path.of(typed), option)
            : choice.version(version(typed));
    KernelVersion found = chosen.index().version();
    String relation = relation(version(typed), found);
    if (!KernelChoice.isPlace(typed) && !relation.startsWith("facts")) {
      throw new CommandFailure(
          ExitStatus.USAGE,
          option + ": " + typed + " is not indexed; there are " + releases(choice));
    }
    return new KernelOption(
        KernelIndexSet.embedded(),
        chosen.index(),
        chosen.origin(),
        "facts from " + found.text(),
        false);
  }

  /// Without the `v` of tags; empty when it is no version.
  private static String version(String typed) {
    String version = typed.startsWith("v") ? typed.substring(1) : typed;
    return version.matches("[0-9]{1,3}\\.[0-9]{1,3}([.+-].{0,60})?") ? version : "";
  }

  private static String relation(String asked, KernelVersion found) {
    String release = found.release();
    if (release.equals(asked) || release.startsWith(asked + ".")) {
      return "facts from " + found.text();
    }
    return asked
        + " is not indexed: facts from "
        + found.text()
        + (found.isLowerThan(asked) ? ", the nearest lower version" : "")
        + "; lines are approximate and calls may differ";
  }

  private static String releases(KernelChoice choice) {
    return String.join(", ", choice.releases());
  }
}
