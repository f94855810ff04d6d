package trapline.elf;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.model.Diagnostic;
import trapline.model.LinkAddress;
import trapline.model.MalformedBinary;

/// The section headers. The kernel and the dynamic linker never look at them, so a program with a
/// damaged table runs: such a table counts as absent, and `defect` says so.
record SectionHeaders(List<Section> list, @Nullable Diagnostic defect) {
  private static final int MAX_COUNT = 1 << 20;
  private static final int MAX_NAME = 4096;
  private static final long MAX_NAMES = 1 << 24;

  static SectionHeaders of(Bytes file, Header header) {
    if (header.sectionCount() == 0) {
      return new SectionHeaders(List.of(), null);
    }
    try {
      return new SectionHeaders(read(file, header), null);
    } catch (MalformedBinary e) {
      return new SectionHeaders(
          List.of(),
          new Diagnostic(
              file.file(),
              "its section headers are damaged (" + e.getMessage() + ") and are not used",
              "build the file again, or install its package again"));
    }
  }

  private static List<Section> read(Bytes file, Header header) {
    long count = header.sectionCount();
    if (header.sectionEntrySize() != Header.SECTION_ENTRY) {
      throw file.malformed(58, "section headers of " + header.sectionEntrySize() + " bytes");
    }
    if (count < 0 || count > MAX_COUNT) {
      throw file.malformed(60, Long.toUnsignedString(count) + " sections");
    }
    Bytes table = file.slice(header.sectionOffset(), count * Header.SECTION_ENTRY);
    Bytes names = Bytes.empty(file.file());
    if (header.nameSection() != 0) {
      if (header.nameSection() >= count) {
        throw file.malformed(62, "no section " + header.nameSection() + " for section names");
      }
      Bytes entry = table.slice(header.nameSection() * Header.SECTION_ENTRY, Header.SECTION_ENTRY);
      names = file.slice(entry.u64(24), entry.u64(32));
    }
    List<Section> sections = new ArrayList<>((int) count);
    long nameBytes = 0;
    for (int i = 0; i < count; i++) {
      Bytes entry = table.slice((long) i * Header.SECTION_ENTRY, Header.SECTION_ENTRY);
      String name = names.isEmpty() ? "" : Names.at(names, entry.u32(0), MAX_NAME);
      nameBytes += name.length();
      if (nameBytes > MAX_NAMES) {
        throw names.malformed(0, "section names of more than " + MAX_NAMES + " bytes");
      }
      sections.add(
          new Section(
              i,
              name,
              entry.i32(4),
              entry.u64(8),
              new LinkAddress(entry.u64(16)),
              entry.u64(24),
              entry.u64(32),
              entry.i32(40),
              entry.i32(44),
              entry.u64(48),
              entry.u64(56)));
    }
    return List.copyOf(sections);
  }
}
