package trapline.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/// Call stacks as text, so that those of several tools can be compared.
final class Stacks {
  private Stacks() {}

  /// A stack of ours or of gdb's, innermost first, without what gdb makes up behind `_start`: a
  /// list
  /// of frames, each a list of levels (the calls that were inlined and the function itself).
  static List<List<JsonNode>> frames(JsonNode stack) {
    List<List<JsonNode>> frames = new ArrayList<>();
    List<JsonNode> open = new ArrayList<>();
    for (JsonNode level : stack) {
      open.add(level);
      if (!level.get("inlined").asBoolean()) {
        frames.add(open);
        open = new ArrayList<>();
        if (level.get("function").asText().equals("_start")) {
          break;
        }
      }
    }
    return frames;
  }

  /// Our frames as gdb shows them: of a tail call inside an inlined one it shows the inlined
  /// function and leaves out those that it was inlined into. Tail calls that only the code tells
  /// are left
  /// out; gdb knows those of call sites.
  static List<List<JsonNode>> asGdb(List<List<JsonNode>> frames) {
    List<List<JsonNode>> found = new ArrayList<>();
    for (List<JsonNode> frame : frames) {
      JsonNode last = frame.getLast();
      if (!last.get("tailCall").asBoolean()) {
        found.add(frame);
      } else if (!last.get("evidence").asText().equals("inferred")) {
        found.add(frame.subList(0, 1));
      }
    }
    return found;
  }

  /// Whether gdb has not read the libraries yet: it does when the dynamic linker has loaded them.
  static boolean isEarly(JsonNode frames) {
    boolean linker = false;
    boolean nameless = false;
    for (JsonNode level : frames) {
      linker |= level.get("module").asText().contains("/ld-linux");
      nameless |= !linker && level.get("function").asText().isEmpty();
    }
    return linker && nameless;
  }

  static List<String> levels(List<JsonNode> frame) {
    return frame.stream().map(Stacks::level).toList();
  }

  /// `function file:line`, the file without its directories.
  static String level(JsonNode level) {
    String file = level.get("file").asText(null);
    return function(level)
        + (file == null ? "" : " " + name(file) + ":" + level.get("line").asInt())
        + (level.get("signal").asBoolean() ? " signal" : "")
        + (level.get("tailCall").asBoolean() ? " tail call" : "");
  }

  /// A level's function as gdb names it: symbols demangled.
  private static String function(JsonNode level) {
    JsonNode demangled = level.path("functionDemangled");
    return function(demangled.asText(level.get("function").asText()))
        .replaceFirst(" \\[clone (\\.\\w+)\\.\\d+\\]", " [clone $1]");
  }

  /// A function's name without glibc's mark for its internal aliases, and without the number that
  /// gcc gives parts of functions, which gdb leaves out.
  static String function(String name) {
    String plain = name.startsWith("__GI_") ? name.substring(5) : name;
    return plain.replaceFirst("(\\.(part|isra|constprop|cold|lto_priv))\\.\\d+$", "$1");
  }

  static String name(String file) {
    return file.substring(file.lastIndexOf('/') + 1);
  }

  /// Whether addr2line says the same as we do of a frame.
  ///
  /// @param source the program's only source file, for what was compiled as a whole
  /// @param interrupted whether the frame goes on at its address, and not behind a call
  static boolean isProven(List<JsonNode> frame, String source, boolean interrupted) {
    List<String> theirs = new ArrayList<>();
    for (String each : Addr2line.of(frame, interrupted)) {
      int space = each.indexOf(' ');
      theirs.add(
          space < 0
              ? function(each)
              : function(each.substring(0, space))
                  + " "
                  // What gcc says of a file when it optimises the program as a whole.
                  + name(each.substring(space + 1)).replace("<artificial>", source));
    }
    List<String> ours = new ArrayList<>();
    levels(frame).forEach(each -> ours.add(each.replace(" tail call", "")));
    return ours.equals(theirs.subList(0, Math.min(ours.size(), theirs.size())));
  }
}
