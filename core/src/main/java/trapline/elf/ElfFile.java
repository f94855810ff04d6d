package trapline.elf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.model.Diagnostic;
import trapline.model.LinkAddress;

/// A 64-bit little-endian ELF file for x86-64.
///
/// Nothing but the header is read until it is asked for, and what was worked out is kept. Immutable
/// to its users and safe for many threads. Every method may throw
/// [trapline.model.MalformedBinary] when the part of the file that it reads is damaged.
public final class ElfFile {
  /// What the file is (`e_type`).
  public enum Type {
    NONE,
    /// An object file that is not linked.
    RELOCATABLE,
    /// A program at fixed addresses.
    EXECUTABLE,
    /// A library, or a position independent program.
    SHARED,
    CORE,
    OTHER
  }

  private static final int MAX_PATH = 4096;
  private static final long TLS_FLAG = 0x400;

  private final Bytes bytes;
  private final Header header;
  private final Lazy<SectionHeaders> sectionHeaders = new Lazy<>(this::readSections);
  private final Lazy<Boolean> loadedContents = new Lazy<>(this::findLoadedContents);
  private final Lazy<LoadImage> image = new Lazy<>(this::readSegments);
  private final Lazy<DynamicTables> tables = new Lazy<>(this::readTables);
  private final Lazy<SymbolTable> symbols = new Lazy<>(this::findSymbols);
  private final Lazy<FunctionIndex> functions = new Lazy<>(() -> new FunctionIndex(this));
  private final Lazy<PltTable> plt = new Lazy<>(this::readPlt);
  private final Lazy<Notes> notes = new Lazy<>(this::readNotes);
  private final Lazy<MiniDebugInfo> mini = new Lazy<>(() -> MiniDebugInfo.of(this));
  private final Map<Integer, Bytes> unpacked = new ConcurrentHashMap<>();
  private long unpackedSize;

  private ElfFile(Bytes file) {
    this.bytes = file;
    this.header = Header.of(file);
  }

  /// Reads the header.
  ///
  /// @throws trapline.model.Unsupported when it is an ELF file of another class, byte order or
  ///     architecture, which it names
  /// @throws trapline.model.MalformedBinary when it is no ELF file, or ends within its header
  public static ElfFile of(Bytes file) {
    return new ElfFile(file);
  }

  /// The whole file.
  public Bytes bytes() {
    return bytes;
  }

  public Type type() {
    return switch (header.type()) {
      case 0 -> Type.NONE;
      case 1 -> Type.RELOCATABLE;
      case 2 -> Type.EXECUTABLE;
      case 3 -> Type.SHARED;
      case 4 -> Type.CORE;
      default -> Type.OTHER;
    };
  }

  /// Where the program starts (`e_entry`); 0 when it does not say.
  public LinkAddress entry() {
    return new LinkAddress(header.entry());
  }

  /// Whether it is loaded at an address that the kernel or the dynamic linker chooses.
  public boolean isPositionIndependent() {
    return type() == Type.SHARED;
  }

  /// Whether it is a program that no dynamic linker loads: it names no interpreter and needs no
  /// library. Static position independent programs are static.
  public boolean isStatic() {
    boolean isProgram =
        type() == Type.EXECUTABLE || (type() == Type.SHARED && isProgramNotLibrary());
    return isProgram && interpreter().isEmpty() && dynamic().needed().isEmpty();
  }

  /// The dynamic linker's path (`PT_INTERP`); empty when it names none.
  public String interpreter() {
    Segment segment = image.get().first(Segment.INTERP);
    return segment == null || segment.fileSize() == 0 || !hasLoadedContents()
        ? ""
        : Names.at(bytes.slice(segment.offset(), segment.fileSize()), 0, MAX_PATH);
  }

  /// The program headers in their order.
  public List<Segment> segments() {
    return image.get().segments();
  }

  /// The section headers in their order; the first is the reserved null section. Empty when they
  /// were stripped, or are damaged (then [#diagnostics] says so).
  public List<Section> sections() {
    return sectionHeaders.get().list();
  }

  /// The first section of that name; `null` when there is none.
  public @Nullable Section section(String name) {
    for (Section section : sections()) {
      if (section.name().equals(name)) {
        return section;
      }
    }
    return null;
  }

