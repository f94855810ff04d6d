package trapline.linux.vm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import trapline.archive.DebArchive;
import trapline.archive.TarReader;
import trapline.linux.files.FileErrors;
import trapline.linux.files.HeldLock;
import trapline.linux.files.PrivateDirectory;
import trapline.linux.files.TemporaryDirectory;
import trapline.linux.files.UntrustedFile;
import trapline.model.MalformedBinary;

/// Kernel images: given ones, installed ones, and those in Debian's packages.
final class KernelPackages {
  private static final Pattern CLOUD = Pattern.compile("linux-image-([0-9][^ ]*)-cloud-amd64");
  private static final Pattern PACKAGE = Pattern.compile("[a-z0-9][a-z0-9+.-]+");
  private static final Pattern NUMBER = Pattern.compile("\\d+");

  /// Where packages have the image; Debian moved it with Linux 7.3.
  private static final Pattern IMAGE =
      Pattern.compile("\\./boot/(vmlinuz-[^/]+)|\\./usr/lib/modules/([^/]+)/vmlinuz");

  /// The package whose dependencies bring a kernel, and the one that has its image, since then.
  private static final String WHOLE = "linux-image-";

  private static final String BINARY = "linux-binary-";

  private static final long ROOM = 600L << 20;
  private static final long MAX_UNPACKED = 4L << 30;
  private static final int MAX_FILES = 200_000;
  private static final long MAX_IMAGE = 512L << 20;

  private final GuestCache cache;
  private final GuestProgress progress;

  KernelPackages(GuestCache cache, GuestProgress progress) {
    this.cache = cache;
    this.progress = progress;
  }

  /// The file of a kernel image.
  ///
  /// @param name as for [GuestKernels#find]
  Path image(@Nullable String name) {
    if (name == null) {
      Path installed = installed();
      return installed != null ? installed : cloudKernel();
    }
    Path file = Path.of(name);
    if (Files.exists(file)) {
      return name.endsWith(".deb") ? ofFile(file) : file;
    }
    if (name.contains("/") || !PACKAGE.matcher(name).matches()) {
      throw new GuestFailure(
          GuestFailure.Kind.IMAGE,
          name + ": no such kernel image, and no name of a Debian package");
    }
    Path kept = kept(name);
    return kept != null ? kept : fetch(name);
  }

  private Path ofFile(Path deb) {
    Path image = unpack(deb, deb.getFileName().toString());
    if (image == null) {
      throw new GuestFailure(
          GuestFailure.Kind.IMAGE,
          deb
              + " is not a package with a kernel: no /boot/vmlinuz-* and no"
              + " /usr/lib/modules/*/vmlinuz (Debian has it in linux-binary-* since 7.3)");
    }
    return image;
  }

  private static @Nullable Path installed() {
    String release = System.getProperty("os.version");
    for (String name :
        List.of("/boot/vmlinuz-" + release, "/usr/lib/modules/" + release + "/vmlinuz")) {
      Path running = Path.of(name);
      if (Files.isReadable(running)) {
        return running;
      }
    }
    try (Stream<Path> files = Files.list(Path.of("/boot"))) {
      return files
          .filter(each -> each.getFileName().toString().startsWith("vmlinuz-"))
          .filter(Files::isReadable)
          .max(Comparator.comparing(each -> each.getFileName().toString(), KernelPackages::compare))
          .orElse(null);
    } catch (IOException e) {
      return null;
    }
  }

