package trapline.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;
import trapline.abi.EditDistance;
import trapline.kernel.KernelIndex;
import trapline.model.Abi;

/// The option `--arch`.
final class AbiOption {
  static final String NAME = "--arch";

  private AbiOption() {}

  static OptionSpec spec() {
    return OptionSpec.builder(NAME)
        .paramLabel("ARCH")
        .type(String.class)
        .description(
            "The architecture or ABI, such as x86_64, i386, x32, arm64 (default: this machine's).")
        .build();
  }

  /// The ABI of programs that this machine runs by default; empty when Trapline does not know it.
  static Optional<Abi> machine() {
    return Abi.named(System.getProperty("os.arch", ""));
  }

  /// @param typed what the user typed; `null` for the machine's own
  /// @throws CommandFailure when there is no such ABI, or the index does not hold it
  static Abi of(@Nullable String typed, KernelIndex index) {
    Abi abi;
    if (typed == null) {
      abi =
          machine()
              .orElseThrow(
                  () ->
                      new CommandFailure(
                          ExitStatus.USAGE,
                          "this machine's ABI is not known; name one with --arch: "
                              + labels(index)));
    } else {
      abi =
          Abi.named(typed)
              .orElseThrow(
                  () ->
                      new CommandFailure(
                          ExitStatus.USAGE,
                          "--arch " + typed + ": no such ABI" + near(typed, index)));
    }
    if (!index.abis().contains(abi)) {
      throw new CommandFailure(
          ExitStatus.USAGE,
          "--arch "
              + abi.label()
              + ": the index of "
              + index.version().release()
              + " does not hold it; it has "
              + labels(index));
    }
    return abi;
  }

  private static String near(String typed, KernelIndex index) {
    List<String> names = new ArrayList<>();
    for (Abi abi : index.abis()) {
      names.add(abi.label());
      names.addAll(abi.aliases());
    }
    List<String> near = EditDistance.nearest(typed, names);
    return "; there are "
        + labels(index)
        + (near.isEmpty() ? "" : "; did you mean " + near.getFirst() + "?");
  }

  private static String labels(KernelIndex index) {
    return String.join(", ", index.abis().stream().map(Abi::label).toList());
  }
}
