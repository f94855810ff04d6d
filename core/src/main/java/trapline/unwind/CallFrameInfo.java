package trapline.unwind;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.model.LinkAddress;
import trapline.model.MalformedBinary;

/// The call frame table of one object file: `.eh_frame` or `.debug_frame`. Lazy: nothing is read
/// before the first question. Safe for use by many threads.
public final class CallFrameInfo {
  /// Rows that were asked for before, by a few bits of the address: a stack is mostly walked
  /// through the same functions again. A power of two.
  private static final int CACHED_ROWS = 256;

  private final FrameSection section;
  private final boolean exceptionFrames;
  private final @Nullable Bytes header;
  private final long headerLinkAddress;
  private boolean headerRead;
  private @Nullable SearchTable searchTable;
  private volatile @Nullable SortedIndex index;
  private volatile @Nullable FrameRow @Nullable [] cache;

  private CallFrameInfo(
      FrameSection section,
      boolean exceptionFrames,
      @Nullable Bytes header,
      long headerLinkAddress) {
    this.section = section;
    this.exceptionFrames = exceptionFrames;
    this.header = header;
    this.headerLinkAddress = headerLinkAddress;
  }

  /// The table in an `.eh_frame` section (Linux Standard Base Core 5.0, section 10.6).
  ///
  /// @param section the section's bytes
  /// @param linkAddress where the file puts the section
  /// @param header the bytes of `.eh_frame_hdr`, or `null`: its sorted table spares reading the
  ///     whole section
  /// @param headerLinkAddress where the file puts `.eh_frame_hdr`; any value without one
  public static CallFrameInfo ofEhFrame(
      Bytes section, long linkAddress, @Nullable Bytes header, long headerLinkAddress) {
    return new CallFrameInfo(
        new FrameSection(section, linkAddress, true), true, header, headerLinkAddress);
  }

  /// The table in a `.debug_frame` section (DWARF 5, section 6.4.1), relocated as in a linked file.
  public static CallFrameInfo ofDebugFrame(Bytes section) {
    return new CallFrameInfo(new FrameSection(section, 0, false), false, null, 0);
  }

  /// Where the table was read, for evidence: `.eh_frame` or `.debug_frame`.
  public String sectionName() {
    return exceptionFrames ? ".eh_frame" : ".debug_frame";
  }

  /// The row for an instruction.
  ///
  /// @param pc any address inside the instruction
  /// @return empty when the table does not cover it
  /// @throws MalformedBinary when the table's entry for it follows no format
  /// @throws trapline.model.Unsupported when the entry has pointers that only the running program
  ///     could tell
  public Optional<FrameRow> rowAt(LinkAddress pc) {
    return Optional.ofNullable(row(pc.value()));
  }

  @Nullable FrameRow row(long pc) {
    @Nullable FrameRow[] rows = cache;
    if (rows == null) {
      rows = new FrameRow[CACHED_ROWS];
      cache = rows;
    }
    int slot = (int) (pc ^ (pc >>> 8)) & (CACHED_ROWS - 1);
    FrameRow cached = rows[slot];
    if (cached != null && cached.covers(pc)) {
      return cached;
    }
    FrameDescription description = description(pc);
    if (description == null) {
      return null;
    }
    FrameRow row = FrameProgram.run(description, candidate -> candidate.covers(pc));
    rows[slot] = row;
    return row;
  }

  /// The entry that covers an instruction: also says where the function starts and ends.
  ///
  /// @throws MalformedBinary when the entry follows no format
  /// @throws trapline.model.Unsupported as [#rowAt]
  public Optional<FrameDescription> descriptionAt(LinkAddress pc) {
    return Optional.ofNullable(description(pc.value()));
  }

  private @Nullable FrameDescription description(long pc) {
    SearchTable table = searchTable();
    if (table != null && index == null) {
      int found = table.find(pc);
      if (found < 0) {
        return null;
      }
      FrameDescription description = descriptionOf(table, found);
      if (description != null) {
        return description.covers(pc) ? description : null;
      }
      // The table does not fit the section: trust the section.
    }
    Long offset = index().find(pc);
    if (offset == null) {
      return null;
    }
    FrameSection.Entry entry = section.entryAt(offset);
    return entry == null ? null : section.description(entry);
  }

  private @Nullable FrameDescription descriptionOf(SearchTable table, int found) {
    long offset = table.descriptionAddress(found) - section.linkAddress();
    if (offset < 0 || offset >= section.size()) {
      return null;
    }
    FrameDescription description;
    try {
      FrameSection.Entry entry = section.entryAt(offset);
      if (entry == null || !entry.isDescription()) {
        return null;
      }
      description = section.description(entry);
    } catch (MalformedBinary damaged) {
      return null;
    }
    return description.start() == table.start(found) ? description : null;
  }

  /// Every entry, in the order of the section. Reads the whole section.
  ///
  /// @throws MalformedBinary when an entry follows no format
  /// @throws trapline.model.Unsupported as [#rowAt]
  public List<FrameDescription> descriptions() {
    List<FrameDescription> descriptions = new ArrayList<>();
    for (long offset = 0; offset < section.size(); offset = section.nextAfter(offset)) {
      FrameSection.Entry entry = section.entryAt(offset);
      if (entry != null && entry.isDescription()) {
        descriptions.add(section.description(entry));
      }
    }
    return descriptions;
  }

  /// Every row of one entry, in the order of addresses.
  ///
  /// @throws MalformedBinary when its instructions follow no format
  public List<FrameRow> rows(FrameDescription description) {
    List<FrameRow> rows = new ArrayList<>();
    FrameProgram.run(
        description,
        row -> {
          rows.add(row);
          return false;
        });
    return rows;
  }

  private @Nullable SearchTable searchTable() {
    synchronized (section) {
      if (!headerRead) {
        headerRead = true;
        if (header != null) {
          searchTable = SearchTable.of(header, headerLinkAddress);
        }
      }
      return searchTable;
    }
  }

  /// Why some of the entries could not be read that were asked for; empty when none failed.
  public String damage() {
    SortedIndex read = index;
    return read == null ? "" : read.damage();
  }

  private SortedIndex index() {
    SortedIndex ready = index;
    if (ready == null) {
      ready = SortedIndex.of(section);
      index = ready;
    }
    return ready;
  }
}
