package trapline.linux.vm;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a guest gets besides the program, what it is linked with, its working directory and the
/// basic files of `/etc`.
///
/// @param included files and whole directories that the user named; one that is not there is an
///     error
/// @param opened files that the program was seen to open here; one that is not there is left out
/// @param copies where the content of a file that has changed since can be read, by its real path
/// @param absent files that were not there yet, by their real paths: the guest does not get them
/// @param readOnly directories that are mounted read-only in the guest, as they are here
public record GuestFiles(
    List<Path> included,
    List<Path> opened,
    Map<Path, Path> copies,
    Set<Path> absent,
    List<Path> readOnly) {
  public static final GuestFiles NONE =
      new GuestFiles(List.of(), List.of(), Map.of(), Set.of(), List.of());

  public GuestFiles {
    included = List.copyOf(included);
    opened = List.copyOf(opened);
    copies = Map.copyOf(copies);
    absent = Set.copyOf(absent);
    readOnly = List.copyOf(readOnly);
  }
}
