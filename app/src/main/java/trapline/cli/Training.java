package trapline.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// The entry point of the build's training runs: runs what users run most, so that an AOT cache
/// holds the classes that it needs. What it prints is of no use to anybody.
public final class Training {
  private static final List<List<String>> FACTS =
      List.of(
          List.of("syscall", "socket"),
          List.of("syscall", "sokcet"),
          List.of("syscall", "54", "--arch", "i386", "--json"),
          List.of("syscalls"),
          List.of("syscalls", "--grep", "^clock", "--format", "csv"));

  private static final List<List<String>> FOLLOW =
      List.of(List.of("follow", "--call", "write", "--all", "/bin/echo", "training"));

  private Training() {}

  /// Runs commands one after the other.
  ///
  /// @param args the kind of commands, `facts`, `follow` or `index`, and a directory for the files
  ///     that they need, which the caller removes
  public static void main(String[] args) throws IOException {
    List<List<String>> commands =
        switch (args[0]) {
          case "facts" -> FACTS;
          case "follow" -> FOLLOW;
          case "index" -> TrainingTree.commands(Path.of(args[1]));
          default -> throw new IllegalArgumentException(args[0]);
        };
    for (List<String> command : commands) {
      Output out = Output.nowhere();
      PrintStream err =
          new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
      Main.run(command.toArray(String[]::new), out, err);
    }
    System.exit(0);
  }
}
