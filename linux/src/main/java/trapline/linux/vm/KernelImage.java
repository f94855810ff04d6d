package trapline.linux.vm;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;
import trapline.archive.ExpansionLimit;
import trapline.archive.Lz4;
import trapline.archive.Zstandard;
import trapline.bytes.Bytes;
import trapline.elf.ElfFile;
import trapline.elf.Segment;
import trapline.linux.files.FileErrors;
import trapline.model.MalformedBinary;

/// A file that a boot loader starts: a kernel's `bzImage` (`Documentation/arch/x86/boot.rst`), or
/// the ELF file `vmlinux` itself.
final class KernelImage {
  private static final int MAX_IMAGE = 512 << 20;
  private static final long MAX_KERNEL = 1L << 30;

  // The setup header, by its documentation.
  private static final int SETUP_SECTORS = 0x1f1;
  private static final int SYSTEM_SIZE = 0x1f4;
  private static final int MAGIC = 0x202;
  private static final int LOAD_FLAGS = 0x236;
  private static final int PAYLOAD_OFFSET = 0x248;
  private static final int PAYLOAD_LENGTH = 0x24c;

  /// `XEN_ELFNOTE_PHYS32_ENTRY`: where QEMU enters an ELF kernel.
  private static final int PVH_ENTRY = 18;

  private static final int EM_X86_64 = 62;
  private static final int XZ_MEMORY_LIMIT_KIB = 256 << 10;

  private final Path file;
  private final byte[] bytes;
  private final ByteBuffer words;

  private KernelImage(Path file, byte[] bytes) {
    this.file = file;
    this.bytes = bytes;
    this.words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// Reads an image and checks that a guest can run it.
  ///
  /// @throws GuestFailure when it is no kernel for x86-64
  static KernelImage read(Path file) {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > MAX_IMAGE) {
        throw unusable(file, "is not a kernel image");
      }
      KernelImage image = new KernelImage(file, Files.readAllBytes(file));
      image.check();
      return image;
    } catch (IOException e) {
      throw new GuestFailure(
          GuestFailure.Kind.IMAGE, file + ": the kernel image cannot be read: " + reason(e), e);
    }
  }

  private static String reason(IOException e) {
    return e instanceof java.nio.file.AccessDeniedException
        ? "permission denied (it belongs to root; give --guest-kernel another)"
        : FileErrors.reason(e);
  }

  private static GuestFailure unusable(Path file, String why) {
    return new GuestFailure(GuestFailure.Kind.IMAGE, file + " " + why);
  }

  private void check() {
    if (isElf(bytes)) {
      if (bytes.length < 64 || bytes[4] != 2 || words.getShort(18) != EM_X86_64) {
        throw unusable(file, "is a kernel or program of another architecture, not x86-64");
      }
      if (!hasPvhEntry(bytes)) {
        throw unusable(
            file, "has no PVH entry (CONFIG_PVH), without which QEMU starts no ELF file");
      }
      return;
    }
    if (bytes.length > 0x40 && words.getInt(0x38) == 0x644d5241) { // "ARM\x64"
      throw unusable(file, "is a kernel for arm64, not x86-64");
    }
    if (bytes.length < 0x1000 || words.getInt(MAGIC) != 0x53726448) { // "HdrS"
      throw unusable(file, "is not a kernel image (neither bzImage nor vmlinux)");
    }
    if ((words.getShort(LOAD_FLAGS) & 1) == 0) {
      throw unusable(file, "is a 32-bit kernel, not x86-64");
    }
    long whole = setupBytes() + 16 * Integer.toUnsignedLong(words.getInt(SYSTEM_SIZE));
    if (bytes.length < whole) {
      throw unusable(file, "is cut off: it has " + bytes.length + " of " + whole + " bytes");
    }
  }

  /// What lies before the part that runs in protected mode.
  private long setupBytes() {
    return ((bytes[SETUP_SECTORS] & 0xff) + 1) * 512L;
  }

  byte[] bytes() {
    return bytes;
  }

  /// The kernel's ELF file.
  ///
  /// @return `null` when it cannot be unpacked, or QEMU could not boot it
  byte @Nullable [] unpacked() throws IOException {
    if (isElf(bytes)) {
      return bytes;
    }
    long start = setupBytes() + words.getInt(PAYLOAD_OFFSET);
    long length = Integer.toUnsignedLong(words.getInt(PAYLOAD_LENGTH));
    if (start < 0 || length < 16 || start + length > bytes.length) {
      return null;
    }
    byte[] payload = Arrays.copyOfRange(bytes, (int) start, (int) (start + length));
    byte[] kernel = unpack(payload);
    return kernel == null || !isElf(kernel) || !hasPvhEntry(kernel) ? null : kernel;
  }

  private byte @Nullable [] unpack(byte[] payload) {
    // All but gzip have the unpacked size behind them (scripts/Makefile.lib, size_append).
    byte[] packed = Arrays.copyOf(payload, payload.length - 4);
    try {
      return switch (ByteBuffer.wrap(payload).getInt()) {
        case 0x1f8b0800 -> all(new GZIPInputStream(new ByteArrayInputStream(payload)), payload);
        case 0xfd377a58 ->
            all(new XZInputStream(new ByteArrayInputStream(packed), XZ_MEMORY_LIMIT_KIB), payload);
        case 0x02214c18 -> Lz4.unpack(packed, (int) MAX_KERNEL);
        case 0x28b52ffd ->
            Zstandard.unpack(
                packed,
                Integer.toUnsignedLong(
                    ByteBuffer.wrap(payload)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getInt(payload.length - 4)),
                (int) MAX_KERNEL);
        default -> null;
      };
    } catch (IOException e) {
      throw unusable(file, "is damaged: the kernel in it cannot be unpacked");
    }
  }

  private static byte[] all(InputStream in, byte[] packed) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] chunk = new byte[1 << 16];
    ExpansionLimit limit = new ExpansionLimit(MAX_KERNEL);
    for (int got = in.read(chunk); got >= 0; got = in.read(chunk)) {
      out.write(chunk, 0, got);
      String exceeded = limit.exceeded(packed.length, out.size());
      if (exceeded != null) {
        throw new IOException(exceeded);
      }
    }
    return out.toByteArray();
  }

  private static boolean isElf(byte[] bytes) {
    return bytes.length > 64
        && bytes[0] == 0x7f
        && bytes[1] == 'E'
        && bytes[2] == 'L'
        && bytes[3] == 'F';
  }

  private static boolean hasPvhEntry(byte[] kernel) {
    Bytes all = Bytes.of("vmlinux", kernel);
    try {
      for (Segment segment : ElfFile.of(all).segments()) {
        if (segment.type() == Segment.NOTE) {
          Bytes notes = all.slice(segment.offset(), segment.fileSize());
          for (long at = 0; at + 12 <= notes.size(); ) {
            long name = notes.u32(at);
            if (name == 4 && notes.u32(at + 8) == PVH_ENTRY && notes.u32(at + 12) == 0x6e6558) {
              return true; // "Xen"
            }
            at += 12 + (name + 3 & -4) + (notes.u32(at + 4) + 3 & -4);
          }
        }
      }
    } catch (MalformedBinary e) {
      return false;
    }
    return false;
  }
}
