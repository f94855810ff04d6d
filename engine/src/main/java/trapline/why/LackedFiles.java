package trapline.why;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.abi.SyscallTable;
import trapline.follow.PathArguments;
import trapline.linux.vm.GuestCall;
import trapline.linux.vm.GuestView;

/// The files that a program asks for in a guest which are on this machine, but not there.
///
/// The guest has what the program looked at here. It lacks something when the program goes another
/// way there.
final class LackedFiles {
  private static final int MOST = 16;

  private final Path directory;
  private final Set<Path> made;
  private final Set<Path> lacked = new LinkedHashSet<>();
  private final Set<Integer> moved = new HashSet<>();

  /// @param directory the program's working directory at its start
  /// @param made files that the program makes: the guest shall lack them
  LackedFiles(Path directory, Set<Path> made) {
    this.directory = directory;
    this.made = Set.copyOf(made);
  }

  /// The files, by the paths that the program gave them.
  List<Path> paths() {
    return new ArrayList<>(lacked);
  }

  /// A thread has entered a call.
  ///
  /// @param named the paths that it names
  void entered(GuestCall call, List<PathArguments.Named> named, GuestView guest) {
    String name = SyscallTable.of(call.abi()).nameOf(call.number());
    for (PathArguments.Named each : named) {
      if (lacked.size() < MOST) {
        Path path = path(call, each);
        if (path != null && !guest.wasGiven(path) && isHere(path)) {
          lacked.add(path);
        }
      }
    }
    if (name.equals("chdir") || name.equals("fchdir") || name.equals("chroot")) {
      moved.add(call.thread()); // from here on it is not known what a relative path means
    }
  }

  private boolean isHere(Path path) {
    return !made.contains(path) && Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  private @Nullable Path path(GuestCall call, PathArguments.Named path) {
    if (path.text().isEmpty()) {
      return null;
    }
    try {
      Path named = Path.of(path.text());
      PathArguments argument = path.argument();
      boolean isRelative =
          argument.folder() >= 0
              && call.arguments().get(argument.folder()).intValue() != PathArguments.AT_FDCWD;
      if (named.isAbsolute()) {
        return named;
      }
      return isRelative || !moved.isEmpty() ? null : directory.resolve(named);
    } catch (InvalidPathException e) {
      return null;
    }
  }
}
