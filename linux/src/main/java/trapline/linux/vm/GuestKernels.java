package trapline.linux.vm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import trapline.linux.files.FileErrors;
import trapline.linux.files.FileTree;
import trapline.linux.files.HeldLock;
import trapline.linux.files.PrivateDirectory;
import trapline.linux.files.TemporaryDirectory;

/// Finds the kernel for a guest, and prepares it when it is used for the first time.
public final class GuestKernels {
  /// A kernel's ELF file, its symbols and its state.
  private static final long ROOM = 400L << 20;

  /// The log of what a guest's kernel does in one call may be large.
  private static final long WORK_ROOM = 1L << 30;

  private static final String UNPACKED = "vmlinux";
  private static final String AS_GIVEN = "bzImage";
  private static final String SYMBOLS = "symbols.gz";
  private static final String RELEASE = "release";

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
    if (image != null && Files.exists(Path.of(image)) && !Files.isRegularFile(Path.of(image))) {
      throw new GuestFailure(GuestFailure.Kind.IMAGE, image + " is not a regular file");
    }
    KernelPackages packages = new KernelPackages(cache, progress);
    Path file = packages.image(image);
    try {
      return prepared(file);
    } catch (GuestFailure e) {
      if (e.kind() == GuestFailure.Kind.IMAGE
          && cache.holds(file)) { // what is of no use is not kept
        FileTree.delete(file.resolveSibling(""));
      }
      throw e;
    }
  }

  private GuestKernel prepared(Path file) {
    KernelImage image = KernelImage.read(file);
    String digest = Boot.digest(image.bytes());
    PrivateDirectory directory = directory(digest, 0);
    try (HeldLock lock =
        HeldLock.take(
            directory.file(GuestCache.LOCK),
            () -> progress.waits("waiting for another run to prepare the guest's kernel"))) {
      lock.touch();
      try {
        return prepare(image, digest, directory);
      } finally {
        if (!directory.has(RELEASE)) { // a kernel that does not boot is not kept
          directory.delete();
        }
      }
    } catch (IOException e) {
      throw new GuestFailure(
          GuestFailure.Kind.EMULATOR,
          "the guest's kernel " + file + " cannot be used: " + FileErrors.line(e),
          e);
    }
  }

  private PrivateDirectory directory(String digest, long room) {
    return cache.directory(room, "kernels", digest.substring(0, 24));
  }

  private GuestKernel prepare(KernelImage image, String digest, PrivateDirectory directory)
      throws IOException {
    if (!directory.has(UNPACKED) && !directory.has(AS_GIVEN)) {
      cache.prune();
      directory(digest, ROOM);
      progress.at("unpacking the guest's kernel", 0, 0);
      byte[] unpacked = image.unpacked();
      directory.write(
          unpacked != null ? UNPACKED : AS_GIVEN, unpacked != null ? unpacked : image.bytes());
    }
    boolean isUnpacked = directory.has(UNPACKED);
    Path boots = directory.regular(isUnpacked ? UNPACKED : AS_GIVEN);
    Boot boot = new Boot(directory, boots);
    if (!boot.isKept() || !directory.has(SYMBOLS) || !directory.has(RELEASE)) {
      try (TemporaryDirectory work = work();
          MemoryPlace place = MemoryPlace.of(work);
          MemoryFile ram = MemoryFile.create(place.create())) {
        String name = boot.prepare(work, ram, place, directory.file(SYMBOLS), progress);
        directory.write(RELEASE, name.getBytes(StandardCharsets.UTF_8));
      }
    }
    return new GuestKernel(
        directory,
        boots,
        isUnpacked ? boots : null,
        digest,
        Files.readString(directory.regular(RELEASE)),
        directory.regular(SYMBOLS),
        boot.memory());
  }

  /// A directory for a guest's sockets, console and log.
  static TemporaryDirectory work() throws IOException {
    return TemporaryDirectory.ofRuntime(WORK_ROOM);
  }
}
