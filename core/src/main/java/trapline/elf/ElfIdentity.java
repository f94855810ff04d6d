package trapline.elf;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import trapline.bytes.Bytes;

/// What a file is, told from its first bytes.
///
/// @param description in a few words, such as `64-bit ELF for x86-64` or `32-bit ELF for i386`
public record ElfIdentity(Kind kind, String description) {
  static final int HEADER_SIZE = 64;
  static final int X86_64 = 62;

  /// What can be done with the file.
  public enum Kind {
    /// A 64-bit little-endian ELF file for x86-64, which [ElfFile] reads.
    READABLE,
    /// An ELF file of another class, byte order or architecture.
    OTHER_ELF,
    /// An ELF file that ends within its header.
    TRUNCATED_ELF,
    /// A text that names its interpreter (`#!`).
    SCRIPT,
    /// Anything else.
    OTHER
  }

  /// Looks at the first bytes of a file. Never throws.
  public static ElfIdentity of(Bytes file) {
    int size = file.size();
    if (size == 0) {
      return new ElfIdentity(Kind.OTHER, "an empty file");
    }
    if (size >= 2 && file.u16(0) == 0x2123) {
      return new ElfIdentity(Kind.SCRIPT, "a script");
    }
    if (size < 4 || file.u32(0) != 0x464c457fL) {
      return new ElfIdentity(Kind.OTHER, "not an ELF file");
    }
    if (size < 20) {
      return new ElfIdentity(Kind.TRUNCATED_ELF, "an ELF file that ends within its header");
    }
    int bits = file.u8(4);
    int order = file.u8(5);
    if (bits < 1 || bits > 2 || order < 1 || order > 2) {
      return new ElfIdentity(
          Kind.OTHER_ELF, "an ELF file of unknown class " + bits + " or byte order " + order);
    }
    boolean big = order == 2;
    int machine = big ? Integer.reverseBytes(file.u16(18)) >>> 16 : file.u16(18);
    String description =
        (bits == 1 ? "32-bit " : "64-bit ") + (big ? "big-endian " : "") + "ELF for ";
    if (bits == 1 && machine == X86_64) {
      return new ElfIdentity(Kind.OTHER_ELF, description + "x86-64 (the x32 ABI)");
    }
    description += machine == X86_64 ? "x86-64" : machineName(machine);
    if (bits != 2 || big || machine != X86_64) {
      return new ElfIdentity(Kind.OTHER_ELF, description);
    }
    if (size < HEADER_SIZE) {
      return new ElfIdentity(Kind.TRUNCATED_ELF, "an ELF file that ends within its header");
    }
    return new ElfIdentity(Kind.READABLE, description);
  }

  /// The architecture's name, or `machine 1234` when it has none here.
  private static String machineName(int machine) {
    InputStream table = ElfIdentity.class.getResourceAsStream("machines.txt");
    if (table == null) {
      throw new IllegalStateException("machines.txt is missing");
    }
    String prefix = machine + " ";
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(table, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(prefix)) {
          return line.substring(prefix.length());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "machine " + machine;
  }
}
