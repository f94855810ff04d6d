package trapline.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import trapline.bytes.Bytes;

/// Writes small ELF files field by field, so that a test shows what is wrong with them.
final class ElfBuilder {
  private record Part(
      String name, int type, long flags, long address, byte[] contents, int link, long entrySize) {}

  private final List<Part> sections = new ArrayList<>();
  private final List<long[]> segments = new ArrayList<>();
  private int bits = 2;
  private int order = 1;
  private int machine = 62;
  private int type = 3;
  private int segmentEntry = 56;
  private int sectionEntry = 64;
  private long sectionCount = -1;
  private long sectionOffset = -1;
  private int nameSection = -1;

  /// `ELFCLASS32` is 1, `ELFCLASS64` is 2; little-endian is 1, big-endian is 2.
  ElfBuilder kind(int elfClass, int byteOrder, int elfMachine) {
    bits = elfClass;
    order = byteOrder;
    machine = elfMachine;
    return this;
  }

  ElfBuilder type(int elfType) {
    type = elfType;
    return this;
  }

  ElfBuilder entrySizes(int segment, int section) {
    segmentEntry = segment;
    sectionEntry = section;
    return this;
  }

  ElfBuilder sectionCount(long count) {
    sectionCount = count;
    return this;
  }

  ElfBuilder sectionOffset(long offset) {
    sectionOffset = offset;
    return this;
  }

  ElfBuilder nameSection(int index) {
    nameSection = index;
    return this;
  }

  ElfBuilder segment(
      int segmentType, int flags, long offset, long address, long fileSize, long memorySize) {
    segments.add(new long[] {segmentType, flags, offset, address, fileSize, memorySize});
    return this;
  }

  ElfBuilder section(String name, int sectionType, long flags, byte[] contents) {
    return section(name, sectionType, flags, 0, contents, 0, 0);
  }

  ElfBuilder section(
      String name,
      int sectionType,
      long flags,
      long address,
      byte[] contents,
      int link,
      long entrySize) {
    sections.add(new Part(name, sectionType, flags, address, contents, link, entrySize));
    return this;
  }

  /// The header, program headers, contents, names, and section headers, in this order.
  byte[] build() {
    StringBuilder names = new StringBuilder("\0");
    List<Integer> nameOffsets = new ArrayList<>();
    for (Part part : sections) {
      nameOffsets.add(names.length());
      names.append(part.name()).append('\0');
    }
    byte[] nameTable = names.toString().getBytes(StandardCharsets.ISO_8859_1);
    int contentsAt = 64 + segments.size() * 56;
    int size = contentsAt + nameTable.length;
    for (Part part : sections) {
      size += part.contents().length;
    }
    int headers = sections.isEmpty() ? 0 : sections.size() + 2;
    ByteBuffer out = ByteBuffer.allocate(size + headers * 64).order(ByteOrder.LITTLE_ENDIAN);
    out.put(new byte[] {0x7f, 'E', 'L', 'F', (byte) bits, (byte) order, 1, 0}).putLong(0);
    if (order == 2) {
      out.order(ByteOrder.BIG_ENDIAN);
    }
    out.putShort((short) type).putShort((short) machine).putInt(1).putLong(0x1000);
    out.putLong(segments.isEmpty() ? 0 : 64);
    out.putLong(sectionOffset >= 0 ? sectionOffset : headers == 0 ? 0 : size);
    out.putInt(0).putShort((short) 64).putShort((short) segmentEntry);
    out.putShort((short) segments.size()).putShort((short) sectionEntry);
    out.putShort((short) (sectionCount >= 0 ? sectionCount : headers));
    out.putShort((short) (nameSection >= 0 ? nameSection : Math.max(0, headers - 1)));
    for (long[] s : segments) {
      out.putInt((int) s[0]).putInt((int) s[1]).putLong(s[2]).putLong(s[3]).putLong(s[3]);
      out.putLong(s[4]).putLong(s[5]).putLong(8);
    }
    int at = contentsAt;
    for (Part part : sections) {
      out.put(part.contents());
    }
    out.put(nameTable);
    if (headers > 0) {
      out.put(new byte[64]);
      for (int i = 0; i < sections.size(); i++) {
        Part part = sections.get(i);
        header(
            out,
            nameOffsets.get(i),
            part.type(),
            part.flags(),
            part.address(),
            at,
            part.contents().length,
            part.link(),
            part.entrySize());
        at += part.contents().length;
      }
      header(out, 0, 3, 0, 0, at, nameTable.length, 0, 0);
    }
    return out.array();
  }

  private static void header(
      ByteBuffer out,
      int name,
      int type,
      long flags,
      long address,
      long offset,
      long size,
      int link,
      long entrySize) {
    out.putInt(name).putInt(type).putLong(flags).putLong(address).putLong(offset).putLong(size);
    out.putInt(link).putInt(0).putLong(1).putLong(entrySize);
  }

  ElfFile open() {
    return ElfFile.of(Bytes.of("built", build()));
  }

  /// Little-endian words of eight bytes.
  static byte[] words(long... values) {
    ByteBuffer out = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      out.putLong(value);
    }
    return out.array();
  }
}
