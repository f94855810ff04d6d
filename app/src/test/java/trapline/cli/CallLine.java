package trapline.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import trapline.testing.Command;

/// One call as strace would write it: `name(arguments) = result`.
///
/// @param plain the same with the numbers of threads as they are; in `text` they have names that
///     are the same in every run
/// @param children whether the call makes a thread or process, and then returns its number
record CallLine(String name, String text, String plain, boolean children) {
  private static final Pattern LINE = Pattern.compile("(\\w+)\\((.*)\\)\\s+= (.*)", Pattern.DOTALL);
  private static final Pattern ID = Pattern.compile("(?<![\\w*.\\-])[1-9]\\d*\\b");
  private static final Pattern CHILD = Pattern.compile(".* = (\\d+)(<.*)?", Pattern.DOTALL);

  private static CallLine of(String name, String arguments, String result) {
    boolean children = name.startsWith("clone") || name.equals("fork") || name.equals("vfork");
    String text = name + "(" + arguments + ") = " + result;
    return new CallLine(name, text, text, children);
  }

  /// What trapline showed of each thread.
  static Map<String, List<CallLine>> of(Follow run) {
    Map<Integer, List<CallLine>> threads = new TreeMap<>();
    run.threads()
        .forEach(
            (id, journeys) -> {
              List<CallLine> lines = new ArrayList<>();
              journeys.forEach(each -> lines.add(of(each)));
              threads.put(id, lines);
            });
    return byDescent(threads);
  }

  private static CallLine of(JsonNode journey) {
    List<String> arguments = new ArrayList<>();
    journey.get("arguments").forEach(each -> arguments.add(each.get("text").asText()));
    String name = Follow.name(journey);
    String result = journey.at("/outcome/text").asText();
    if (journey.at("/outcome/kind").asText().equals("never-returned")) {
      result = name.startsWith("execve") ? "0" : "?";
    }
    return of(name, String.join(", ", arguments), result);
  }

  /// What strace shows of each thread of a program that is run where all addresses are fixed. The
  /// call that started the program is left out.
  ///
  /// @param folder where it is run
  /// @param place an empty directory
  static Map<String, List<CallLine>> ofStrace(
      Path folder, Path place, List<String> command, int seconds) throws IOException {
    List<String> all = new ArrayList<>(List.of("setarch", "-R", "strace", "-f", "-ff", "-yy"));
    all.addAll(List.of("-s", "64", "-o", place.resolve("out").toString()));
    all.addAll(command);
    Command.runIn(folder, all, seconds);
    Map<Integer, List<CallLine>> threads = new TreeMap<>();
    try (var files = Files.newDirectoryStream(place)) {
      for (Path file : files) {
        List<CallLine> lines = new ArrayList<>();
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        for (String line : text.split("\n", -1)) {
          Matcher parts = LINE.matcher(line);
          if (parts.matches()) {
            lines.add(of(parts.group(1), parts.group(2), parts.group(3)));
          }
        }
        threads.put(Integer.valueOf(file.getFileName().toString().substring(4)), lines);
      }
    }
    Map<String, List<CallLine>> named = byDescent(threads);
    List<CallLine> first = named.get("0");
    if (first != null && !first.isEmpty()) {
      first.removeFirst();
    }
    return named;
  }

  /// Threads by their way down the tree: `0.2` is the second that the first one made. Where a line
  /// has the number of one of them, it has that name instead.
  private static Map<String, List<CallLine>> byDescent(Map<Integer, List<CallLine>> threads) {
    Map<Integer, List<Integer>> made = new HashMap<>();
    Set<Integer> children = new HashSet<>();
    threads.forEach(
        (id, lines) -> {
          List<Integer> own = new ArrayList<>();
          for (CallLine line : lines) {
            Matcher child = CHILD.matcher(line.text());
            if (line.children() && child.matches()) {
              own.add(Integer.valueOf(child.group(1)));
            }
          }
          made.put(id, own);
          children.addAll(own);
        });
    // Numbers begin anew when they are used up: the first thread need not have the lowest.
    Map<Integer, String> names = new HashMap<>();
    for (int id : threads.keySet()) {
      if (!children.contains(id)) {
        name(id, names.isEmpty() ? "0" : "?" + id, made, names);
      }
    }
    Map<String, List<CallLine>> named = new TreeMap<>();
    threads.forEach(
        (id, lines) -> {
          List<CallLine> masked = new ArrayList<>();
          for (CallLine line : lines) {
            masked.add(
                new CallLine(
                    line.name(), masked(line.text(), names), line.plain(), line.children()));
          }
          named.put(names.getOrDefault(id, "?" + id), masked);
        });
    return named;
  }

  private static void name(
      int id, String name, Map<Integer, List<Integer>> made, Map<Integer, String> names) {
    if (names.putIfAbsent(id, name) == null) {
      int number = 0;
      for (int child : made.getOrDefault(id, List.of())) {
        name(child, name + "." + ++number, made, names);
      }
    }
  }

  private static String masked(String text, Map<Integer, String> names) {
    return ID.matcher(text)
        .replaceAll(
            number -> {
              String digits = number.group();
              String name = digits.length() > 9 ? null : names.get(Integer.valueOf(digits));
              return name == null ? digits : "T" + name;
            });
  }
}
