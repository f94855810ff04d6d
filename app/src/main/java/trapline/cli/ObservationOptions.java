package trapline.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import trapline.run.ObservationChoice;

/// The options that say how the kernel is to be observed while it serves calls.
final class ObservationOptions {
  private ObservationOptions() {}

  /// @param usual the mode when none is named
  static void addTo(CommandSpec spec, String usual) {
    RenamedOptions.add(
        spec,
        OptionSpec.builder("--observe")
            .paramLabel("auto|live|vm|off")
            .type(String.class)
            .description(
                "Observe the running kernel (live), a guest kernel that runs the program once more"
                    + " (vm), what the machine allows (auto), or none (off). Default: "
                    + usual
                    + ".")
            .build());
    RenamedOptions.add(
        spec,
        OptionSpec.builder("--guest-kernel")
            .paramLabel("FILE|PACKAGE")
            .type(String.class)
            .description("The guest's kernel: a vmlinuz or vmlinux, or a Debian package.")
            .build());
    RenamedOptions.add(
        spec,
        OptionSpec.builder("--guest-file")
            .paramLabel("PATH")
            .type(List.class)
            .auxiliaryTypes(Path.class)
            .description("A file or directory that the program needs in the guest.")
            .build());
    spec.addOption(RunOptions.kernelSource());
  }

  /// @throws CommandFailure when the mode is none, or a file to include is not there
  static ObservationChoice of(ParseResult typed, String usual) {
    String mode = RenamedOptions.value(typed, "--observe", usual);
    for (ObservationChoice.Mode each : ObservationChoice.Mode.values()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(mode)) {
        for (Path path : RenamedOptions.value(typed, "--guest-file", List.<Path>of())) {
          if (!Files.exists(path)) {
            throw new CommandFailure(
                ExitStatus.BAD_FILE, "--guest-file " + path + ": no such file or directory");
          }
        }
        return new ObservationChoice(
            each,
            RenamedOptions.text(typed, "--guest-kernel"),
            RenamedOptions.value(typed, "--guest-file", List.<Path>of()),
            typed.matchedOptionValue("--kernel-source", (Path) null));
      }
    }
    throw new CommandFailure(
        ExitStatus.USAGE, "--observe " + mode + ": one of auto, live, vm and off");
  }
}
