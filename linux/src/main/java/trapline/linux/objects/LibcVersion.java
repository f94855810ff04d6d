package trapline.linux.objects;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import trapline.bytes.Bytes;
import trapline.elf.ElfFile;
import trapline.elf.Section;
import trapline.elf.Segment;
import trapline.elf.Symbol;
import trapline.model.LinkAddress;

/// Tells which C library a file is, by the texts that the libraries print when they are run.
public final class LibcVersion {
  private static final byte[] GLIBC = ascii("GNU C Library (");
  private static final byte[] LOADER = ascii("ld.so (");
  private static final byte[] RELEASE = ascii("release version ");
  private static final byte[] MUSL = ascii("musl libc (");
  private static final long ENDBR64 = 0xfa1e0ff3L;
  private static final int LEA_RAX = 0x058d48;
  private static final int RET = 0xc3;
  private static final int READ_ONLY = 4;
  private static final int CHUNK = 1 << 16;
  private static final int BANNER = 256;
  private static final int LONGEST_VERSION = 24;

  private LibcVersion() {}

  /// Name and version, such as `glibc 2.36` or `musl 1.2.3`; the name alone when the version
  /// cannot be told; empty when the file is no C library that is known here. The dynamic linker is
  /// a part of its library.
  public static String of(ElfFile elf) {
    String soname = elf.dynamic().soname();
    if (soname.startsWith("ld-linux")) {
      return glibc(elf, LOADER);
    }
    if (soname.equals("libc.so.6")) {
      String version = returnedVersion(elf);
      return version.isEmpty() ? glibc(elf, GLIBC) : "glibc " + version;
    }
    boolean isLoader = soname.isEmpty() && !elf.isStatic() && elf.interpreter().isEmpty();
    if (soname.startsWith("libc.") || soname.contains("musl") || isLoader) {
      Bytes texts = texts(elf);
      if (find(texts, MUSL, 0) >= 0) {
        String version = loneVersion(texts);
        return version.isEmpty() ? "musl" : "musl " + version;
      }
    }
    return "";
  }

  /// What `gnu_get_libc_version` returns: the text whose address is all that it loads.
  private static String returnedVersion(ElfFile elf) {
    for (Symbol symbol : elf.dynamicSymbols().named("gnu_get_libc_version")) {
      Bytes code = elf.bytesAt(symbol.address(), Math.min(symbol.size(), 16));
      if (code == null) {
        continue;
      }
      int at = code.size() >= 4 && code.u32(0) == ENDBR64 ? 4 : 0;
      boolean loads = code.size() >= at + 8 && (code.u32(at) & 0xffffff) == LEA_RAX;
      if (loads && code.u8(at + 7) == RET) {
        long text = symbol.address().value() + at + 7 + code.i32(at + 3);
        Bytes version = elf.bytesAt(new LinkAddress(text), LONGEST_VERSION);
        return version == null ? "" : digits(version, 0);
      }
    }
    return "";
  }

  /// `GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.`
  private static String glibc(ElfFile elf, byte[] marker) {
    Bytes texts = texts(elf);
    long banner = find(texts, marker, 0);
    if (banner < 0) {
      return "";
    }
    Bytes text = texts.slice(banner, Math.min(BANNER, texts.size() - banner));
    long at = find(text, RELEASE, 0);
    String version = at < 0 ? "" : digits(text, at + RELEASE.length);
    return version.isEmpty() ? "glibc" : "glibc " + version;
  }

  /// The digits and points from an offset on, without a point at their end.
  private static String digits(Bytes text, long from) {
    StringBuilder version = new StringBuilder();
    for (long i = from; i < text.size(); i++) {
      int octet = text.u8(i);
      if (octet != '.' && (octet < '0' || octet > '9')) {
        break;
      }
      version.append((char) octet);
    }
    while (!version.isEmpty() && version.charAt(version.length() - 1) == '.') {
      version.setLength(version.length() - 1);
    }
    return version.toString();
  }

  /// musl keeps its version as a string of its own. It is told only when just one string can be it:
  /// three numbers, and behind a hyphen what a version from between releases adds.
  private static String loneVersion(Bytes texts) {
    String found = "";
    byte[] all = texts.copy(0, texts.size());
    int start = 0;
    for (int i = 0; i < all.length; i++) {
      if (all[i] != 0) {
        continue;
      }
      int length = i - start;
      if (length >= 5 && length <= LONGEST_VERSION && all[start] >= '0' && all[start] <= '9') {
        String text = new String(all, start, length, StandardCharsets.US_ASCII);
        if (isVersion(text)) {
          if (!found.isEmpty() && !found.equals(text)) {
            return "";
          }
          found = text;
        }
      }
      start = i + 1;
    }
    return found;
  }

  private static boolean isVersion(String text) {
    int hyphen = text.indexOf('-');
    String numbers = hyphen < 0 ? text : text.substring(0, hyphen);
    int dots = 0;
    boolean digit = false;
    for (int i = 0; i < numbers.length(); i++) {
      char c = numbers.charAt(i);
      if (c == '.') {
        if (!digit) {
          return false;
        }
        dots++;
        digit = false;
      } else if (c >= '0' && c <= '9') {
        digit = true;
      } else {
        return false;
      }
    }
    return dots == 2 && digit;
  }

  private static Bytes texts(ElfFile elf) {
    Section section = elf.section(".rodata");
    if (section != null) {
      return elf.data(section);
    }
    for (Segment segment : elf.segments()) {
      if (segment.isLoad() && segment.flags() == READ_ONLY && segment.offset() > 0) {
        return elf.bytes().slice(segment.offset(), segment.fileSize());
      }
    }
    return Bytes.empty(elf.bytes().file());
  }

  /// The offset of a text at or behind `from`, or -1.
  private static long find(Bytes bytes, byte[] text, long from) {
    for (long at = from; at + text.length <= bytes.size(); at += CHUNK - text.length + 1) {
      byte[] part = bytes.copy(at, Math.min(CHUNK, bytes.size() - at));
      for (int i = 0; i + text.length <= part.length; i++) {
        if (part[i] == text[0] && Arrays.equals(part, i, i + text.length, text, 0, text.length)) {
          return at + i;
        }
      }
    }
    return -1;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
