package trapline.journey;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.model.Frame;
import trapline.model.Place;

/// Tells the user's own code from that of compilers, systems and dependencies, by its path.
///
/// Code of a known source file is foreign when a rule of the table `foreign-code.txt` names that
/// file, or the object file, unless this is the program itself. Other code goes with its object
/// file; code in no file was made by the program, and counts as the user's. When the user has named
/// paths, and code in them is on a stack, only that code is the user's.
///
/// Answers are remembered, as every call asks. Not safe for use by several threads.
public final class OwnCode {
  /// Where a function's line tells the root of a tree of sources.
  private record RootRule(String function, String folder) {}

  private static final class Table {
    static final List<PathPattern> SOURCES = new ArrayList<>();
    static final List<PathPattern> OBJECTS = new ArrayList<>();
    static final List<RootRule> ROOTS = new ArrayList<>();

    static {
      for (String line : text().split("\n")) {
        String[] words = line.split("\t");
        List<String> endings = words.length > 2 ? List.of(words[2].split(" ")) : List.of();
        switch (words[0]) {
          case "source" -> SOURCES.add(PathPattern.of(words[1], endings));
          case "object" -> OBJECTS.add(PathPattern.of(words[1], endings));
          case "root" -> ROOTS.add(new RootRule(words[1], words[2]));
          default -> {}
        }
      }
    }

    private Table() {}

    private static String text() {
      try (InputStream in = OwnCode.class.getResourceAsStream("foreign-code.txt")) {
        if (in == null) {
          throw new IllegalStateException("the table foreign-code.txt is not part of this build");
        }
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException("the table foreign-code.txt cannot be read", e);
      }
    }
  }

  private final List<String> mine;
  private final Set<String> roots = new HashSet<>();
  private final Map<String, Boolean> sources = new HashMap<>();
  private final Map<String, Boolean> objects = new HashMap<>();
  private final Map<String, Boolean> named = new HashMap<>();

  /// @param mine files and directories that the user has named as own code, as absolute paths
  public OwnCode(List<String> mine) {
    this.mine = List.copyOf(mine);
  }

  /// The levels of a stack with those marked that are the user's own code.
  ///
  /// @param images the object file of each; `null` for code in none
  List<Frame> marked(List<Frame> levels, List<@Nullable Image> images, AddressSpace space) {
    Image program = space.program();
    boolean anyNamed = false;
    for (int i = 0; i < levels.size(); i++) {
      learn(levels.get(i).function(), levels.get(i).place());
      anyNamed |= isNamed(levels.get(i).place(), levels.get(i).module());
    }
    List<Frame> marked = new ArrayList<>();
    for (int i = 0; i < levels.size(); i++) {
      Frame level = levels.get(i);
      Image image = images.get(i);
      boolean own =
          !level.signal()
              && (anyNamed
                  ? isNamed(level.place(), level.module())
                  : image == null
                      ? space.isExecutable(level.pc())
                      : isOwn(level.place(), image.name(), image.role(), image.equals(program)));
      marked.add(level.withOwn(own));
    }
    return marked;
  }

  /// Takes a level into account whose function and line tell the root of a tree of sources.
  void learn(String function, @Nullable Place place) {
    if (place == null) {
      return;
    }
    for (RootRule rule : Table.ROOTS) {
      int at =
          PathPattern.matches(rule.function(), function)
              ? place.file().lastIndexOf(rule.folder() + '/')
              : -1;
      if (at > 0) {
        int end = at + rule.folder().lastIndexOf('/');
        if (roots.add(place.file().substring(0, end))) {
          sources.clear();
        }
      }
    }
  }

  /// Whether the user has named the code as own code.
  ///
  /// @param object path of the object file; empty for code in none
  boolean isNamed(@Nullable Place place, String object) {
    if (mine.isEmpty()) {
      return false;
    }
    if (place != null && isNamed(place.file())) {
      return true;
    }
    return isNamed(object) && (place == null || !isForeignSource(place.file()));
  }

  /// Whether code is the user's by default.
  ///
  /// @param object path of the object file
  /// @param program whether that is the program itself
  boolean isOwn(@Nullable Place place, String object, Image.Role role, boolean program) {
    if (role != Image.Role.PROGRAM || (!program && isForeignObject(object))) {
      return false;
    }
    return place == null || !isForeignSource(place.file());
  }

  private boolean isForeignSource(String file) {
    return sources.computeIfAbsent(
        file,
        each ->
            anyMatches(Table.SOURCES, each)
                || roots.stream().anyMatch(root -> PathPattern.isIn(each, root)));
  }

  private boolean isForeignObject(String file) {
    return objects.computeIfAbsent(file, each -> anyMatches(Table.OBJECTS, each));
  }

  private boolean isNamed(String file) {
    return named.computeIfAbsent(
        file, each -> mine.stream().anyMatch(folder -> PathPattern.isIn(each, folder)));
  }

  private static boolean anyMatches(List<PathPattern> patterns, String path) {
    for (PathPattern pattern : patterns) {
      if (pattern.matches(path)) {
        return true;
      }
    }
    return false;
  }
}
