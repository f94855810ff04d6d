package trapline.libc;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import trapline.elf.ElfFile;
import trapline.elf.NeededVersion;
import trapline.elf.Symbol;
import trapline.linux.loader.LibrarySearch;

/// What a program and the libraries that it takes from elsewhere ask of a C library, and whether it
/// has that.
final class NeededOfLibc {
  /// `STB_WEAK`.
  private static final int WEAK = 2;

  private static final String PRIVATE = "GLIBC_PRIVATE";

  /// More than these are not named in one line.
  private static final int NAMED = 4;

  private final Libc libc;
  private final String name;
  private final Map<String, ElfFile> files = new LinkedHashMap<>();

  /// Those of `files` that are not the library's own, by how they are named to the user.
  private final Map<String, ElfFile> askers = new LinkedHashMap<>();

  /// @param name the program's, as the user typed it
  /// @param open reads one of the files
  NeededOfLibc(
      Libc libc,
      String name,
      ElfFile program,
      LibrarySearch.Found loaded,
      Function<Path, ElfFile> open) {
    this.libc = libc;
    this.name = name;
    askers.put(name, program);
    loaded
        .files()
        .forEach(
            (each, path) -> {
              if (each.startsWith("ld-linux")) { // however it is listed, it is the one that runs
                files.put(each, open.apply(libc.loader()));
                return;
              }
              ElfFile elf = open.apply(path);
              files.put(each, elf);
              if (!path.startsWith(libc.directory())) {
                askers.put(path.toString(), elf);
              }
            });
  }

  /// @throws LibcFailure when it lacks something
  void check() {
    if (libc.kind() == Libc.Kind.GLIBC) {
      checkVersions();
    } else {
      checkSymbols();
    }
  }

  private void checkVersions() {
    Map<String, Set<String>> defined = new HashMap<>();
    files.forEach((each, elf) -> defined.put(each, new HashSet<>(elf.definedVersions())));
    Map<String, Set<String>> missing = new TreeMap<>(NeededOfLibc::newestFirst);
    String library = "";
    for (Map.Entry<String, ElfFile> asker : askers.entrySet()) {
      for (NeededVersion needed : asker.getValue().neededVersions()) {
        if (needed.name().equals(PRIVATE)) {
          throw new LibcFailure(
              asker.getKey()
                  + ": a part of another glibc, which fits no other; "
                  + libc.directory()
                  + " lacks its own "
                  + baseName(asker.getKey()));
        }
        Set<String> there = defined.get(needed.library());
        if (there != null && !needed.isWeak() && !there.contains(needed.name())) {
          missing.computeIfAbsent(needed.name(), each -> new LinkedHashSet<>()).add(asker.getKey());
          library = needed.library();
        }
      }
    }
    if (!missing.isEmpty()) {
      throw new LibcFailure(
          name
              + ": needs "
              + wanted(missing)
              + "; "
              + libc.title()
              + " under "
              + libc.prefix()
              + " has none newer than "
              + newest(defined.getOrDefault(library, Set.of()))
              + remedy(missing));
    }
  }

  /// What another compilation can change.
  private String remedy(Map<String, Set<String>> missing) {
    boolean own = missing.values().stream().anyMatch(askers -> askers.contains(name));
    return own ? "; compiled with trapline libc cc " + libc.prefix() + " it would not" : "";
  }

  private static String wanted(Map<String, Set<String>> missing) {
    List<String> texts = new ArrayList<>();
    for (Map.Entry<String, Set<String>> each : missing.entrySet()) {
      if (texts.size() == NAMED) {
        texts.add((missing.size() - NAMED) + " more");
        break;
      }
      texts.add(each.getKey() + " (asked for by " + some(each.getValue()) + ")");
    }
    return String.join(", ", texts);
  }

  private static String some(Set<String> names) {
    List<String> first = names.stream().limit(NAMED).toList();
    int more = names.size() - first.size();
    return String.join(", ", first) + (more > 0 ? " and " + more + " more" : "");
  }

  private static String newest(Set<String> versions) {
    return versions.stream()
        .filter(each -> each.startsWith("GLIBC_") && Character.isDigit(each.charAt(6)))
        .min(NeededOfLibc::newestFirst)
        .orElse("no version at all");
  }

  /// By the numbers in the names.
  private static int newestFirst(String one, String other) {
    String[] left = other.split("[._]");
    String[] right = one.split("[._]");
    for (int i = 0; i < Math.min(left.length, right.length); i++) {
      int order =
          isNumber(left[i]) && isNumber(right[i])
              ? Integer.compare(Integer.parseInt(left[i]), Integer.parseInt(right[i]))
              : left[i].compareTo(right[i]);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(left.length, right.length);
  }

  private static boolean isNumber(String text) {
    return text.length() <= 9
        && !text.isEmpty()
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /// musl's symbols have no versions: a newer program is told by functions that are not there.
  private void checkSymbols() {
    Set<String> defined = new HashSet<>();
    for (ElfFile elf : files.values()) {
      addDefined(elf, defined);
    }
    askers.values().forEach(elf -> addDefined(elf, defined));
    Map<String, Set<String>> missing = new TreeMap<>();
    askers.forEach(
        (asker, elf) -> {
          for (Symbol symbol : elf.dynamicSymbols()) {
            if (!symbol.isDefined() && symbol.binding() != WEAK && !symbol.name().isEmpty()) {
              if (!defined.contains(symbol.name())) {
                missing.computeIfAbsent(symbol.name(), each -> new LinkedHashSet<>()).add(asker);
              }
            }
          }
        });
    if (!missing.isEmpty()) {
      throw new LibcFailure(
          name
              + ": needs "
              + wanted(missing)
              + "; "
              + libc.title()
              + " under "
              + libc.prefix()
              + " does not have that");
    }
  }

  private static void addDefined(ElfFile elf, Set<String> names) {
    for (Symbol symbol : elf.dynamicSymbols()) {
      if (symbol.isDefined()) {
        names.add(symbol.name());
      }
    }
  }

  private static String baseName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
