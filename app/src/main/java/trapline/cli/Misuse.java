package trapline.cli;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Says what is wrong with a command line.
final class Misuse {
  private Misuse() {}

  /// One line: what is wrong and what may have been meant.
  static String line(ParameterException failure) {
    CommandLine command = failure.getCommandLine();
    boolean root = command.getParent() == null;
    String help =
        command.getCommandSpec().qualifiedName()
            + " --help shows the "
            + (root ? "commands" : "options");
    if (!(failure instanceof UnmatchedArgumentException unmatched)) {
      return failure.getMessage() + "; " + help;
    }
    String word = unmatched.getUnmatched().getFirst();
    List<String> near = unmatched.getSuggestions();
    String what;
    if (word.startsWith("-")) {
      what = "no such option: " + word;
    } else if (root) {
      what = "no such command: " + word;
      if (isFile(word)) {
        return what + "; to follow that program: trapline follow " + word;
      }
    } else {
      what = command.getCommandName() + " takes no argument: " + word;
    }
    return what + "; " + (near.isEmpty() ? help : "did you mean " + near.getFirst() + "?");
  }

  private static boolean isFile(String word) {
    try {
      return Files.isRegularFile(Path.of(word));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
