package trapline.linux.vm;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Finds the kernel for a guest, and prepares it when it is used for the first time.
public final class GuestKernels {
  /// A kernel's ELF file, its symbols and its state.
  private static final long ROOM = 400L << 20;

  /// Two threads of one process cannot wait for each other by a file's lock.
  private static final Object PREPARING = new Object();

  private final GuestCache cache;
  private final GuestProgress progress;

  public GuestKernels(GuestProgress progress) {
    this.cache = GuestCache.of(System.getenv());
    this.progress = progress;
  }

  /// Finds a kernel: the named one, else the newest under `/boot` that can be read (the running one
  /// first), else Debian's cloud kernel, which is fetched with apt and kept.
  ///
  /// @param image a file (`vmlinuz`, `vmlinux`, or a Debian package `.deb` of a kernel) or the name
  ///     of a Debian package; `null` to choose
  /// @throws GuestFailure when there is none, or it is not a kernel for x86-64
  public GuestKernel find(@Nullable String image) {
    if (Tool.find(Emulator.PROGRAM) == null) {
      throw new GuestFailure(
          GuestFailure.Kind.MISSING_TOOL,
          Emulator.PROGRAM
              + " is not installed, which runs guests: apt-get install"
              + " qemu-system-x86");
    }
    KernelPackages packages = new KernelPackages(cache, progress);
    return prepared(packages.image(image));
  }

  private GuestKernel prepared(Path file) {
    KernelImage image = KernelImage.read(file);
    String digest = Boot.digest(image.bytes());
    Path folder = cache.folder("kernels/" + digest.substring(0, 24), 0);
    Path used = folder.resolve(GuestCache.LOCK);
    try {
      synchronized (PREPARING) {
        try (FileChannel channel =
                FileChannel.open(used, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.lock()) {
          assert lock.isValid();
          Files.setLastModifiedTime(used, FileTime.from(Instant.now()));
          return prepare(image, digest, folder);
        }
      }
    } catch (IOException e) {
      throw new GuestFailure(
          GuestFailure.Kind.EMULATOR, "the guest's kernel " + file + " cannot be used: " + e, e);
    }
  }

  private GuestKernel prepare(KernelImage image, String digest, Path folder) throws IOException {
    Path vmlinux = folder.resolve("vmlinux");
    Path asGiven = folder.resolve("bzImage");
    if (!Files.exists(vmlinux) && !Files.exists(asGiven)) {
      cache.prune();
      cache.folder("kernels/" + digest.substring(0, 24), ROOM);
      progress.at("unpacking the guest's kernel", 0, 0);
      Path part = folder.resolve("part");
      if (image.unpackTo(part)) {
        Files.move(part, vmlinux);
      } else {
        Boot.writeWhole(asGiven, image.bytes());
      }
    }
    boolean isUnpacked = Files.exists(vmlinux);
    Path boots = isUnpacked ? vmlinux : asGiven;
    Path symbols = folder.resolve("symbols.gz");
    Path release = folder.resolve("release");
    Boot boot = new Boot(folder, boots);
    if (!boot.isKept() || !Files.exists(symbols) || !Files.exists(release)) {
      try (GuestCache.Work work = cache.work()) {
        Path ramFile = memoryFile(work);
        try (MemoryFile ram = MemoryFile.create(ramFile)) {
          String name = boot.prepare(work, ram, ramFile, symbols, progress);
          Boot.writeWhole(release, name.getBytes(StandardCharsets.UTF_8));
        } finally {
          Files.deleteIfExists(ramFile);
        }
      }
    }
    return new GuestKernel(
        boots,
        isUnpacked ? vmlinux : null,
        digest,
        Files.readString(release),
        symbols,
        boot.memory());
  }

  /// Where a guest's memory is best kept: in memory where there is room, else beside the guest.
  static Path memoryFile(GuestCache.Work work) throws IOException {
    for (Path file : List.of(MemoryFile.inMemory(work.folder()), work.file("memory"))) {
      Path folder = Objects.requireNonNull(file.getParent());
      if (Files.isDirectory(folder) && MemoryFile.fits(folder)) {
        return file;
      }
    }
    throw new GuestFailure(
        GuestFailure.Kind.FILES,
        work.folder() + ": no room for the guest's memory of 512 MB (set XDG_CACHE_HOME)");
  }
}
