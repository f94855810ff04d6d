package trapline.cli;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import trapline.journey.OwnCode;
import trapline.linux.files.FileErrors;
import trapline.linux.files.OutputFile;
import trapline.linux.files.Patience;
import trapline.linux.files.UnsafePlace;
import trapline.linux.proc.FileNames;

/// The options and parameters of every command that runs a program.
final class RunOptions {
  private RunOptions() {}

  /// `--kernel-source`.
  static OptionSpec kernelSource() {
    return OptionSpec.builder("--kernel-source")
        .paramLabel("TREE|TARBALL|INDEX")
        .type(Path.class)
        .description(
            "Take the kernel's facts from this source, or from a file that trapline index wrote.")
        .build();
  }

  /// `--call`, and strace's spelling of it.
  static void addCalls(CommandSpec spec, String description) {
    spec.addOption(
        OptionSpec.builder("--call")
            .paramLabel("NAMES")
            .splitRegex(",")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description(description)
            .build());
    spec.addOption(
        OptionSpec.builder("-e")
            .paramLabel("trace=NAMES")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description("As --call, in strace's spelling.")
            .build());
  }

  /// The names that `--call` and `-e trace=` give.
  ///
  /// @throws CommandFailure when `-e` asks for something else
  static List<String> calls(ParseResult typed) {
    List<String> names = new ArrayList<>(typed.matchedOptionValue("--call", List.<String>of()));
    for (String expression : typed.matchedOptionValue("-e", List.<String>of())) {
      // As in strace, an expression without a qualifier is about calls.
      String list = expression.startsWith("trace=") ? expression.substring(6) : expression;
      boolean other = list.contains("=") || list.isEmpty();
      if (other || "!?/%".indexOf(list.charAt(0)) >= 0 || list.contains("@")) {
        throw new CommandFailure(
            ExitStatus.USAGE,
            "-e "
                + expression
                + ": only trace= with names of calls works here, such as -e trace=openat,read");
      }
      names.addAll(List.of(list.split(",", -1)));
    }
    return names;
  }

  /// How values are shown, where debug files are, where the output goes; and the program.
  static void addTo(CommandSpec spec) {
    spec.addOption(
        OptionSpec.builder("-s", "--string-limit")
            .paramLabel("N")
            .type(int.class)
            .defaultValue("64")
            .description("Show at most N bytes of a string (default: ${DEFAULT-VALUE}).")
            .build());
    spec.addOption(
        OptionSpec.builder("--debug-dir")
            .paramLabel("DIR")
            .type(List.class)
            .auxiliaryTypes(Path.class)
            .description("Look for separate debug files here, too.")
            .build());
    spec.addOption(
        OptionSpec.builder("--mine")
            .paramLabel("PATH")
            .type(List.class)
            .auxiliaryTypes(Path.class)
            .description(
                "Your code is only what is in this source file, object file or directory (may be"
                    + " repeated). Without it, or where a call has none of it on its stack, all"
                    + " code is yours but headers and libraries of the system, the compiler and"
                    + " package managers.")
            .build());
    spec.addOption(LibcOption.spec());
    RenamedOptions.add(spec, DebugInstall.spec());
    spec.addOption(
        OptionSpec.builder("-o", "--output")
            .paramLabel("FILE")
            .type(Path.class)
            .description("Print to this file in place of standard output.")
            .build());
    spec.addOption(TraplineCommand.flag("--ascii", "Draw with plain characters."));
    spec.addPositional(
        PositionalParamSpec.builder()
            .arity("0..*")
            .paramLabel("PROGRAM [ARGS…]")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description("An ELF file, a script, or a .c file, which is compiled first (cc -g).")
            .build());
  }

  /// Which code `--mine` names.
  static OwnCode ownCode(ParseResult typed) {
    List<String> paths = new ArrayList<>();
    for (Path path : typed.matchedOptionValue("--mine", List.<Path>of())) {
      // Compilers write down a directory as it was named, which may be through symbolic links.
      paths.add(path.toAbsolutePath().normalize().toString());
      try {
        paths.add(path.toRealPath().toString());
      } catch (IOException e) {
        // Debug information may name files of another machine.
      }
    }
    return new OwnCode(paths, RunOptions::realPath);
  }

  /// The directories whose source files may be quoted although not everybody may read them: that
  /// which Trapline was started in, that of the program, and those that were named.
  static Set<Path> sourceDirectories(ParseResult typed) {
    List<Path> named = new ArrayList<>(List.of(Path.of("")));
    named.addAll(typed.matchedOptionValue("--mine", List.<Path>of()));
    if (typed.hasMatchedPositional(0)) {
      List<String> command = typed.matchedPositionalValue(0, List.of());
      if (!command.isEmpty() && command.getFirst().endsWith(".c")) {
        named.add(FileNames.path(command.getFirst()).toAbsolutePath().getParent());
      }
    }
    Set<Path> directories = new HashSet<>();
    for (Path each : named) {
      try {
        directories.add(each.toRealPath());
      } catch (IOException e) {
        // Of another machine, or gone.
      }
    }
    return directories;
  }

  /// The file of `-o`; `null` when it was not given.
  ///
  /// @throws CommandFailure when it cannot be written
  static @Nullable Output open(@Nullable Path path) {
    if (path == null) {
      return null;
    }
    try {
      return Output.of(OutputFile.open(path), "-o " + path, false);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitStatus.BAD_FILE,
          "-o "
              + FileErrors.line(e)
              + (e instanceof UnsafePlace ? "" : "; name a file that can be written"));
    }
  }

  private static String realPath(String path) {
    if (!path.startsWith("/")) {
      return path;
    }
    try {
      return Patience.look(Path.of(path), Path::toRealPath).toString();
    } catch (IOException | InvalidPathException e) {
      return path;
    }
  }
}
