package trapline.dwarf;

import java.lang.ref.SoftReference;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.bytes.Cursor;
import trapline.model.MalformedBinary;

/// One unit of `.debug_info` or `.debug_types` (DWARF 5, section 7.5.1).
final class Unit {
  private static final int TYPE = 0x02;
  private static final int SKELETON = 0x04;
  private static final int SPLIT_COMPILE = 0x05;
  private static final int SPLIT_TYPE = 0x06;

  final DebugFile file;

  /// The section the unit is in; offsets below count from its start.
  final Bytes section;

  final int offset;
  final int end;
  final int version;
  final int addressSize;
  final int offsetSize;

  /// Where the unit's first entry is.
  final int firstEntry;

  /// The signature of a type unit or the identifier of a split or skeleton unit; else 0.
  final long identifier;

  /// Where the type of a type unit is, from the unit's start; 0 for other units.
  final long typeOffset;

  /// How many entries of range and location lists one question may read: many entries may refer to
  /// one long list, which a hostile file can do without end.
  private static final int LIST_ENTRIES = 1 << 24;

  private int listEntries = LIST_ENTRIES;
  private final int unitType;
  private final long abbreviationOffset;
  private @Nullable Abbreviations abbreviations;
  private @Nullable UnitRoot root;
  private @Nullable Unit skeleton;
  private @Nullable UnitContext context;
  private SoftReference<@Nullable LineHeader> lineHeader = new SoftReference<>(null);
  private SoftReference<@Nullable LineTable> lines = new SoftReference<>(null);
  private SoftReference<@Nullable FunctionIndex> functions = new SoftReference<>(null);
  private SoftReference<@Nullable FileVariables> fileVariables = new SoftReference<>(null);
  private SoftReference<@Nullable NamedScopes> namedScopes = new SoftReference<>(null);

  private Unit(
      DebugFile file,
      Bytes section,
      int offset,
      int end,
      int version,
      int addressSize,
      int offsetSize,
      int firstEntry,
      long identifier,
      long typeOffset,
      int unitType,
      long abbreviationOffset) {
    this.file = file;
    this.section = section;
    this.offset = offset;
    this.end = end;
    this.version = version;
    this.addressSize = addressSize;
    this.offsetSize = offsetSize;
    this.firstEntry = firstEntry;
    this.identifier = identifier;
    this.typeOffset = typeOffset;
    this.unitType = unitType;
    this.abbreviationOffset = abbreviationOffset;
  }

  /// Reads the header of the unit at `offset`.
  ///
  /// @param types whether the section is `.debug_types`
  static Unit read(DebugFile file, Bytes section, long offset, boolean types) {
    Cursor at = section.cursor(offset);
    int offsetSize = 4;
    long length = at.u32();
    if (length == 0xffff_ffffL) {
      offsetSize = 8;
      length = at.u64();
    } else if (length >= 0xffff_fff0L) {
      throw section.malformed(offset, "unit length with a reserved value");
    }
    if (length < 0 || length > at.remaining()) {
      throw section.malformed(offset, "unit longer than its section");
    }
    int end = at.position() + (int) length;
    int version = at.u16();
    if (version < 2 || version > 5) {
      throw section.malformed(offset, "unit of DWARF version " + version);
    }
    int unitType = types ? TYPE : 0;
    int addressSize;
    long abbreviationOffset;
    if (version >= 5) {
      unitType = at.u8();
      addressSize = at.u8();
      abbreviationOffset = offset(at, offsetSize);
    } else {
      abbreviationOffset = offset(at, offsetSize);
      addressSize = at.u8();
    }
    if (addressSize != 4 && addressSize != 8) {
      throw section.malformed(offset, "unit with addresses of " + addressSize + " bytes");
    }
    long identifier = 0;
    long typeOffset = 0;
    if (unitType == TYPE || unitType == SPLIT_TYPE) {
      identifier = at.u64();
      typeOffset = offset(at, offsetSize);
    } else if (unitType == SKELETON || unitType == SPLIT_COMPILE) {
      identifier = at.u64();
    }
    if (at.position() > end) {
      throw section.malformed(offset, "unit shorter than its header");
    }
    return new Unit(
        file,
        section,
        (int) offset,
        end,
        version,
        addressSize,
        offsetSize,
        at.position(),
        identifier,
        typeOffset,
        unitType,
        abbreviationOffset);
  }

  /// Where the unit at `offset` ends; only its length is looked at.
  ///
  /// @throws MalformedBinary when it does not end inside its section
  static long end(Bytes section, long offset) {
    long length = section.u32(offset);
    int header = 4;
    if (length == 0xffff_ffffL) {
      length = section.u64(offset + 4);
      header = 12;
    }
    section.slice(offset + header, length);
    return offset + header + length;
  }

