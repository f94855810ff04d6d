package trapline.unwind;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.model.LinkAddress;

/// The call frame table of one object file: `.eh_frame` or `.debug_frame`. Lazy: nothing is read
/// before the first question. Safe for use by many threads.
public final class CallFrameInfo {
  private CallFrameInfo() {}

  /// The table in an `.eh_frame` section (Linux Standard Base Core 5.0, section 10.6).
  ///
  /// @param section the section's bytes
  /// @param linkAddress where the file puts the section
  /// @param header the bytes of `.eh_frame_hdr`, or `null`: its sorted table spares reading the
  ///     whole section
  /// @param headerLinkAddress where the file puts `.eh_frame_hdr`; any value without one
  public static CallFrameInfo ofEhFrame(
      Bytes section, long linkAddress, @Nullable Bytes header, long headerLinkAddress) {
    return new CallFrameInfo();
  }

  /// The table in a `.debug_frame` section (DWARF 5, section 6.4.1), relocated as in a linked file.
  public static CallFrameInfo ofDebugFrame(Bytes section) {
    return new CallFrameInfo();
  }

  /// Where the table was read, for evidence: `.eh_frame` or `.debug_frame`.
  public String sectionName() {
    return ".eh_frame";
  }

  /// The row for an instruction.
  ///
  /// @param pc any address inside the instruction
  /// @return empty when the table does not cover it
  /// @throws trapline.model.MalformedBinary when the table's entry for it follows no format
  public Optional<FrameRow> rowAt(LinkAddress pc) {
    return Optional.empty();
  }

  /// The entry that covers an instruction: also says where the function starts and ends.
  public Optional<FrameDescription> descriptionAt(LinkAddress pc) {
    return Optional.empty();
  }

  /// Every entry, in the order of the section. Reads the whole section.
  public List<FrameDescription> descriptions() {
    return List.of();
  }

  /// Every row of one entry, in the order of addresses.
  public List<FrameRow> rows(FrameDescription description) {
    return List.of();
  }
}
