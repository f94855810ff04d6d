package trapline.unwind;

import trapline.bytes.Cursor;
import trapline.model.Unsupported;

/// Reads the encoded pointers of `.eh_frame` and `.eh_frame_hdr` (Linux Standard Base Core 5.0,
/// section 10.5.1: `DW_EH_PE_*`).
final class PointerEncoding {
  static final int ABSOLUTE = 0x00;
  static final int OMITTED = 0xff;

  /// Bits 0 to 3: how the number is stored.
  private static final int FORMAT = 0x0f;

  /// Bits 4 to 6: what it is relative to.
  private static final int RELATION = 0x70;

  private static final int RELATIVE_TO_FIELD = 0x10;
  private static final int RELATIVE_TO_DATA = 0x30;
  private static final int ALIGNED = 0x50;
  private static final int INDIRECT = 0x80;
  private static final int POINTER_SIZE = 8;

  private PointerEncoding() {}

  /// Reads a pointer.
  ///
  /// @param sectionAddress where the file puts the first byte of the cursor's view
  /// @param dataAddress what data-relative pointers are relative to; 0 when that is not known
  /// @throws Unsupported when only a running program could tell the value
  static long read(Cursor at, int encoding, long sectionAddress, long dataAddress) {
    if ((encoding & INDIRECT) != 0) {
      throw unsupported("pointers that are stored elsewhere in memory", encoding);
    }
    if ((encoding & RELATION) == ALIGNED) {
      align(at, sectionAddress);
      return at.u64();
    }
    long field = sectionAddress + at.position();
    long value = number(at, encoding);
    return switch (encoding & RELATION) {
      case 0 -> value;
      case RELATIVE_TO_FIELD -> value == 0 ? 0 : field + value;
      case RELATIVE_TO_DATA -> {
        if (dataAddress == 0) {
          throw unsupported("pointers relative to the data segment", encoding);
        }
        yield dataAddress + value;
      }
      default -> throw unsupported("pointers relative to a segment or function", encoding);
    };
  }

  /// Passes over a pointer.
  static void skip(Cursor at, int encoding, long sectionAddress) {
    if (encoding == OMITTED) {
      return;
    }
    if ((encoding & RELATION) == ALIGNED) {
      align(at, sectionAddress);
      at.u64();
    } else {
      number(at, encoding);
    }
  }

  /// Reads a number in the format of an encoding, relative to nothing.
  static long number(Cursor at, int encoding) {
    return switch (encoding & FORMAT) {
      case 0x00, 0x04, 0x0c -> at.u64();
      case 0x01 -> at.uleb();
      case 0x02 -> at.u16();
      case 0x03 -> at.u32();
      case 0x09 -> at.sleb();
      case 0x0a -> (short) at.u16();
      case 0x0b -> at.i32();
      default ->
          throw at.bytes()
              .malformed(
                  at.position(), "unknown pointer encoding 0x" + Integer.toHexString(encoding));
    };
  }

  private static void align(Cursor at, long sectionAddress) {
    long address = sectionAddress + at.position();
    at.skip(-address & (POINTER_SIZE - 1));
  }

  private static Unsupported unsupported(String what, int encoding) {
    return new Unsupported(
        "an unwind table with " + what + " (encoding 0x" + Integer.toHexString(encoding) + ")",
        "a table whose pointers can be told from the file alone",
        "such tables are not made for x86-64 Linux; report the file");
  }

  /// Whether the encoding is that of a sorted search table: relative to the header, four bytes.
  static boolean isSearchTable(int encoding) {
    return encoding == (RELATIVE_TO_DATA | 0x0b);
  }
}