  private static long offset(Cursor at, int offsetSize) {
    return offsetSize == 8 ? at.u64() : at.u32();
  }

  boolean isTypeUnit() {
    return unitType == TYPE || unitType == SPLIT_TYPE;
  }

  Abbreviations abbreviations() {
    if (abbreviations == null) {
      abbreviations = file.abbreviations(abbreviationOffset, version, addressSize, offsetSize);
    }
    return abbreviations;
  }

  /// Starts a question.
  void allowLists() {
    listEntries = LIST_ENTRIES;
  }

  /// Counts one entry of a range or location list.
  void readListEntry() {
    if (--listEntries < 0) {
      throw section.malformed(offset, "a unit with too many ranges or locations");
    }
  }

  /// What the unit's first entry says.
  UnitRoot root() {
    UnitRoot known = root;
    if (known == null) {
      try {
        known = UnitRoot.read(this);
      } catch (MalformedBinary broken) {
        root = null;
        throw broken;
      }
      root = known;
    }
    return known;
  }

  /// Sets what is known of the root while the rest of it is being read.
  void useBases(UnitRoot bases) {
    root = bases;
  }

  /// The unit in the main file that stands for this split unit; the unit itself when it is not
  /// split.
  Unit skeleton() {
    return skeleton == null ? this : skeleton;
  }

  void attachTo(Unit skeleton) {
    this.skeleton = skeleton;
  }

  boolean isSplit() {
    return skeleton != null;
  }

  /// Entry `index` of the unit's part of `.debug_addr` (DWARF 5, section 7.27).
  long address(long index) {
    Unit owner = skeleton();
    Bytes addresses = owner.file.section(".debug_addr");
    long at = owner.root().addressBase() + scaled(addresses, index, addressSize);
    return addressSize == 8 ? addresses.u64(at) : addresses.u32(at);
  }

  /// String `index` of the unit's part of `.debug_str_offsets` (DWARF 5, section 7.26).
  String string(long index) {
    Bytes offsets = file.dwarfSection(".debug_str_offsets");
    long at = root().stringOffsetsBase() + scaled(offsets, index, offsetSize);
    return file.dwarfSection(".debug_str").cString(sectionOffset(offsets, at));
  }

  /// An offset into a section, stored at `at` in the size that the unit uses.
  long sectionOffset(Bytes bytes, long at) {
    return offsetSize == 8 ? bytes.u64(at) : bytes.u32(at);
  }

  /// What addresses without a base of their own count from: the unit's lowest address.
  long baseAddress() {
    return skeleton().root().lowPc();
  }

  static long scaled(Bytes table, long index, int size) {
    if (index < 0 || index > table.size()) {
      throw table.malformed(0, "index " + Long.toUnsignedString(index) + " beyond the end");
    }
    return index * size;
  }

  /// The files that the unit's numbers of files refer to; `null` when it has no line table.
  @Nullable LineHeader lineHeader() {
    LineHeader header = lineHeader.get();
    if (header == null) {
      header = LineHeader.read(this);
      lineHeader = new SoftReference<>(header);
    }
    return header;
  }

  /// The line table, with its rows.
  LineTable lines() {
    LineTable table = lines.get();
    if (table == null) {
      table = LineTable.read(this);
      lines = new SoftReference<>(table);
    }
    return table;
  }

  /// The functions, inlined calls and blocks that have code.
  FunctionIndex functions() {
    FunctionIndex index = functions.get();
    if (index == null) {
      allowLists();
      index = FunctionIndex.read(this);
      functions = new SoftReference<>(index);
    }
    return index;
  }

  /// The variables outside of functions.
  FileVariables fileVariables() {
    FileVariables variables = fileVariables.get();
    if (variables == null) {
      variables = FileVariables.read(this);
      fileVariables = new SoftReference<>(variables);
    }
    return variables;
  }

  /// The namespaces and classes that hold entries.
  NamedScopes namedScopes() {
    NamedScopes scopes = namedScopes.get();
    if (scopes == null) {
      scopes = NamedScopes.read(this);
      namedScopes = new SoftReference<>(scopes);
    }
    return scopes;
  }

  /// The entry at an offset from the unit's start, as expressions refer to it.
  @Nullable Entry entry(long unitOffset) {
    if (unitOffset < 0 || unitOffset > section.size()) {
      throw section.malformed(offset, "reference to an entry outside of its unit");
    }
    return Entry.read(this, offset + unitOffset);
  }

  /// What expressions of this unit need.
  UnitContext context() {
    if (context == null) {
      context = new UnitLookup(this);
    }
    return context;
  }

  @Override
  public String toString() {
    return "unit 0x" + Integer.toHexString(offset);
  }
}
