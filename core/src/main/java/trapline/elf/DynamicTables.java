package trapline.elf;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.model.LinkAddress;

/// Finds the tables that the dynamic linker uses: by section headers where there are some, by
/// `PT_DYNAMIC` where there are none.
final class DynamicTables {
  private static final int HASH_WORD = 4;

  private final ElfFile elf;
  private final LoadImage image;
  private final Lazy<DynamicSection> dynamic = new Lazy<>(this::findDynamic);
  private final Lazy<SymbolTable> symbols = new Lazy<>(this::findSymbols);
  private final Lazy<SymbolVersions> versions = new Lazy<>(this::findVersions);
  private final Lazy<Relocations.Rela> relocations = new Lazy<>(this::findRelocations);
  private final Lazy<Relocations.Rela> pltRelocations = new Lazy<>(this::findPltRelocations);
  private final Lazy<Relocations.Relr> relative = new Lazy<>(this::findRelative);

  DynamicTables(ElfFile elf, LoadImage image) {
    this.elf = elf;
    this.image = image;
  }

  DynamicSection dynamic() {
    return dynamic.get();
  }

  SymbolTable symbols() {
    return symbols.get();
  }

  /// The versions by themselves. They are found by the dynamic section, as the dynamic linker does.
  SymbolVersions versions() {
    return versions.get();
  }

  /// RELA relocations that are not of the procedure linkage table.
  Relocations.Rela relocations() {
    return relocations.get();
  }

  Relocations.Rela pltRelocations() {
    return pltRelocations.get();
  }

  /// RELR relocations.
  Relocations.Relr relative() {
    return relative.get();
  }

  private DynamicSection findDynamic() {
    Bytes entries = null;
    Segment segment = image.first(Segment.DYNAMIC);
    if (segment != null && segment.fileSize() > 0 && elf.hasLoadedContents()) {
      entries = elf.bytes().slice(segment.offset(), segment.fileSize());
    } else {
      Section section = elf.sectionOfType(Section.DYNAMIC);
      if (section != null) {
        entries = elf.data(section);
      }
    }
    if (entries == null) {
      entries = empty();
    }
    return new DynamicSection(entries, new Lazy<>(this::dynamicStrings));
  }

  private Bytes dynamicStrings() {
    OptionalLong address = dynamic().value(DynamicSection.STRTAB);
    if (address.isEmpty()) {
      return empty();
    }
    Bytes rest = at(address.getAsLong());
    OptionalLong size = dynamic().value(DynamicSection.STRSZ);
    return size.isPresent() ? rest.slice(0, size.getAsLong()) : rest;
  }

  private SymbolTable findSymbols() {
    Section section = elf.sectionOfType(Section.DYNSYM);
    if (section != null) {
      Bytes versym = contents(elf.sectionOfType(Section.GNU_VERSYM));
      return new SymbolTable(
          elf.data(section),
          elf.linked(section),
          null,
          versym == null ? null : sectionVersions(versym));
    }
    OptionalLong table = dynamic().value(DynamicSection.SYMTAB);
    if (table.isEmpty()) {
      return SymbolTable.empty(elf.bytes().file());
    }
    Bytes rest = at(table.getAsLong());
    Bytes entries = rest.slice(0, Math.min(rest.size(), symbolCount() * SymbolTable.ENTRY));
    return new SymbolTable(entries, dynamicStrings(), null, segmentVersions(entries));
  }

  private SymbolVersions sectionVersions(Bytes versym) {
    SymbolVersions versions = new SymbolVersions(versym);
    Section needed = elf.sectionOfType(Section.GNU_VERNEED);
    if (needed != null && needed.size() > 0) {
      versions.addNeeded(elf.data(needed), elf.linked(needed));
    }
    Section defined = elf.sectionOfType(Section.GNU_VERDEF);
    if (defined != null && defined.size() > 0) {
      versions.addDefined(elf.data(defined), elf.linked(defined));
    }
    return versions;
  }

  private @Nullable SymbolVersions segmentVersions(Bytes symbolEntries) {
    OptionalLong versym = dynamic().value(DynamicSection.VERSYM);
    if (versym.isEmpty()) {
      return null;
    }
    Bytes rest = at(versym.getAsLong());
    long size = 2L * (symbolEntries.size() / SymbolTable.ENTRY);
    SymbolVersions found = new SymbolVersions(rest.slice(0, Math.min(size, rest.size())));
    addVersions(found);
    return found;
  }

  private SymbolVersions findVersions() {
    SymbolVersions found = new SymbolVersions(empty());
    if (elf.hasLoadedContents()) {
      addVersions(found);
    }
    return found;
  }

  private void addVersions(SymbolVersions found) {
    OptionalLong needed = dynamic().value(DynamicSection.VERNEED);
    if (needed.isPresent()) {
      found.addNeeded(at(needed.getAsLong()), dynamicStrings());
    }
    OptionalLong defined = dynamic().value(DynamicSection.VERDEF);
    if (defined.isPresent()) {
      found.addDefined(at(defined.getAsLong()), dynamicStrings());
    }
  }

  /// The dynamic section does not say how many symbols there are. The hash table tells of those
  /// that can be looked up, the relocations of those that are used.
  private long symbolCount() {
    long count = hashedSymbols();
    Relocations.Rela[] tables = {relocations(), pltRelocations()};
    for (Relocations.Rela table : tables) {
      for (int i = 0; i < table.size(); i++) {
        count = Math.max(count, (table.symbolIndex(i) & 0xffff_ffffL) + 1);
      }
    }
    return count;
  }

