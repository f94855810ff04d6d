package trapline.linux.vm;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The program to run in a guest, just as it runs here.
///
/// @param executable the file, already looked up in `PATH`
/// @param arguments `argv`, with the program's own name first, without the closing zero bytes
/// @param environment strings `NAME=value`, as execve(2) takes them
/// @param directory the working directory, absolute
/// @param credentials whose rights it runs with
/// @param input what it reads from its standard input; empty for `/dev/null`
@SuppressWarnings("ArrayRecordComponent") // nobody compares programs
public record GuestProgram(
    Path executable,
    List<byte[]> arguments,
    List<byte[]> environment,
    Path directory,
    Credentials credentials,
    byte[] input) {
  public GuestProgram {
    executable = executable.toAbsolutePath();
    directory = directory.toAbsolutePath();
    arguments = List.copyOf(arguments);
    environment = List.copyOf(environment);
    if (arguments.isEmpty()) {
      throw new IllegalArgumentException("argv needs the program's name");
    }
  }

  /// A program with this process' rights and without input.
  public static GuestProgram of(
      Path executable, List<String> arguments, Map<String, String> environment, Path directory) {
    List<byte[]> variables = new ArrayList<>();
    environment.forEach((name, value) -> variables.add(bytes(name + "=" + value)));
    return new GuestProgram(
        executable,
        arguments.stream().map(GuestProgram::bytes).toList(),
        variables,
        directory,
        Credentials.ofThisProcess(),
        new byte[0]);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
