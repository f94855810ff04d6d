package trapline.journey;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import trapline.model.Frame;
import trapline.model.Place;

/// Tells the user's own code from that of compilers, systems and dependencies, by its path.
///
/// Code of a known source file is foreign when a rule of the table `foreign-code.txt` names that
/// file, or the object file, unless this is the program itself. Other code goes with its object
/// file; code in no file was made by the program, and counts as the user's. Code without a line is
/// not the user's where the same object file's code on that stack has lines. When the user has
/// named
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
  private final UnaryOperator<String> realPath;
  private final Set<String> roots = new HashSet<>();
  private final Map<String, Boolean> sources = new HashMap<>();
  private final Map<String, Boolean> objects = new HashMap<>();
  private final Map<String, Boolean> named = new HashMap<>();

  /// @param mine files and directories that the user has named as own code, as absolute paths
  /// @param realPath a path without symbolic links, where there is such a file; the path itself
  ///     otherwise
  public OwnCode(List<String> mine, UnaryOperator<String> realPath) {
    this.mine = List.copyOf(mine);
    this.realPath = realPath;
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
    return anyNamed ? marked : withoutShims(marked, images);
  }

  /// Where others' code has lines, code of the same object file without a line was not compiled by
  /// the user either: such as the `main` that a Rust compiler makes, or Go's C code.
  private static List<Frame> withoutShims(List<Frame> levels, List<@Nullable Image> images) {
    boolean changed = false;
    List<Frame> rest = new ArrayList<>();
    for (int i = 0; i < levels.size(); i++) {
      Frame level = levels.get(i);
      boolean shim = level.own() && level.place() == null && hasLineOn(levels, images, i);
      changed |= shim;
      rest.add(shim ? level.withOwn(false) : level);
    }
    return changed ? rest : levels;
  }

  private static boolean hasLineOn(List<Frame> levels, List<@Nullable Image> images, int level) {
    Image image = images.get(level);
    for (int i = 0; i < levels.size() && image != null; i++) {
      if (levels.get(i).place() != null && image.equals(images.get(i))) {
        return true;
      }
    }
    return false;
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
        each -> {
          String real = realPath.apply(each);
          return anyMatches(Table.SOURCES, each)
              || anyMatches(Table.SOURCES, real)
              || isInAny(each, roots)
              || isInAny(real, roots);
        });
  }

  private boolean isForeignObject(String file) {
    return objects.computeIfAbsent(file, each -> anyMatches(Table.OBJECTS, each));
  }

  private boolean isNamed(String file) {
    return named.computeIfAbsent(
        file, each -> isInAny(each, mine) || isInAny(realPath.apply(each), mine));
  }

  private static boolean isInAny(String path, Collection<String> directories) {
    return directories.stream().anyMatch(each -> PathPattern.isIn(path, each));
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
