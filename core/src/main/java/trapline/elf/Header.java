package trapline.elf;

import trapline.bytes.Bytes;
import trapline.model.Unsupported;

/// The file's header (gABI, "ELF Header"), with the counts that do not fit it taken from the first
/// section header.
record Header(
    int type,
    long entry,
    long segmentOffset,
    int segmentEntrySize,
    long segmentCount,
    long sectionOffset,
    int sectionEntrySize,
    long sectionCount,
    long nameSection) {
  private static final int MANY_SEGMENTS = 0xffff;
  private static final int MANY_SECTIONS = 0xffff;
  static final int SECTION_ENTRY = 64;

  static Header of(Bytes file) {
    ElfIdentity identity = ElfIdentity.of(file);
    switch (identity.kind()) {
      case READABLE -> {}
      case OTHER_ELF ->
          throw new Unsupported(
              file.file() + " is a " + identity.description() + ", which",
              "a reader for that format",
              "Trapline follows 64-bit programs for x86-64");
      default -> throw file.malformed(0, identity.description());
    }
    long sectionOffset = file.u64(40);
    int sectionEntrySize = file.u16(58);
    long segmentCount = file.u16(56);
    long sectionCount = file.u16(60);
    long nameSection = file.u16(62);
    boolean hasFirst =
        sectionOffset > 0
            && sectionEntrySize == SECTION_ENTRY
            && sectionOffset <= file.size() - SECTION_ENTRY;
    if (hasFirst) {
      Bytes first = file.slice(sectionOffset, SECTION_ENTRY);
      if (sectionCount == 0) {
        sectionCount = first.u64(32);
      }
      if (nameSection == MANY_SECTIONS) {
        nameSection = first.u32(40);
      }
      if (segmentCount == MANY_SEGMENTS) {
        segmentCount = first.u32(44);
      }
    }
    return new Header(
        file.u16(16),
        file.u64(24),
        file.u64(32),
        file.u16(54),
        segmentCount,
        sectionOffset,
        sectionEntrySize,
        sectionOffset == 0 ? 0 : sectionCount,
        nameSection);
  }
}
