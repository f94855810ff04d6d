package trapline.index;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import trapline.kernel.KernelIndex;
import trapline.kernel.SyscallDeclaration;
import trapline.kernel.SyscallDefinition;
import trapline.kernel.SyscallRow;
import trapline.model.Abi;

/// What a tree or tarball looked like when it was indexed, to notice that it has changed.
///
/// A tarball has changed when its size, time of modification, inode or device has. A tree has
/// changed when one of the files that the index has system calls from, a makefile beside or above
/// them, or a directory of them has a later change time (`st_ctim`, stat(3type)), which users
/// cannot set; that is some 2,000 files, not 86,000. Not noticed is an edit in place of a file that
/// had no system call: `trapline index` reads the tree anew whenever it is asked to.
///
/// @param place the real path
/// @param readAt when the reading began, in milliseconds since 1970; 0 for a tarball
/// @param identity of the tree's directory or of the tarball
/// @param watched paths below the tree's top, `.` being the top
public record SourceStamp(String place, long readAt, String identity, Set<String> watched) {
  /// The kernel takes change times from a clock that ticks less often than the one that is asked
  /// for the time of day.
  private static final long TICK_MILLIS = 20;

  public SourceStamp {
    watched = Set.copyOf(watched);
  }

  /// To be taken before the reading.
  public static SourceStamp of(Path source) throws IOException {
    Path real = source.toRealPath();
    boolean folder = Files.isDirectory(real);
    long now = System.currentTimeMillis() - TICK_MILLIS;
    return new SourceStamp(real.toString(), folder ? now : 0, identity(real), Set.of());
  }

  private static String identity(Path real) throws IOException {
    Map<String, Object> stat = Files.readAttributes(real, "unix:dev,ino,size,lastModifiedTime");
    String inode = stat.get("dev") + " " + stat.get("ino");
    return Files.isDirectory(real)
        ? inode
        : inode
            + " "
            + stat.get("size")
            + " "
            + ((FileTime) Objects.requireNonNull(stat.get("lastModifiedTime")))
                .to(TimeUnit.NANOSECONDS);
  }

  /// The same with what the index of a tree depends on.
  SourceStamp watching(KernelIndex index) {
    Set<String> paths = new TreeSet<>();
    if (readAt != 0) {
      paths.add(".");
      add("Makefile", paths);
      for (SyscallDefinition definition : index.definitions()) {
        add(definition.place().file(), paths);
      }
      for (SyscallDeclaration declaration : index.declarations()) {
        add(declaration.place().file(), paths);
      }
      for (Abi abi : index.abis()) {
        for (SyscallRow row : index.rows(abi)) {
          add(row.place().file(), paths);
        }
      }
      paths.removeIf(path -> path.indexOf('\n') >= 0 || !Files.exists(Path.of(place, path)));
    }
    return new SourceStamp(place, readAt, identity, paths);
  }

  private static void add(String file, Set<String> paths) {
    if (paths.add(file)) {
      for (int slash = file.lastIndexOf('/'); slash > 0; slash = file.lastIndexOf('/', slash - 1)) {
        String folder = file.substring(0, slash);
        if (!paths.add(folder)) {
          break;
        }
        paths.add(folder + "/Makefile");
        paths.add(folder + "/Kconfig");
      }
    }
  }

  /// Whether the source is as it was.
  public boolean isCurrent() {
    try {
      Path top = Path.of(place);
      if (!identity(top).equals(identity)) {
        return false;
      }
      for (String path : watched) {
        Object changed =
            Files.getAttribute(top.resolve(path), "unix:ctime", LinkOption.NOFOLLOW_LINKS);
        if (((FileTime) changed).toMillis() >= readAt) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