  private long hashedSymbols() {
    OptionalLong old = dynamic().value(DynamicSection.HASH);
    if (old.isPresent()) {
      return at(old.getAsLong()).u32(HASH_WORD);
    }
    OptionalLong gnu = dynamic().value(DynamicSection.GNU_HASH);
    if (gnu.isEmpty()) {
      return 1;
    }
    Bytes table = at(gnu.getAsLong());
    long buckets = table.u32(0);
    long firstHashed = table.u32(4);
    long bucketsAt = 16 + table.u32(8) * 8;
    long chainsAt = bucketsAt + buckets * HASH_WORD;
    table.slice(bucketsAt, buckets * HASH_WORD);
    long last = 0;
    for (long i = 0; i < buckets; i++) {
      last = Math.max(last, table.u32(bucketsAt + i * HASH_WORD));
    }
    if (last < firstHashed) {
      return firstHashed;
    }
    // The lowest bit of a chain's word marks the chain's last symbol.
    while ((table.u32(chainsAt + (last - firstHashed) * HASH_WORD) & 1) == 0) {
      last++;
    }
    return last + 1;
  }

  private Relocations.Rela findRelocations() {
    OptionalLong table = dynamic().value(DynamicSection.RELA);
    OptionalLong size = dynamic().value(DynamicSection.RELASZ);
    if (table.isEmpty() || size.isEmpty() || !elf.hasLoadedContents()) {
      return rela(empty());
    }
    long length = size.getAsLong();
    // DT_RELA may include DT_JMPREL at its end (gABI on DT_JMPREL).
    OptionalLong plt = dynamic().value(DynamicSection.JMPREL);
    OptionalLong pltSize = dynamic().value(DynamicSection.PLTRELSZ);
    if (plt.isPresent() && pltSize.isPresent()) {
      long into = plt.getAsLong() - table.getAsLong();
      if (into >= 0 && into < length && into + pltSize.getAsLong() == length) {
        length = into;
      }
    }
    return rela(length == 0 ? empty() : at(table.getAsLong()).slice(0, length));
  }

  private Relocations.Rela findPltRelocations() {
    OptionalLong table = dynamic().value(DynamicSection.JMPREL);
    OptionalLong size = dynamic().value(DynamicSection.PLTRELSZ);
    if (table.isPresent() && size.isPresent() && elf.hasLoadedContents()) {
      return rela(
          size.getAsLong() == 0 ? empty() : at(table.getAsLong()).slice(0, size.getAsLong()));
    }
    // A static program applies its own: they lie between __rela_iplt_start and __rela_iplt_end.
    for (Section section : dynamic().isEmpty() ? elf.sections() : List.<Section>of()) {
      if (section.type() == Section.RELA && section.isLoaded() && section.hasContents()) {
        return rela(elf.data(section));
      }
    }
    boolean unknown = dynamic().isEmpty() && elf.sections().isEmpty();
    return rela(unknown ? lostIndirectRelocations() : empty());
  }

  /// A static program without section headers does not say where its relocations are: they are the
  /// longest run of `R_X86_64_IRELATIVE` entries in its constant data whose places can be written
  /// and whose resolvers can be run.
  private Bytes lostIndirectRelocations() {
    Bytes longest = empty();
    for (Segment load : image.loads()) {
      if (load.isWritable() || load.isExecutable()) {
        continue;
      }
      Bytes data = elf.bytes().slice(load.offset(), load.fileSize());
      long at = 0;
      while (at + Relocations.RELA_ENTRY <= data.size()) {
        long end = at;
        while (isIndirect(data, end)) {
          end += Relocations.RELA_ENTRY;
        }
        if (end - at > longest.size()) {
          longest = data.slice(at, end - at);
        }
        at = Math.max(end, at + Long.BYTES);
      }
    }
    return longest;
  }

  private boolean isIndirect(Bytes data, long at) {
    if (at + Relocations.RELA_ENTRY > data.size()
        || data.u64(at + Long.BYTES) != Relocation.IRELATIVE) {
      return false;
    }
    Segment place = image.loadAt(new LinkAddress(data.u64(at)));
    Segment resolver = image.loadAt(new LinkAddress(data.u64(at + 2 * Long.BYTES)));
    return place != null && place.isWritable() && resolver != null && resolver.isExecutable();
  }

  private Relocations.Rela rela(Bytes table) {
    return new Relocations.Rela(table, symbols);
  }

  private Relocations.Relr findRelative() {
    OptionalLong table = dynamic().value(DynamicSection.RELR);
    OptionalLong size = dynamic().value(DynamicSection.RELRSZ);
    Bytes words = empty();
    if (table.isPresent() && size.isPresent() && elf.hasLoadedContents()) {
      words = at(table.getAsLong()).slice(0, size.getAsLong());
    }
    return new Relocations.Relr(words, image, elf.bytes().size() / 8L);
  }

  /// The bytes from an address that the dynamic section names.
  private Bytes at(long address) {
    Bytes rest = image.from(new LinkAddress(address));
    if (rest == null) {
      throw elf.bytes()
          .malformed(
              0, "dynamic section names 0x" + Long.toHexString(address) + ", not in the file");
    }
    return rest;
  }

  private @Nullable Bytes contents(@Nullable Section section) {
    return section == null ? null : elf.data(section);
  }

  private Bytes empty() {
    return Bytes.empty(elf.bytes().file());
  }
}
