package trapline.linux.objects;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.elf.ElfFile;
import trapline.linux.debuginfod.DebuginfodClient;
import trapline.linux.files.FileErrors;
import trapline.linux.files.UntrustedFile;
import trapline.linux.proc.FileNames;
import trapline.linux.proc.Maps;
import trapline.model.Unsupported;

/// Opens object files and keeps them open, one for each file however many processes map it. Safe
/// for use by many threads.
public final class ObjectFiles {
  private static final Path ROOT = Path.of("/");

  private final Map<Identity, ElfFile> known = new ConcurrentHashMap<>();
  private final Map<ElfFile, DebugFile> debugFiles = new ConcurrentHashMap<>();
  private final DebugFileSearch search;

  /// With the system's own directory of debug files, `/usr/lib/debug`. No server is asked.
  public ObjectFiles() {
    this(List.of());
  }

  /// No server is asked.
  ///
  /// @param debugDirectories directories of debug files to look in before `/usr/lib/debug`
  public ObjectFiles(List<Path> debugDirectories) {
    this(debugDirectories, DebuginfodClient.ofCache(System.getenv()));
  }

  /// @param debugDirectories directories of debug files to look in before `/usr/lib/debug`
  /// @param debuginfod is asked for what is not on this machine
  public ObjectFiles(List<Path> debugDirectories, DebuginfodClient debuginfod) {
    List<Path> directories = new ArrayList<>(debugDirectories);
    directories.add(Path.of("/usr/lib/debug"));
    this.search = new DebugFileSearch(this, directories, debuginfod);
  }

  /// What tells that two names are of one unchanged file.
  private record Identity(long device, long inode, long size, String changed) {
    // Written out, because the first use of a record's own methods costs milliseconds at start-up.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Identity that
          && that.inode == inode
          && that.device == device
          && that.size == size
          && that.changed.equals(changed);
    }

    @Override
    public int hashCode() {
      return Long.hashCode(inode * 31 + device);
    }
  }

  /// Opens a file of this machine.
  ///
  /// @throws IOException when there is no such file, or it cannot be read
  /// @throws Unsupported when it is larger than 2 GiB, or an ELF file that is not for x86-64
  /// @throws trapline.model.MalformedBinary when it is no ELF file
  public ObjectFile open(Path path) throws IOException {
    return new ObjectFile(elf(path, path.toString()), path.toString(), path, ROOT);
  }

  /// Opens the file of a mapping of a process: by its name as the process sees it, or, when that
  /// name has gone or is another file's by now, through `/proc/PID/map_files` or `/proc/PID/exe`.
  ///
  /// @param threadId a living thread of the process
  /// @throws IOException when the file cannot be had in any of these ways
  /// @throws Unsupported when it is larger than 2 GiB, or an ELF file that is not for x86-64
  /// @throws trapline.model.MalformedBinary when it is no ELF file
  public ObjectFile open(int threadId, Maps.Mapping mapping) throws IOException {
    Path process = Path.of("/proc", Integer.toString(threadId));
    Path root = process.resolve("root");
    IOException failure = null;
    for (Path candidate : candidates(process, root, mapping)) {
      try {
        ElfFile elf = elf(candidate, mapping.path());
        Path seen = candidate.startsWith(root) ? root : ROOT;
        return new ObjectFile(elf, mapping.path(), candidate, seen);
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        }
      }
    }
    throw failure != null ? failure : new NoSuchFileException(mapping.path());
  }

  /// Reads an object file that is only in memory, such as the vDSO.
  ///
  /// @param name such as `[vdso]`
  /// @param image what is mapped; not changed afterwards
  /// @throws trapline.model.MalformedBinary when it is no ELF file
  public ObjectFile ofMemory(String name, byte[] image) {
    return new ObjectFile(ElfFile.of(Bytes.of(name, image)), name, Path.of(name), ROOT);
  }

  /// Finds the debug information of a file. Remembered for each file.
  public DebugFile debugFile(ObjectFile file) {
    return debugFiles.computeIfAbsent(file.elf(), elf -> search.find(file));
  }

  /// Where the file of a mapping may be found, best first.
  private static List<Path> candidates(Path process, Path root, Maps.Mapping mapping) {
    List<Path> candidates = new ArrayList<>();
    Path named = pathOf(mapping.path());
    boolean mayBeNamed = !mapping.deleted() && named != null && named.isAbsolute();
    Path mapped =
        process
            .resolve("map_files")
            .resolve(Long.toHexString(mapping.start()) + "-" + Long.toHexString(mapping.end()));
    if (mayBeNamed && named != null) {
      for (Path path : List.of(under(root, named), named)) {
        if (hasInode(path, mapping.inode())) {
          candidates.add(path);
        }
      }
    }
    candidates.add(mapped);
    Path executable = process.resolve("exe");
    if (hasInode(executable, mapping.inode())) {
      candidates.add(executable);
    }
    if (mayBeNamed && named != null && candidates.size() == 1) {
      // Some file systems show another inode number in maps than in stat.
      candidates.add(under(root, named));
    }
    return candidates;
  }

  /// An absolute path as it is reached from another root.
  static Path under(Path root, Path path) {
    return root.equals(ROOT) ? path : root.resolve(ROOT.relativize(path));
  }

  /// @return `null` when it is no file name, or not UTF-8 and of no file
  static @Nullable Path pathOf(String name) {
    try {
      return FileNames.path(name);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static boolean hasInode(Path path, long inode) {
    try {
      return (long) Files.getAttribute(path, "unix:ino") == inode;
    } catch (IOException e) {
      return false;
    }
  }

  /// The ELF file behind a path, mapped once.
  ElfFile elf(Path path, String name) throws IOException {
    try (UntrustedFile file = UntrustedFile.open(path)) {
      return elf(file, name);
    }
  }

  private ElfFile elf(UntrustedFile file, String name) throws IOException {
    Path path = file.path();
    Map<String, Object> facts = Files.readAttributes(path, "unix:dev,ino,size,ctime");
    Identity identity =
        new Identity(
            number(facts, "dev"),
            number(facts, "ino"),
            number(facts, "size"),
            Objects.toString(facts.get("ctime")));
    ElfFile elf = known.get(identity);
    if (elf == null) {
      elf = ElfFile.of(map(path, name));
      ElfFile first = known.putIfAbsent(identity, elf);
      elf = first == null ? elf : first;
    }
    return elf;
  }

  /// Why a file could not be read, in a few words.
  public static String reason(IOException failure) {
    return FileErrors.reason(failure);
  }

  private static long number(Map<String, Object> facts, String name) {
    return facts.get(name) instanceof Long value ? value : -1;
  }

  private static Bytes map(Path path, String name) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size > Integer.MAX_VALUE) {
        throw new Unsupported(
            "reading " + name,
            "a view of more than 2 GiB",
            "move its debug information to a file of its own (objcopy --only-keep-debug) and strip"
                + " it");
      }
      if (size == 0) {
        return Bytes.empty(name);
      }
      // The way through an arena starts several times faster than plain map, whose first call in a
      // process sets up reflection. The garbage collector unmaps the file.
      ByteBuffer contents =
          channel.map(FileChannel.MapMode.READ_ONLY, 0, size, Arena.ofAuto()).asByteBuffer();
      return Bytes.of(name, contents);
    }
  }
}
