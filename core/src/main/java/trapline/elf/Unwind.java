package trapline.elf;

import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.model.LinkAddress;

/// Finds `.eh_frame` through the header of its search table (LSB, "The .eh_frame_hdr section").
final class Unwind {
  private static final int OMIT = 0xff;

  private Unwind() {}

  /// @return `null` when the header does not say where it is in a way that a file can
  static @Nullable LinkAddress ehFrameOf(Region search) {
    Bytes data = search.data();
    if (data.u8(0) != 1) {
      throw data.malformed(0, ".eh_frame_hdr of version " + data.u8(0));
    }
    int encoding = data.u8(1);
    if (encoding == OMIT) {
      return null;
    }
    long value =
        switch (encoding & 0x0f) {
          case 0x00, 0x04, 0x0c -> data.u64(4);
          case 0x02 -> data.u16(4);
          case 0x03 -> data.u32(4);
          case 0x0a -> (short) data.u16(4);
          case 0x0b -> data.i32(4);
          default -> throw data.malformed(1, "pointer encoding " + encoding);
        };
    return switch (encoding & 0xf0) {
      case 0x00 -> new LinkAddress(value);
      case 0x10 -> new LinkAddress(search.address().value() + 4 + value);
      case 0x30 -> new LinkAddress(search.address().value() + value);
      default -> null;
    };
  }
}
