package trapline.elf;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.model.Diagnostic;
import trapline.model.LinkAddress;

/// A 64-bit little-endian ELF file for x86-64.
///
/// Nothing but the header is read until it is asked for, and what was worked out is kept. Immutable
/// to its users and safe for many threads. Every method may throw
/// [trapline.model.MalformedBinary] when the part of the file that it reads is damaged.
@SuppressWarnings("DoNotCallSuggester")
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

  private ElfFile() {}

  /// Reads the header.
  ///
  /// @throws trapline.model.Unsupported when it is an ELF file of another class, byte order or
  ///     architecture, which it names
  /// @throws trapline.model.MalformedBinary when it is no ELF file, or ends within its header
  public static ElfFile of(Bytes file) {
    throw new UnsupportedOperationException("follows in the next commit: " + file.file());
  }

  /// The whole file.
  public Bytes bytes() {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  public Type type() {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// Where the program starts (`e_entry`); 0 when it does not say.
  public LinkAddress entry() {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// Whether it is loaded at an address that the kernel or the dynamic linker chooses.
  public boolean isPositionIndependent() {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// Whether it is a program that no dynamic linker loads: it names no interpreter and needs no
  /// library. Static position independent programs are static.
  public boolean isStatic() {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// The dynamic linker's path (`PT_INTERP`); empty when it names none.
  public String interpreter() {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// The program headers in their order.
  public List<Segment> segments() {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// The section headers in their order; the first is the reserved null section. Empty when they
  /// were stripped, or are damaged (then [#diagnostics] says so).
  public List<Section> sections() {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// The first section of that name; `null` when there is none.
  public @Nullable Section section(String name) {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// The section whose memory holds an address; `null` when there is none.
  public @Nullable Section sectionAt(LinkAddress address) {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// The contents of a section, decompressed; no bytes when it has none in this file.
  ///
  /// @throws trapline.model.Unsupported when they are compressed with Zstandard, or would not fit
  ///     into memory
  public Bytes data(Section section) {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// The decompressed contents of a section of debug information.
  ///
  /// @param name such as `.debug_info`; also found in its old compressed form `.zdebug_info`
  /// @return `null` when the file has no such section, or not its contents
  public @Nullable Bytes debugSection(String name) {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// Whether it holds DWARF debug information (`.debug_info` with contents).
  public boolean hasDebugInfo() {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// The linker's symbol table `.symtab`; empty when it was stripped.
  public SymbolTable symbols() {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// The dynamic linker's symbol table, with versions. Also found when sections were stripped.
  public SymbolTable dynamicSymbols() {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// The symbol that names the code at an address, chosen as gdb chooses it: see [FunctionIndex].
  ///
  /// @return `null` when no symbol covers the address
  public @Nullable Symbol functionAt(LinkAddress address) {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// The relocations that the dynamic linker applies, but for [#pltRelocations]: RELA, then RELR.
  public List<Relocation> relocations() {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// The relocations of the procedure linkage table (`DT_JMPREL`, `.rela.plt`).
  public List<Relocation> pltRelocations() {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  public DynamicSection dynamic() {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// The procedure linkage table.
  public PltTable plt() {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// The build-id in lower case hexadecimal; empty when it has none.
  public String buildId() {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// Whether its code is built for indirect branch tracking (`GNU_PROPERTY_X86_FEATURE_1_IBT`).
  public boolean hasIndirectBranchTracking() {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// Whether its code is built for shadow stacks (`GNU_PROPERTY_X86_FEATURE_1_SHSTK`).
  public boolean hasShadowStack() {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// `null` when it names no separate debug file.
  public @Nullable DebugLink debugLink() {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// `null` when it names no file of shared debug information.
  public @Nullable DebugAltLink debugAltLink() {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// The bytes that the file loads at an address.
  ///
  /// @return `null` when they are not all in the file, such as those of `.bss`
  public @Nullable Bytes bytesAt(LinkAddress address, long length) {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// Where a place in the file is loaded.
  ///
  /// @return `null` when it is not loaded
  public @Nullable LinkAddress addressOf(long fileOffset) {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// Where the file holds what it loads at an address.
  ///
  /// @return bytes from the file's start, or -1 when the file does not hold it
  public long offsetOf(LinkAddress address) {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// The unwind tables `.eh_frame`. Without section headers they are found through
  /// `.eh_frame_hdr`, and may be followed by other bytes.
  ///
  /// @return `null` when it has none
  public @Nullable Region ehFrame() {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// The search table of the unwind tables (`PT_GNU_EH_FRAME`, `.eh_frame_hdr`).
  ///
  /// @return `null` when it has none
  public @Nullable Region ehFrameHeader() {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// Where it holds instructions: its executable sections, or without section headers the
  /// executable segments' part in the file.
  public List<Region> executableRegions() {
    throw new UnsupportedOperationException("follows in the next commit");
  }

  /// Defects that could be gone around, as far as they were met.
  public List<Diagnostic> diagnostics() {
    throw new UnsupportedOperationException("follows in the next commit");
  }
}
