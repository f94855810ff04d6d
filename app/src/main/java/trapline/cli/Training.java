package trapline.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The entry point of the build's training run: runs what users run most, so that the AOT cache
/// holds the classes that it needs. What it prints is of no use to anybody.
public final class Training {
  private static final List<List<String>> COMMANDS =
      List.of(
          List.of("follow", "--call", "write", "--all", "/bin/echo", "training"),
          List.of("syscall", "socket"),
          List.of("syscall", "sokcet"),
          List.of("syscall", "54", "--arch", "i386", "--json"),
          List.of("syscalls"),
          List.of("syscalls", "--grep", "^clock", "--format", "csv"));

  private Training() {}

  /// Runs the commands one after the other.
  ///
  /// @param args a folder for the files that commands need, which the caller removes
  public static void main(String[] args) throws IOException {
    COMMANDS.forEach(Training::run);
    if (args.length > 0) {
      List<String> index = TrainingTree.command(Path.of(args[0]));
      run(index);
      run(Stream.concat(index.stream(), Stream.of("--no-functions")).toList());
    }
    System.exit(0);
  }

  private static void run(List<String> command) {
    Output out = Output.of(OutputStream.nullOutputStream(), "nowhere", false);
    PrintStream err =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    Main.run(command.toArray(String[]::new), out, err);
  }
}