  /// The section whose memory holds an address; `null` when there is none.
  public @Nullable Section sectionAt(LinkAddress address) {
    for (Section section : sections()) {
      if (section.contains(address) && (section.flags() & TLS_FLAG) == 0) {
        return section;
      }
    }
    return null;
  }

  /// The contents of a section, decompressed; no bytes when it has none in this file.
  ///
  /// @throws trapline.model.Unsupported when they are compressed in a way that is not known, or
  ///     would not fit into memory
  public Bytes data(Section section) {
    if (!section.hasContents()) {
      return Bytes.empty(bytes.file());
    }
    Bytes stored = bytes.slice(section.offset(), section.size());
    boolean oldForm = section.name().startsWith(".zdebug") && Compression.isOldForm(stored);
    if (!section.isCompressed() && !oldForm) {
      return stored;
    }
    return unpacked.computeIfAbsent(section.index(), index -> unpack(section, stored, oldForm));
  }

  /// Names of code by this file's own tables alone.
  FunctionIndex ownFunctions() {
    return functions.get();
  }

  private synchronized Bytes unpack(Section section, Bytes stored, boolean oldForm) {
    long left = Compression.budget() - unpackedSize;
    Bytes contents =
        oldForm
            ? Compression.unpackOldForm(stored, section.name(), left)
            : Compression.unpack(stored, section.name(), left);
    unpackedSize += contents.size();
    return contents;
  }

  /// The decompressed contents of a section of debug information.
  ///
  /// @param name such as `.debug_info`; also found in its old compressed form `.zdebug_info`
  /// @return `null` when the file has no such section, or not its contents
  public @Nullable Bytes debugSection(String name) {
    Section section = section(name);
    if (section == null && name.startsWith(".debug")) {
      section = section(".z" + name.substring(1));
    }
    return section == null || !section.hasContents() ? null : data(section);
  }

  /// Whether it holds DWARF debug information (`.debug_info` with contents).
  public boolean hasDebugInfo() {
    for (Section section : sections()) {
      if (section.hasContents()
          && section.size() > 0
          && (section.name().equals(".debug_info") || section.name().equals(".zdebug_info"))) {
        return true;
      }
    }
    return false;
  }

  /// The linker's symbol table `.symtab`; empty when it was stripped.
  public SymbolTable symbols() {
    return symbols.get();
  }

  /// The dynamic linker's symbol table, with versions. Also found when sections were stripped.
  public SymbolTable dynamicSymbols() {
    return tables.get().symbols();
  }

  /// The versions that it needs of other files, in the file's order.
  public List<NeededVersion> neededVersions() {
    return List.copyOf(tables.get().versions().needed());
  }

  /// The names of the versions that it defines, in the file's order, without its own name.
  public List<String> definedVersions() {
    return List.copyOf(tables.get().versions().defined());
  }

  /// The symbol that names the code at an address, chosen as gdb chooses it: see [FunctionIndex].
  ///
  /// @return `null` when no symbol covers the address
  public @Nullable Symbol functionAt(LinkAddress address) {
    Symbol own = functions.get().at(address);
    ElfFile more = mini.get().file();
    return more == null ? own : nearer(own, more.ownFunctions().at(address));
  }

  /// Whether it has names of functions that no other file has to be looked into for: a symbol table
  /// for the linker, or a compressed one in `.gnu_debugdata`.
  public boolean hasFullSymbols() {
    return !symbols().isEmpty() || mini.get().file() != null;
  }

  /// The same with a separate debug file at hand, whose symbol table has the names that were
  /// stripped here. As with gdb, this file's own symbol counts unless the debug file has one that
  /// begins nearer to the address.
  ///
  /// @param debug the debug file of this file, or this file
  public @Nullable Symbol functionAt(LinkAddress address, ElfFile debug) {
    return nearer(functionAt(address), debug.functionAt(address));
  }

  private static @Nullable Symbol nearer(@Nullable Symbol own, @Nullable Symbol other) {
    if (own == null || other == null) {
      return own == null ? other : own;
    }
    boolean isNearer = Long.compareUnsigned(other.address().value(), own.address().value()) > 0;
    return isNearer ? other : own;
  }