  /// One that was fetched before; else the running kernel's series if Debian has it; else the
  /// newest.
  private Path cloudKernel() {
    List<String> kept = new ArrayList<>();
    for (Path each : cache.list("packages")) {
      kept.add(each.getFileName().toString());
    }
    String best = best(kept);
    Path there = best == null ? null : kept(best);
    if (there != null) {
      return there;
    }
    Path tool = Tool.find("apt-cache");
    if (tool == null) {
      throw new GuestFailure(
          GuestFailure.Kind.IMAGE,
          "no kernel for a guest: none under /boot can be read, and there is no apt to fetch one;"
              + " give --guest-kernel FILE");
    }
    try {
      Tool.Answer answer =
          Tool.run(new ProcessBuilder(tool.toString(), "pkgnames", "linux-image-"));
      String newest = best(answer.out().lines().toList());
      if (newest == null) {
        throw new GuestFailure(
            GuestFailure.Kind.IMAGE,
            "no kernel for a guest: none under /boot can be read, and apt knows no"
                + " linux-image-*-cloud-amd64 (apt-get update); or give --guest-kernel FILE");
      }
      return fetch(newest);
    } catch (IOException e) {
      throw new GuestFailure(
          GuestFailure.Kind.IMAGE, "apt-cache does not answer: " + FileErrors.line(e), e);
    }
  }

  static @Nullable String best(List<String> names) {
    String running = series(System.getProperty("os.version"));
    return names.stream()
        .filter(each -> CLOUD.matcher(each).matches())
        .max(
            Comparator.comparing((String each) -> series(version(each)).equals(running))
                .thenComparing(KernelPackages::version, KernelPackages::compare))
        .orElse(null);
  }

  private static String version(String name) {
    Matcher matcher = CLOUD.matcher(name);
    return matcher.matches() ? matcher.group(1) : "";
  }

  private static String series(String version) {
    String[] parts = version.split("[.-]");
    return parts.length < 2 ? version : parts[0] + "." + parts[1];
  }

  /// Compares by the numbers that they hold.
  static int compare(String one, String other) {
    Matcher first = NUMBER.matcher(one);
    Matcher second = NUMBER.matcher(other);
    while (first.find()) {
      if (!second.find()) {
        return 1;
      }
      int difference =
          new java.math.BigInteger(first.group())
              .compareTo(new java.math.BigInteger(second.group()));
      if (difference != 0) {
        return difference;
      }
    }
    return second.find() ? -1 : one.compareTo(other);
  }

  private @Nullable Path kept(String name) {
    for (Path each : cache.list("packages", name)) {
      if (each.getFileName().toString().startsWith("vmlinuz-")) {
        return each;
      }
    }
    return null;
  }

  private Path fetch(String name) {
    Path image = fetch(name, name);
    if (image == null && name.startsWith(WHOLE)) {
      image = fetch(BINARY + name.substring(WHOLE.length()), name);
    }
    if (image == null) {
      throw new GuestFailure(
          GuestFailure.Kind.IMAGE,
          name
              + " is not a package with a kernel: no /boot/vmlinuz-*, no"
              + " /usr/lib/modules/*/vmlinuz");
    }
    return image;
  }

  /// @param keptAs the name that the image is found by later
  /// @return `null` when the package holds none
  private @Nullable Path fetch(String name, String keptAs) {
    Path tool = Tool.find("apt-get");
    if (tool == null) {
      throw new GuestFailure(
          GuestFailure.Kind.IMAGE, name + ": no such file, and no apt-get to fetch such a package");
    }
    PrivateDirectory packages = cache.directory(ROOM, "packages");
    try (HeldLock lock =
            HeldLock.take(
                packages.file(GuestCache.LOCK),
                () -> progress.waits("waiting for another run to fetch a kernel"));
        TemporaryDirectory part = TemporaryDirectory.in(packages.path())) {
      lock.touch();
      Path fetched = kept(keptAs);
      if (fetched != null) {
        return fetched;
      }
      download(tool, name, part.directory());
      try (Stream<Path> files = Files.list(part.path())) {
        Path deb =
            files
                .filter(each -> each.toString().endsWith(".deb"))
                .findFirst()
                .orElseThrow(() -> new IOException("apt-get fetched no file"));
        requireHash(deb, name);
        return unpack(deb, keptAs);
      }
    } catch (IOException e) {
      throw new GuestFailure(
          GuestFailure.Kind.IMAGE, name + " cannot be fetched: " + FileErrors.line(e), e);
    }
  }

