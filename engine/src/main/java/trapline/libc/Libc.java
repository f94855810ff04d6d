package trapline.libc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import trapline.elf.ElfFile;
import trapline.linux.files.FileErrors;
import trapline.linux.objects.LibcVersion;
import trapline.linux.objects.ObjectFiles;
import trapline.model.MalformedBinary;
import trapline.model.Unsupported;

/// A C library that lies under a prefix of its own, as its `make install` leaves it, or as a
/// distribution's package does that was unpacked there.
///
/// @param version as the library itself tells it, such as `2.36`; empty when it does not
/// @param prefix where it was installed
/// @param library the file of the library: `libc.so.6`, or musl's `libc.so`
/// @param loader the dynamic linker that belongs to it
/// @param buildId in hex; empty when it has none
public record Libc(
    Kind kind, String version, Path prefix, Path library, Path loader, String buildId) {
  private static final List<String> DIRECTORIES =
      List.of(
          "lib",
          "lib64",
          "usr/lib",
          "usr/lib64",
          "lib/x86_64-linux-gnu",
          "usr/lib/x86_64-linux-gnu",
          "lib/x86_64-linux-musl",
          "usr/lib/x86_64-linux-musl");
  private static final List<String> GLIBC_LOADERS = List.of("ld-linux-x86-64.so.2");
  private static final List<String> MUSL_LOADERS = List.of("ld-musl-x86_64.so.1", "libc.so");

  /// Whose it is.
  public enum Kind {
    GLIBC,
    MUSL;

    /// As people write it.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// The directory of the library, where programs find it.
  public Path directory() {
    return library.resolveSibling("").normalize();
  }

  /// Such as `glibc 2.36`.
  public String title() {
    return version.isEmpty() ? kind.text() : kind.text() + " " + version;
  }

  /// The library under a prefix.
  ///
  /// @throws LibcFailure when there is none
  public static Libc at(Path prefix) {
    Path absolute = prefix.toAbsolutePath().normalize();
    if (!Files.isDirectory(absolute)) {
      throw new LibcFailure(prefix + ": no such directory");
    }
    for (String name : DIRECTORIES) {
      Path directory = absolute.resolve(name);
      Path glibc = directory.resolve("libc.so.6");
      if (Files.isRegularFile(glibc)) {
        return read(Kind.GLIBC, absolute, glibc, GLIBC_LOADERS);
      }
      Path musl = directory.resolve("libc.so");
      if (Files.isRegularFile(musl) && isElf(musl)) {
        return read(Kind.MUSL, absolute, musl, MUSL_LOADERS);
      }
    }
    throw new LibcFailure(
        prefix + ": no C library there: neither lib/libc.so.6 (glibc) nor lib/libc.so (musl)");
  }

  private static Libc read(Kind kind, Path prefix, Path library, List<String> loaders) {
    for (String name : loaders) {
      Path loader = library.resolveSibling(name);
      if (Files.isRegularFile(loader)) {
        ElfFile elf = open(library);
        String text = LibcVersion.of(elf);
        int space = text.indexOf(' ');
        return new Libc(
            kind,
            space < 0 ? "" : text.substring(space + 1),
            prefix,
            library,
            loader,
            elf.buildId());
      }
    }
    throw new LibcFailure(
        library + ": its dynamic linker " + loaders.getFirst() + " is not beside it");
  }

  private static ElfFile open(Path file) {
    try {
      return new ObjectFiles().open(file).elf();
    } catch (IOException e) {
      throw new LibcFailure(file + ": cannot be read: " + FileErrors.reason(e), e);
    } catch (MalformedBinary e) {
      throw new LibcFailure("damaged ELF file: " + e.getMessage(), e);
    } catch (Unsupported e) {
      throw new LibcFailure(file + ": " + e.getMessage(), e);
    }
  }

  /// glibc's `libc.so` is a linker script.
  private static boolean isElf(Path file) {
    try (var in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(4);
      return start.length == 4 && start[0] == 0x7f && start[1] == 'E';
    } catch (IOException e) {
      return false;
    }
  }
}