  /// The indirect function that a resolver decides on, such as `strlen`. A slot that
  /// `R_X86_64_IRELATIVE` fills has no symbol, but its relocation's addend is the resolver.
  ///
  /// @return `null` when no symbol tells
  public @Nullable Symbol indirectFunctionAt(LinkAddress resolver) {
    return functions.get().indirectAt(resolver);
  }

  /// The relocations that the dynamic linker applies, but for [#pltRelocations]: RELA, then RELR.
  public List<Relocation> relocations() {
    return new Relocations.Joined(tables.get().relocations(), tables.get().relative());
  }

  /// The relocations of the procedure linkage table (`DT_JMPREL`, `.rela.plt`).
  public List<Relocation> pltRelocations() {
    return tables.get().pltRelocations();
  }

  public DynamicSection dynamic() {
    return tables.get().dynamic();
  }

  /// The procedure linkage table.
  public PltTable plt() {
    return plt.get();
  }

  /// The build-id in lower case hexadecimal; empty when it has none.
  public String buildId() {
    return notes.get().buildId();
  }

  /// Whether its code is built for indirect branch tracking (`GNU_PROPERTY_X86_FEATURE_1_IBT`).
  public boolean hasIndirectBranchTracking() {
    return (notes.get().features() & Notes.IBT) != 0;
  }

  /// Whether its code is built for shadow stacks (`GNU_PROPERTY_X86_FEATURE_1_SHSTK`).
  public boolean hasShadowStack() {
    return (notes.get().features() & Notes.SHADOW_STACK) != 0;
  }

  /// `null` when it names no separate debug file.
  public @Nullable DebugLink debugLink() {
    Section section = section(".gnu_debuglink");
    return section == null || !section.hasContents() ? null : Notes.debugLink(data(section));
  }

  /// `null` when it names no file of shared debug information.
  public @Nullable DebugAltLink debugAltLink() {
    Section section = section(".gnu_debugaltlink");
    return section == null || !section.hasContents() ? null : Notes.debugAltLink(data(section));
  }

  /// The bytes that the file loads at an address.
  ///
  /// @return `null` when they are not all in the file, such as those of `.bss`
  public @Nullable Bytes bytesAt(LinkAddress address, long length) {
    return image.get().bytesAt(address, length);
  }

  /// The link address of the first byte of a mapping of this file.
  ///
  /// Mappings begin at page boundaries, and a page that the end of one segment shares with the
  /// start of the next is mapped for both: what a mapping may do tells which of them it is.
  ///
  /// @param fileOffset where in the file the mapping starts, a multiple of the page size
  /// @param executable whether the mapping can be executed
  /// @return `null` when no segment is mapped there
  public @Nullable LinkAddress mappedAt(long fileOffset, boolean executable) {
    return image.get().mappedAt(fileOffset, executable);
  }

  /// Where the file holds what it loads at an address.
  ///
  /// @return bytes from the file's start, or -1 when the file does not hold it
  public long offsetOf(LinkAddress address) {
    return image.get().offsetOf(address);
  }

  /// The unwind tables `.eh_frame`. Without section headers they are found through
  /// `.eh_frame_hdr`, and may be followed by other bytes.
  ///
  /// @return `null` when it has none
  public @Nullable Region ehFrame() {
    Section section = section(".eh_frame");
    if (section != null) {
      return section.hasContents() ? new Region(section.address(), data(section)) : null;
    }
    Region search = ehFrameHeader();
    LinkAddress start = search == null ? null : Unwind.ehFrameOf(search);
    Bytes table = start == null ? null : image.get().from(start);
    return start == null || table == null ? null : new Region(start, table);
  }

  /// The search table of the unwind tables (`PT_GNU_EH_FRAME`, `.eh_frame_hdr`).
  ///
  /// @return `null` when it has none
  public @Nullable Region ehFrameHeader() {
    Section section = section(".eh_frame_hdr");
    if (section != null) {
      return section.hasContents() ? new Region(section.address(), data(section)) : null;
    }
    Segment segment = image.get().first(Segment.GNU_EH_FRAME);
    if (segment == null || segment.fileSize() == 0 || !hasLoadedContents()) {
      return null;
    }
    return new Region(segment.address(), bytes.slice(segment.offset(), segment.fileSize()));
  }

