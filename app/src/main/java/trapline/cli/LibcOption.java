package trapline.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import trapline.libc.Libc;
import trapline.libc.LibcFailure;
import trapline.libc.LibcRegistry;

/// How the user names a C library.
final class LibcOption {
  private LibcOption() {}

  /// `--libc`.
  static OptionSpec spec() {
    return OptionSpec.builder("--libc")
        .paramLabel("LIBC|PREFIX")
        .type(String.class)
        .description(
            "Run the program on this C library: a name that trapline libc lists, or the directory"
                + " where one is installed.")
        .build();
  }

  /// A C library, and what stands behind it.
  static PositionalParamSpec parameter(String behind, String description) {
    return PositionalParamSpec.builder()
        .arity("0..*")
        .paramLabel("LIBC" + behind)
        .type(java.util.List.class)
        .auxiliaryTypes(String.class)
        .description(description)
        .build();
  }

  /// The library of the option; `null` when it was not given.
  ///
  /// @throws CommandFailure when there is no such library
  static @Nullable Libc of(@Nullable String named) {
    return named == null ? null : find(named);
  }

  /// The library of a name or prefix.
  ///
  /// @throws CommandFailure when there is none
  static Libc find(String named) {
    try {
      return LibcRegistry.of(System.getenv()).find(named);
    } catch (LibcFailure e) {
      throw new CommandFailure(ExitStatus.BAD_FILE, String.valueOf(e.getMessage()));
    }
  }
}
