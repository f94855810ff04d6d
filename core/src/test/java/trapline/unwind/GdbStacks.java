package trapline.unwind;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import trapline.testing.Command;
import trapline.testing.Tools;

/// Runs a program under gdb up to a point, has gdb unwind every thread, and saves a core file.
final class GdbStacks {
  /// The registers of each frame, in this order; their DWARF numbers.
  static final int[] REGISTERS = {7, 6, 3, 12, 13, 14, 15};

  /// @param registers as gdb shows them, hexadecimal; `?` when it does not know
  record Frame(long pc, boolean signal, String function, List<String> registers) {}

  private final CoreFile core;
  private final Map<Integer, List<Frame>> threads = new LinkedHashMap<>();

  /// @param commands of gdb that bring the program to the point
  GdbStacks(Path folder, Path program, List<String> commands) {
    Tools.require("gdb");
    Path coreFile = folder.resolve(program.getFileName() + ".core");
    Path script = folder.resolve("stacks.py");
    Resource.copy("stacks.py", script);
    List<String> command =
        new ArrayList<>(
            List.of(
                "gdb",
                "-nx",
                "-batch",
                "-ex",
                "set debuginfod enabled off",
                "-ex",
                "set breakpoint pending on"));
    for (String each : commands) {
      command.add("-ex");
      command.add(each);
    }
    for (String each : List.of("source " + script, "generate-core-file " + coreFile, "kill")) {
      command.add("-ex");
      command.add(each);
    }
    command.add(program.toString());
    Command run = Command.runIn(folder, command);
    if (!java.nio.file.Files.exists(coreFile)) {
      throw new AssertionError("gdb made no core file\n" + run.out() + run.err());
    }
    core = new CoreFile(coreFile);
    List<Frame> frames = null;
    for (String line : run.out().split("\n", -1)) {
      String[] words = line.split(" ", -1);
      if (words[0].equals("THREAD")) {
        frames = new ArrayList<>();
        threads.put(Integer.parseInt(words[1]), frames);
      } else if (words[0].equals("FRAME") && frames != null) {
        frames.add(
            new Frame(
                Long.parseUnsignedLong(words[1], 16),
                words[2].equals("signal"),
                words[3],
                List.of(words).subList(words.length - REGISTERS.length, words.length)));
      }
    }
    if (!threads.keySet().equals(core.threads().keySet())) {
      throw new AssertionError("gdb unwound no threads\n" + run.out() + run.err());
    }
  }

  CoreFile core() {
    return core;
  }

  /// The frames of each thread, innermost first.
  Map<Integer, List<Frame>> threads() {
    return threads;
  }
}