  /// Where it holds instructions: its executable sections, or without section headers the
  /// executable segments' part in the file.
  public List<Region> executableRegions() {
    List<Region> regions = new ArrayList<>();
    for (Section section : sections()) {
      if (section.isExecutable() && section.isLoaded() && section.hasContents()) {
        regions.add(new Region(section.address(), data(section)));
      }
    }
    if (sections().isEmpty()) {
      for (Segment load : image.get().loads()) {
        if (load.isExecutable()) {
          regions.add(new Region(load.address(), bytes.slice(load.offset(), load.fileSize())));
        }
      }
    }
    return List.copyOf(regions);
  }

  /// Defects that could be gone around, as far as they were met.
  public List<Diagnostic> diagnostics() {
    List<Diagnostic> defects = new ArrayList<>();
    for (Diagnostic defect : Arrays.asList(sectionHeaders.get().defect(), mini.get().defect())) {
      if (defect != null) {
        defects.add(defect);
      }
    }
    return List.copyOf(defects);
  }

  /// Position independent programs say so since binutils 2.26; older ones export nothing, while
  /// libraries without a name of their own, such as musl's, do.
  private boolean isProgramNotLibrary() {
    if (dynamic().isPie()) {
      return true;
    }
    if (header.entry() == 0 || !dynamic().soname().isEmpty()) {
      return false;
    }
    for (Symbol symbol : dynamicSymbols()) {
      if (symbol.isDefined() && symbol.isFunction()) {
        return false;
      }
    }
    return true;
  }

  /// Whether the parts that are loaded are in this file: not so in a separate debug file, whose
  /// program headers may still be those of the program.
  boolean hasLoadedContents() {
    return loadedContents.get();
  }

  /// The first section of that type that has contents; `null` when there is none.
  @Nullable Section sectionOfType(int type) {
    for (Section section : sections()) {
      if (section.type() == type) {
        return section;
      }
    }
    return null;
  }

  /// The contents of the section that `sh_link` names: the strings of a table.
  Bytes linked(Section section) {
    int link = section.link();
    return link > 0 && link < sections().size()
        ? data(sections().get(link))
        : Bytes.empty(bytes.file());
  }

  /// The file's bytes from an address to the end of the executable segment that holds it; `null`
  /// when none does.
  @Nullable Bytes executableBytesFrom(LinkAddress address) {
    Segment load = image.get().loadAt(address);
    return load == null || !load.isExecutable() ? null : image.get().from(address);
  }

  private SectionHeaders readSections() {
    return SectionHeaders.of(bytes, header);
  }

  private boolean findLoadedContents() {
    for (Section section : sections()) {
      if (section.isLoaded() && section.isExecutable()) {
        return section.hasContents();
      }
    }
    return true;
  }

  private LoadImage readSegments() {
    return new LoadImage(bytes, header, hasLoadedContents());
  }

  private DynamicTables readTables() {
    return new DynamicTables(this, image.get());
  }

  private PltTable readPlt() {
    return new PltTable(this, tables.get().pltRelocations(), tables.get().relocations());
  }

  private SymbolTable findSymbols() {
    Section table = sectionOfType(Section.SYMTAB);
    if (table == null) {
      return SymbolTable.empty(bytes.file());
    }
    Section extended = sectionOfType(Section.SYMTAB_SHNDX);
    return new SymbolTable(
        data(table), linked(table), extended == null ? null : data(extended), null);
  }

  private Notes readNotes() {
    List<Bytes> areas = new ArrayList<>();
    List<Long> alignments = new ArrayList<>();
    for (Section section : sections()) {
      if (section.type() == Section.NOTE) {
        areas.add(data(section));
        alignments.add(section.alignment());
      }
    }
    if (areas.isEmpty() && hasLoadedContents()) {
      for (Segment segment : segments()) {
        if (segment.type() == Segment.NOTE) {
          areas.add(bytes.slice(segment.offset(), segment.fileSize()));
          alignments.add(segment.alignment());
        }
      }
    }
    return Notes.of(areas, alignments);
  }
}
