package trapline.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// How the kernel is to be observed while it serves calls.
///
/// @param image the guest's kernel: a file or a package; `null` to choose
/// @param include files and directories that the guest gets besides
/// @param source where the observed kernel's source is; `null` for what is at hand
record ObservationOptions(
    Mode mode, @Nullable String image, List<Path> include, @Nullable Path source) {
  /// Which kernel is observed.
  enum Mode {
    /// The running kernel where it allows it, else a guest, else none.
    AUTO,
    /// The running kernel.
    LIVE,
    /// A guest kernel.
    VM,
    OFF
  }

  ObservationOptions {
    include = List.copyOf(include);
  }

  /// Whether the kernel to be observed is left open, and nothing asks for a guest.
  boolean isOpen() {
    return mode == Mode.AUTO && image == null && include.isEmpty();
  }

  /// The same for a process that runs already, which cannot be run in a guest.
  ObservationOptions live() {
    return new ObservationOptions(Mode.LIVE, null, List.of(), source);
  }

  /// None.
  static final ObservationOptions NONE = new ObservationOptions(Mode.OFF, null, List.of(), null);

  /// @param usual the mode when none is named
  static void addTo(CommandSpec spec, String usual) {
    spec.addOption(
        OptionSpec.builder("--kernel")
            .paramLabel("auto|live|vm|off")
            .type(String.class)
            .description(
                "Observe the running kernel (live), a guest kernel that runs the program once more"
                    + " (vm), what the machine allows (auto), or none (off). Default: "
                    + usual
                    + ".")
            .build());
    spec.addOption(
        OptionSpec.builder("--image")
            .paramLabel("FILE|PACKAGE")
            .type(String.class)
            .description("The guest's kernel: a vmlinuz or vmlinux, or a Debian package.")
            .build());
    spec.addOption(
        OptionSpec.builder("--include")
            .paramLabel("PATH")
            .type(List.class)
            .auxiliaryTypes(Path.class)
            .description("A file or directory that the program needs in the guest.")
            .build());
    spec.addOption(RunOptions.kernelSource());
  }

  /// @throws CommandFailure when the mode is none, or a file to include is not there
  static ObservationOptions of(ParseResult typed, String usual) {
    String mode = typed.matchedOptionValue("--kernel", usual);
    for (Mode each : Mode.values()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(mode)) {
        for (Path path : typed.matchedOptionValue("--include", List.<Path>of())) {
          if (!Files.exists(path)) {
            throw new CommandFailure(
                ExitStatus.BAD_FILE, "--include " + path + ": no such file or directory");
          }
        }
        return new ObservationOptions(
            each,
            typed.matchedOptionValue("--image", (String) null),
            typed.matchedOptionValue("--include", List.<Path>of()),
            typed.matchedOptionValue("--kernel-source", (Path) null));
      }
    }
    throw new CommandFailure(
        ExitStatus.USAGE, "--kernel " + mode + ": one of auto, live, vm and off");
  }
}
