package trapline.unwind;

import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.bytes.Cursor;

/// Reads the entries of an `.eh_frame` or a `.debug_frame` section.
final class FrameSection {
  private static final long EXTENDED_LENGTH = 0xffff_ffffL;

  private final Bytes bytes;
  private final long linkAddress;
  private final boolean exceptionFrames;

  /// The common information read last: neighbouring entries share it.
  private @Nullable CommonInformation lastCommon;

  private long lastCommonOffset = -1;

  /// @param exceptionFrames whether this is `.eh_frame`
  FrameSection(Bytes bytes, long linkAddress, boolean exceptionFrames) {
    this.bytes = bytes;
    this.linkAddress = linkAddress;
    this.exceptionFrames = exceptionFrames;
  }

  long size() {
    return bytes.size();
  }

  /// An entry's outline.
  ///
  /// @param offset where it starts
  /// @param next where the next one starts
  /// @param idOffset where its field is that tells the kinds apart
  /// @param contents where the fields after that start
  /// @param commonOffset where its common information is; -1 when it is common information itself
  record Entry(long offset, long next, long idOffset, long contents, long commonOffset) {
    boolean isDescription() {
      return commonOffset >= 0;
    }
  }

  /// The outline of the entry at an offset.
  ///
  /// @return `null` at the section's terminator
  @Nullable Entry entryAt(long offset) {
    Cursor at = bytes.cursor(offset);
    long length = at.u32();
    boolean wide = length == EXTENDED_LENGTH;
    if (wide) {
      length = at.u64();
    }
    if (length == 0) {
      return null;
    }
    long idOffset = at.position();
    long next = idOffset + bytes.slice(idOffset, length).size();
    // In .eh_frame the field has four bytes in either form.
    long id = wide && !exceptionFrames ? at.u64() : at.u32();
    long contents = at.position();
    if (contents > next) {
      throw bytes.malformed(offset, "entry too short for its kind");
    }
    long commonOffset;
    if (exceptionFrames) {
      commonOffset = id == 0 ? -1 : idOffset - id;
    } else {
      commonOffset = id == (wide ? -1L : EXTENDED_LENGTH) ? -1 : id;
    }
    if (commonOffset < -1 || commonOffset >= bytes.size()) {
      throw bytes.malformed(idOffset, "common information outside of the section");
    }
    if (commonOffset == -1 && exceptionFrames && id != 0) {
      throw bytes.malformed(idOffset, "common information outside of the section");
    }
    return new Entry(offset, next, idOffset, contents, commonOffset);
  }

  /// Where the entry after the one at an offset starts.
  ///
  /// @throws trapline.model.MalformedBinary when the entry reaches beyond the section's end
  long nextAfter(long offset) {
    long length = bytes.u32(offset);
    long contents = offset + 4;
    if (length == EXTENDED_LENGTH) {
      length = bytes.u64(contents);
      contents += 8;
    }
    return contents + bytes.slice(contents, length).size();
  }

  /// Reads a frame description.
  FrameDescription description(Entry entry) {
    CommonInformation common = common(entry.commonOffset());
    // A view from the section's start, so that positions are offsets in the section.
    Cursor at = bytes.slice(0, entry.next()).cursor(entry.contents());
    at.skip(common.segmentSize());
    long start = PointerEncoding.read(at, common.pointerEncoding(), linkAddress, 0);
    long size = PointerEncoding.number(at, common.pointerEncoding());
    if (size < 0 || Long.compareUnsigned(start + size, start) < 0) {
      throw bytes.malformed(entry.contents(), "code of negative size");
    }
    if (common.sized()) {
      at.skip(at.uleb());
    }
    long instructions = at.position();
    return new FrameDescription(
        start,
        start + size,
        common,
        bytes.slice(instructions, entry.next() - instructions),
        linkAddress + instructions);
  }

  private CommonInformation common(long offset) {
    synchronized (this) {
      if (offset == lastCommonOffset && lastCommon != null) {
        return lastCommon;
      }
    }
    CommonInformation common = readCommon(offset);
    synchronized (this) {
      lastCommon = common;
      lastCommonOffset = offset;
    }
    return common;
  }

  private CommonInformation readCommon(long offset) {
    Entry entry = entryAt(offset);
    if (entry == null || entry.isDescription()) {
      throw bytes.malformed(offset, "no common information here");
    }
    Cursor at = bytes.slice(0, entry.next()).cursor(entry.contents());
    int version = at.u8();
    if (version != 1 && version != 3 && version != 4) {
      throw bytes.malformed(entry.contents(), "call frame information of version " + version);
    }
    String augmentation = at.cString();
    int segmentSize = 0;
    if (version == 4) {
      int addressSize = at.u8();
      segmentSize = at.u8();
      if (addressSize != 8) {
        throw bytes.malformed(offset, "addresses of " + addressSize + " bytes, not 8");
      }
    }
    if (augmentation.equals("eh")) { // of GCC 2; a pointer follows
      at.u64();
      augmentation = "";
    }
    long codeAlignment = at.uleb();
    long dataAlignment = at.sleb();
    long returnAddressRegister = version == 1 ? at.u8() : at.uleb();
    if (returnAddressRegister < 0 || returnAddressRegister > FrameProgram.MAX_REGISTER) {
      throw bytes.malformed(offset, "return address in column " + returnAddressRegister);
    }
    int encoding = PointerEncoding.ABSOLUTE;
    boolean signal = false;
    boolean sized = augmentation.startsWith("z");
    long instructions;
    if (sized) {
      long length = at.uleb();
      Cursor data =
          at.bytes()
              .slice(0, at.position() + at.bytes().slice(at.position(), length).size())
              .cursor(at.position());
      instructions = at.position() + length;
      for (int i = 1; i < augmentation.length(); i++) {
        char letter = augmentation.charAt(i);
        if (letter == 'R') {
          encoding = data.u8();
        } else if (letter == 'P') {
          PointerEncoding.skip(data, data.u8(), linkAddress);
        } else if (letter == 'L') {
          data.u8();
        } else if (letter == 'S') {
          signal = true;
        } else if (letter != 'B' && letter != 'G') {
          break; // Unknown: the length says where the instructions are.
        }
      }
    } else {
      for (int i = 0; i < augmentation.length(); i++) {
        if (augmentation.charAt(i) != 'S' && augmentation.charAt(i) != 'B') {
          throw bytes.malformed(offset, "unknown augmentation \"" + augmentation + "\"");
        }
        signal |= augmentation.charAt(i) == 'S';
      }
      instructions = at.position();
    }
    return new CommonInformation(
        codeAlignment,
        dataAlignment,
        (int) returnAddressRegister,
        encoding,
        sized,
        signal,
        segmentSize,
        bytes.slice(instructions, entry.next() - instructions));
  }

  /// The link address of the section's first byte.
  long linkAddress() {
    return linkAddress;
  }
}
