package trapline.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;
import trapline.kernel.KernelIndex;
import trapline.kernel.KernelIndexSet;
import trapline.kernel.KernelVersion;
import trapline.kernel.RunningKernel;

/// The option `--kernel`: whose facts the user wants.
///
/// @param set all versions at hand
/// @param index the chosen one of them
/// @param origin where it is from, for the user
/// @param relation how it relates to the running kernel, or to what was asked for
record KernelOption(KernelIndexSet set, KernelIndex index, String origin, String relation) {
  static final String NAME = "--kernel";

  static OptionSpec spec() {
    return OptionSpec.builder(NAME)
        .paramLabel("VERSION")
        .type(String.class)
        .description(
            "The kernel's version, such as 6.12 (default: the nearest to the running one).")
        .build();
  }

  /// @param typed what the user typed; `null` for the running kernel's nearest
  /// @throws CommandFailure when it is no version
  static KernelOption of(@Nullable String typed, RunningKernel running) {
    KernelIndexSet set = KernelIndexSet.embedded();
    String origin = "embedded index";
    if (typed == null) {
      KernelIndex nearest = set.nearest(running.release());
      String relation = nearest.match(running.release(), running.version()).sentence();
      return new KernelOption(set, nearest, origin, relation);
    }
    String version = typed.startsWith("v") ? typed.substring(1) : typed;
    if (!version.matches("[0-9]{1,3}\\.[0-9]{1,3}([.+-].{0,60})?")) {
      throw new CommandFailure(
          ExitStatus.USAGE, NAME + " " + typed + ": no version; indexed are " + releases(set));
    }
    KernelIndex index = set.series(version).orElseGet(() -> set.nearest(version));
    return new KernelOption(set, index, origin, relation(version, index.version()));
  }

  /// The index of exactly that release or series.
  ///
  /// @param option how the user named it, for the message
  static KernelOption exactly(String version, String option) {
    KernelIndexSet set = KernelIndexSet.embedded();
    KernelIndex index =
        set.series(version.startsWith("v") ? version.substring(1) : version)
            .orElseThrow(
                () ->
                    new CommandFailure(
                        ExitStatus.USAGE,
                        option + ": " + version + " is not indexed; there are " + releases(set)));
    return new KernelOption(set, index, "embedded index", "facts from " + index.version().text());
  }

  private static String relation(String asked, KernelVersion found) {
    String release = found.release();
    if (release.equals(asked) || release.startsWith(asked + ".")) {
      return "facts from " + found.text();
    }
    return asked
        + " is not indexed: facts from "
        + found.text()
        + ", lines are approximate and calls may differ";
  }

  private static String releases(KernelIndexSet set) {
    List<String> releases = set.versions().stream().map(KernelVersion::release).toList();
    return String.join(", ", releases);
  }
}
