package trapline.linux.vm;

import java.nio.file.Path;
import java.util.List;

/// What a guest gets besides the program, what it is linked with, its working directory and the
/// basic files of `/etc`.
///
/// @param included files and whole folders that the user named; one that is not there is an error
/// @param opened files that the program was seen to open here; one that is not there is left out
/// @param readOnly folders that are mounted read-only in the guest, as they are here
public record GuestFiles(List<Path> included, List<Path> opened, List<Path> readOnly) {
  public static final GuestFiles NONE = new GuestFiles(List.of(), List.of(), List.of());

  public GuestFiles {
    included = List.copyOf(included);
    opened = List.copyOf(opened);
    readOnly = List.copyOf(readOnly);
  }
}
