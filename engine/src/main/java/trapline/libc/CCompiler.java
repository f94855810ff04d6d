package trapline.libc;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The C compiler of the machine, gcc or clang.
///
/// @param command its name and the arguments that belong to it, such as `gcc-12 -m64`
public record CCompiler(List<String> command) {
  public CCompiler {
    command = List.copyOf(command);
  }

  /// What the environment names in `CC`, else `cc`.
  public static CCompiler of(Map<String, String> environment) {
    String named = environment.getOrDefault("CC", "").strip();
    return new CCompiler(named.isEmpty() ? List.of("cc") : List.of(named.split("\\s+")));
  }

  /// The command that compiles with some arguments.
  public List<String> with(List<String> arguments) {
    List<String> all = new ArrayList<>(command);
    all.addAll(arguments);
    return all;
  }

  /// Where the compiler finds a file of its own or of the system's libraries.
  ///
  /// @return as it prints it; the name alone when it does not find it
  /// @throws LibcFailure when the compiler cannot be asked
  public Path file(String name) {
    List<String> asked = with(List.of("-print-file-name=" + name));
    try {
      Question.Answer answer = Question.ask(asked, Map.of());
      String path = answer.out().lines().findFirst().orElse("").strip();
      if (answer.status() != 0 || path.isEmpty()) {
        throw new LibcFailure(
            String.join(" ", asked)
                + " failed with exit status "
                + answer.status()
                + ": a C compiler is needed: apt-get install gcc");
      }
      return Path.of(path).normalize();
    } catch (IOException e) {
      throw new LibcFailure(
          String.join(" ", command)
              + ": cannot be run: a C compiler is needed: apt-get install gcc",
          e);
    }
  }
}
