package trapline.elf;

import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.model.MalformedBinary;

/// The notes that the GNU tools write (gABI, "Note Section"; `.note.gnu.property` as in the Linux
/// gABI extensions).
record Notes(String buildId, long features) {
  static final long IBT = 1;
  static final long SHADOW_STACK = 2;

  private static final int BUILD_ID = 3;
  private static final int PROPERTY = 5;
  private static final long GNU = 0x554e47;
  private static final long X86_FEATURE_1_AND = 0xc0000002L;
  private static final int MAX_BUILD_ID = 64;

  /// @param areas what the notes' sections or segments hold
  /// @param alignments of each area: 8, or 4 for any other number
  static Notes of(List<Bytes> areas, List<Long> alignments) {
    String buildId = "";
    long features = 0;
    for (int i = 0; i < areas.size(); i++) {
      int pad = alignments.get(i) == 8 ? 8 : 4;
      Bytes area = areas.get(i);
      try {
        long at = 0;
        while (at + 12 <= area.size()) {
          long nameSize = area.u32(at);
          long size = area.u32(at + 4);
          long type = area.u32(at + 8);
          long content = align(at + 12 + nameSize, pad);
          if (nameSize == 4 && area.u32(at + 12) == GNU) {
            if (type == BUILD_ID && buildId.isEmpty() && size <= MAX_BUILD_ID) {
              buildId = HexFormat.of().formatHex(area.copy(content, size));
            } else if (type == PROPERTY) {
              features |= features(area.slice(content, size));
            }
          }
          at = align(content + size, pad);
        }
      } catch (MalformedBinary e) {
        // A note that runs over its area's end is as good as none: nothing depends on notes alone.
      }
    }
    return new Notes(buildId, features);
  }

  private static long features(Bytes properties) {
    long at = 0;
    while (at + 8 <= properties.size()) {
      long size = properties.u32(at + 4);
      if (properties.u32(at) == X86_FEATURE_1_AND && size == 4) {
        return properties.u32(at + 8);
      }
      at = align(at + 8 + size, 8);
    }
    return 0;
  }

  private static long align(long value, int to) {
    return (value + to - 1) & -to;
  }

  /// Reads a `.gnu_debuglink` section: a name, padding to four bytes, a CRC.
  static @Nullable DebugLink debugLink(Bytes section) {
    String name = Names.at(section, 0, 4096);
    long crcAt = section.size() - 4L;
    if (name.isEmpty() || crcAt < name.length()) {
      return null;
    }
    return new DebugLink(name, section.u32(crcAt & -4L));
  }

  /// Reads a `.gnu_debugaltlink` section: a name and a build-id.
  static @Nullable DebugAltLink debugAltLink(Bytes section) {
    int end = 0;
    while (end < section.size() && section.u8(end) != 0) {
      end++;
    }
    long idSize = section.size() - end - 1L;
    if (end == 0 || idSize <= 0 || idSize > MAX_BUILD_ID) {
      return null;
    }
    return new DebugAltLink(
        Names.at(section, 0, end + 1), HexFormat.of().formatHex(section.copy(end + 1L, idSize)));
  }
}
