package trapline.kernel.source;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import trapline.model.Abi;

/// Where system calls enter each architecture's kernel and end in its dispatch: data,
/// `entry-paths.txt`, which describes its own lines.
final class EntryRules {
  /// @param start a stage; empty when `startFile` names it
  /// @param startFile the file that hands the first stage to the processor
  /// @param markers what stands before the first stage there
  /// @param prefix what the first stage's name starts with
  /// @param ends the dispatch, by its names over the versions
  record Path(
      String label,
      String instruction,
      String start,
      String startFile,
      List<String> markers,
      String prefix,
      List<String> ends) {
    /// The start for a reader of messages.
    String startText() {
      return start.isEmpty() ? markers.getLast() : start;
    }
  }

  /// A macro's line that makes a stage, or a way from a stage to another.
  ///
  /// @param label the one numbering that it holds for; empty for all
  /// @param makes whether the line itself is the stage
  /// @param text the line, without its spaces
  record Line(
      String label, boolean makes, String name, String file, String text, List<String> uses) {}

  private static final String TABLE = "entry-paths.txt";
  private static final EntryRules RULES = new EntryRules();

  private final Map<String, List<String>> files = new HashMap<>();
  private final Map<String, List<String>> settings = new HashMap<>();
  private final Map<String, List<Path>> paths = new HashMap<>();
  private final Map<String, List<Line>> lines = new HashMap<>();
  private final Set<String> wanted = new HashSet<>();

  private EntryRules() {
    for (List<String> row : Resource.rows(TABLE)) {
      String of = row.get(1);
      List<String> rest = row.subList(2, row.size());
      switch (row.getFirst()) {
        case "files" -> {
          files.put(of, rest);
          wanted.addAll(rest);
        }
        case "set" -> settings.put(of, rest);
        case "path" -> addPath(of, rest);
        case "stage", "join" -> addLine(row.getFirst().equals("stage"), of, rest);
        default -> throw new IllegalStateException(TABLE + ": no such rule: " + row.getFirst());
      }
    }
  }

  private void addPath(String label, List<String> rest) {
    List<String> ends = rest.subList(2, rest.size());
    String[] start = rest.get(1).split(" ", -1);
    if (start.length == 1) {
      paths
          .computeIfAbsent(label, key -> new ArrayList<>(1))
          .add(new Path(label, rest.getFirst(), start[0], "", List.of(), "", ends));
      return;
    }
    wanted.add(start[0]);
    String prefix = start[2].equals("-") ? "" : start[2];
    List<String> markers = List.of(start[1].split("\\|", -1));
    paths
        .computeIfAbsent(label, key -> new ArrayList<>(1))
        .add(new Path(label, rest.getFirst(), "", start[0], markers, prefix, ends));
  }

  private void addLine(boolean makes, String of, List<String> rest) {
    int colon = of.indexOf(':');
    String folder = colon < 0 ? of : of.substring(0, colon);
    String label = colon < 0 ? "" : of.substring(colon + 1);
    wanted.add(rest.get(1));
    lines
        .computeIfAbsent(folder, key -> new ArrayList<>())
        .add(
            new Line(
                label,
                makes,
                rest.getFirst(),
                rest.get(1),
                withoutSpaces(rest.get(2)),
                rest.subList(3, rest.size())));
  }

  static EntryRules all() {
    return RULES;
  }

  static String withoutSpaces(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > ' ') {
        out.append(text.charAt(i));
      }
    }
    return out.toString();
  }

  /// Whether a rule names the file.
  boolean wants(String path) {
    return path.startsWith("arch/") && isOf(wanted, path);
  }

  /// Whether a rule names the very file, and not only files like it.
  boolean names(String path) {
    return wanted.contains(path);
  }

  /// Whether the file's functions and symbols are stages of an architecture's paths.
  boolean isStages(String architecture, String path) {
    return isOf(files.getOrDefault(architecture, List.of()), path);
  }

  /// A pattern `FOLDER/*.S` holds for every such file of the directory itself.
  private static boolean isOf(java.util.Collection<String> patterns, String path) {
    int slash = path.lastIndexOf('/');
    int dot = path.lastIndexOf('.');
    return patterns.contains(path)
        || (dot > slash
            && patterns.contains(path.substring(0, slash + 1) + "*" + path.substring(dot)));
  }

  /// The configuration symbols to take for set.
  List<String> settings(String architecture) {
    return settings.getOrDefault(architecture, List.of());
  }

  /// The ways into the kernel, the usual one first; empty when no rule knows the numbering.
  List<Path> paths(Abi abi) {
    return paths.getOrDefault(abi.label(), List.of());
  }

  List<Line> lines(String architecture) {
    return lines.getOrDefault(architecture, List.of());
  }
}
