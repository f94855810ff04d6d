package trapline.elf;

import trapline.model.LinkAddress;

/// One section header (gABI, "Sections").
///
/// @param index its position in the table
/// @param type `sh_type`: [#PROGBITS] and so on
/// @param flags `sh_flags`
/// @param address where it is loaded; 0 when it is not
/// @param offset where its contents start in the file
/// @param size its size in bytes, in the file as it stands (compressed when [#isCompressed])
/// @param link `sh_link`: index of a section that belongs to it
/// @param info `sh_info`
/// @param alignment `sh_addralign`
/// @param entrySize `sh_entsize`: size of one element of a table; 0 when it is none
public record Section(
    int index,
    String name,
    int type,
    long flags,
    LinkAddress address,
    long offset,
    long size,
    int link,
    int info,
    long alignment,
    long entrySize) {
  public static final int PROGBITS = 1;
  public static final int SYMTAB = 2;
  public static final int STRTAB = 3;
  public static final int RELA = 4;
  public static final int DYNAMIC = 6;
  public static final int NOTE = 7;
  public static final int NOBITS = 8;
  public static final int DYNSYM = 11;
  public static final int SYMTAB_SHNDX = 18;
  public static final int RELR = 19;
  public static final int GNU_VERDEF = 0x6ffffffd;
  public static final int GNU_VERNEED = 0x6ffffffe;
  public static final int GNU_VERSYM = 0x6fffffff;

  /// Whether it has contents in this file. The loaded sections of a separate debug file have none.
  public boolean hasContents() {
    return type != NOBITS && type != 0;
  }

  /// Whether it is part of the program in memory (`SHF_ALLOC`).
  public boolean isLoaded() {
    return (flags & 2) != 0;
  }

  /// Whether it holds instructions (`SHF_EXECINSTR`).
  public boolean isExecutable() {
    return (flags & 4) != 0;
  }

  /// Whether its contents start with a compression header (`SHF_COMPRESSED`).
  public boolean isCompressed() {
    return (flags & 0x800) != 0;
  }

  /// Whether the address lies in its memory.
  public boolean contains(LinkAddress at) {
    return isLoaded() && Long.compareUnsigned(at.value() - address.value(), size) < 0;
  }
}
