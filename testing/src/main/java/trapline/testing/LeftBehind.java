package trapline.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Finds what runs have left behind: processes, known by a variable of their environment; and
/// files, mounts and instances of the kernel's tracer, by what was there before.
public final class LeftBehind {
  /// The variable that all processes of the runs have.
  public static final String VARIABLE = "TRAPLINE_TEST_RUN";

  private static final List<Path> PLACES =
      List.of(Path.of("/tmp"), Path.of("/dev/shm"), Path.of("/sys/kernel/tracing/instances"));

  /// The names of what belongs to one run; that of a run which goes on is none of the left.
  private static final Pattern OWNED = Pattern.compile("trapline-(\\d{1,10})-.*");

  private final String mark = UUID.randomUUID().toString();
  private final Set<String> before = things();

  /// The value of the variable.
  public String mark() {
    return mark;
  }

  /// What is left, each in a few words; empty when nothing is.
  public List<String> find() {
    List<String> left = new ArrayList<>();
    for (Path process : list(Path.of("/proc"))) {
      if (process.getFileName().toString().matches("\\d+") && isMarked(process)) {
        left.add("process " + process.getFileName() + " " + text(process.resolve("cmdline")));
      }
    }
    Set<String> now = things();
    now.removeAll(before);
    left.addAll(now);
    return left;
  }

  private boolean isMarked(Path process) {
    return text(process.resolve("environ")).contains(VARIABLE + "=" + mark + " ")
        && !text(process.resolve("stat")).replaceFirst(".*\\) ", "").startsWith("Z");
  }

  private static Set<String> things() {
    Set<String> all = new TreeSet<>();
    for (Path place : PLACES) {
      for (Path each : list(place)) {
        Matcher name = OWNED.matcher(each.getFileName().toString());
        if (name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
          all.add(each.toString());
        }
      }
    }
    for (String mount : text(Path.of("/proc/self/mounts")).split("\n")) {
      if (!mount.isBlank()) {
        all.add("mount " + mount);
      }
    }
    return all;
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of();
    }
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).replace('\0', ' ');
    } catch (IOException e) {
      return "";
    }
  }
}
