package trapline.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import trapline.testing.Command;

/// A program of `strace-programs.txt`, as distributions build it.
///
/// @param tools what must be installed, joined by commas
/// @param run the command for sh, in the directory that `prepare` filled
record RealProgram(String name, String size, String tools, String prepare, String run) {
  /// The programs that a system property asks for: their names, `all`, or the quick ones.
  static Stream<RealProgram> chosen(String chosen) {
    List<RealProgram> all = new ArrayList<>();
    for (String line : Matrix.source("strace-programs.txt").split("\n", -1)) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] fields = line.split(" \\| ", 5);
      all.add(new RealProgram(fields[0], fields[1], fields[2], fields[3], fields[4]));
    }
    List<String> names = Arrays.asList(chosen.split(","));
    return all.stream()
        .filter(
            each ->
                chosen.isEmpty()
                    ? each.quick()
                    : chosen.equals("all") || names.contains(each.name()));
  }

  boolean quick() {
    return size.equals("quick");
  }

  /// Whether what it does depends on time.
  boolean timed() {
    return size.equals("timed");
  }

  String[] needed() {
    return tools.split(",");
  }

  /// Fills the directory `work` anew.
  void prepare(Path folder) {
    String script = "umask 022; rm -rf work; mkdir work; cd work; " + prepare + "\ntrue";
    Command.runIn(folder, List.of("/bin/sh", "-c", script)).orFail();
  }

  /// The command that runs it in that directory, with its output in files there.
  List<String> command() {
    return List.of("/bin/sh", "-c", "cd work; exec >out 2>err; exec " + run);
  }

  @Override
  public String toString() {
    return name;
  }
}