  private void download(Path tool, String name, PrivateDirectory folder) throws IOException {
    Path said = folder.empty("said");
    Process process =
        new ProcessBuilder(tool.toString(), "download", name)
            .directory(folder.path().toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(15);
      while (!process.waitFor(200, TimeUnit.MILLISECONDS)) {
        if (System.nanoTime() > deadline) {
          throw new IOException("apt-get download does not finish");
        }
        progress.at("fetching " + name, sizeOf(folder.path()), 0);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new java.io.InterruptedIOException("interrupted");
    } finally {
      process.destroy();
    }
    if (process.exitValue() != 0) {
      String text = Files.readString(said, StandardCharsets.UTF_8);
      throw new IOException(
          "apt-get download: "
              + text.lines()
                  .filter(each -> each.startsWith("E:"))
                  .findFirst()
                  .orElse(text.strip()));
    }
  }

  /// apt has compared it with the signed list of packages; here it is made sure that what lies
  /// there is that file, where the list names its hash.
  private static void requireHash(Path deb, String name) throws IOException {
    Path tool = Tool.find("apt-cache");
    if (tool == null) {
      return;
    }
    Tool.Answer answer = Tool.run(new ProcessBuilder(tool.toString(), "show", name));
    List<String> hashes =
        answer
            .out()
            .lines()
            .filter(each -> each.startsWith("SHA256: "))
            .map(each -> each.substring(8).strip())
            .toList();
    String actual = Boot.digest(Files.readAllBytes(deb));
    if (!hashes.isEmpty() && !hashes.contains(actual)) {
      throw new IOException("its SHA-256 is " + actual + ", which apt's list does not have");
    }
  }

  private static long sizeOf(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      long sum = 0;
      for (Path each : files.toList()) {
        sum += Files.exists(each) ? each.toFile().length() : 0;
      }
      return sum;
    }
  }

  /// Keeps the image that a package holds.
  ///
  /// @return `null` when it holds none
  private @Nullable Path unpack(Path deb, String name) {
    Path kept = kept(name);
    if (kept != null && !name.endsWith(".deb")) {
      return kept;
    }
    progress.at("unpacking " + name, 0, 0);
    try (InputStream in = UntrustedFile.newInputStream(deb)) {
      DebArchive archive = DebArchive.open(deb.toString(), in, MAX_UNPACKED);
      Image image = image(new TarReader(deb.toString(), archive.data()));
      archive.finish();
      if (image == null) {
        return null;
      }
      PrivateDirectory home = cache.directory(ROOM, "packages", name);
      home.write(image.name(), image.content());
      return home.file(image.name());
    } catch (IOException e) {
      throw new GuestFailure(
          GuestFailure.Kind.IMAGE, deb + " cannot be unpacked: " + FileErrors.line(e), e);
    } catch (MalformedBinary e) {
      throw new GuestFailure(GuestFailure.Kind.IMAGE, e.getMessage() + "; nothing was kept", e);
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  private record Image(String name, byte[] content) {}

  /// Reads to the archive's end, so that a cut one is seen.
  private @Nullable Image image(TarReader tar) throws IOException {
    Image found = null;
    for (int files = 0; tar.next(); files++) {
      if (files > MAX_FILES) {
        throw new IOException("more than " + MAX_FILES + " files");
      }
      Matcher image = IMAGE.matcher(tar.name());
      if (found == null && image.matches()) {
        if (tar.size() > MAX_IMAGE) {
          throw new IOException("the kernel image is too large: " + tar.size() + " bytes");
        }
        String kept = image.group(1) != null ? image.group(1) : "vmlinuz-" + image.group(2);
        found = new Image(kept, tar.content());
      }
    }
    return found;
  }
}
