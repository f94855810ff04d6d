package trapline.decode;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import trapline.model.Abi;
import trapline.model.Architecture;
import trapline.model.Argument;
import trapline.model.Outcome;
import trapline.model.Registers;
import trapline.model.SyscallId;

/// A program run under `recorder.c`: every system call that it makes, decoded, in strace's form.
final class Recorder implements AutoCloseable {
  private final Process process;
  private final BufferedWriter to;
  private final BufferedReader from;

  /// @param command the program with its arguments
  Recorder(Path recorder, Path directory, List<String> command) throws IOException {
    List<String> whole = new ArrayList<>();
    whole.add(recorder.toString());
    whole.addAll(command);
    process =
        new ProcessBuilder(whole)
            .directory(directory.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    to = process.outputWriter();
    from = process.inputReader();
  }

  static Path compile(Path directory, String resource, String... options) throws Exception {
    Path source = directory.resolve(resource);
    try (var in = Objects.requireNonNull(Recorder.class.getResourceAsStream(resource))) {
      Files.write(source, in.readAllBytes());
    }
    Path program = directory.resolve(resource.replace(".c", ""));
    List<String> command = new ArrayList<>(List.of("gcc", "-w", "-O1"));
    command.addAll(List.of(options));
    command.addAll(List.of("-o", program.toString(), source.toString()));
    Process gcc = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(gcc.getInputStream().readAllBytes());
    if (gcc.waitFor() != 0) {
      throw new IOException("gcc: " + said);
    }
    return program;
  }

  private String ask(String command) {
    try {
      to.write(command);
      to.write('\n');
      to.flush();
      return Objects.requireNonNullElse(from.readLine(), "X gone");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int read(long address, byte[] into, int offset, int length) {
    String answer = ask("r " + Long.toHexString(address) + " " + length);
    byte[] bytes = HexFormat.of().parseHex(answer.substring(2));
    System.arraycopy(bytes, 0, into, offset, bytes.length);
    return bytes.length;
  }

  private @Nullable Registers next() {
    while (true) {
      String answer = ask("n");
      if (answer.startsWith("X")) {
        return null;
      }
      if (answer.startsWith("S")) {
        String[] words = answer.split(" ");
        long[] slots = new long[Architecture.X86_64.slots()];
        for (int i = 0; i < slots.length; i++) {
          slots[i] = Long.parseUnsignedLong(words[i + 1], 16);
        }
        return new Registers(Architecture.X86_64, slots);
      }
    }
  }

  /// One line for each call, as strace prints them.
  List<String> lines(Limits limits) {
    DecodeContext context = new DecodeContext(this::read, DescriptorNames.NONE, limits);
    ArgumentDecoder decoder = new ArgumentDecoder();
    List<String> lines = new ArrayList<>();
    next();
    Registers entry;
    while ((entry = next()) != null) {
      SyscallId id = new SyscallId(Abi.X86_64, entry.number());
      List<Argument> arguments = decoder.onEntry(id, entry, context);
      Registers exit = next();
      if (exit == null) {
        lines.add(line(id, arguments, "?"));
        break;
      }
      arguments = decoder.onExit(id, arguments, entry, exit.result(), context);
      lines.add(line(id, arguments, text(decoder.outcome(id, entry, exit.result(), context))));
    }
    return lines;
  }

  private static String line(SyscallId id, List<Argument> arguments, String outcome) {
    StringBuilder out =
        new StringBuilder(trapline.abi.SyscallTable.of(id.abi()).nameOf(id.number())).append('(');
    for (int i = 0; i < arguments.size(); i++) {
      out.append(i == 0 ? "" : ", ").append(arguments.get(i).value().text());
    }
    return out.append(") = ").append(outcome).toString();
  }

  private static String text(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Returned it -> it.text();
      case Outcome.Failed it -> "-1 " + it.errno().name() + " (" + it.errno().text() + ")";
      case Outcome.Restarted it -> "? " + it.code() + " (" + Restarts.text(it.code()) + ")";
      case Outcome.NeverReturned it -> "?";
      case Outcome.NeverRan it -> "?";
      case Outcome.StillRunning it -> "?";
    };
  }

  private static final class Restarts {
    static String text(String code) {
      var errno = trapline.abi.Errnos.byName(code);
      return errno == null ? "" : errno.text();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
