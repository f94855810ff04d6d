package trapline.code;

import org.jspecify.annotations.Nullable;

/// The opcode maps, each loaded when it is first needed.
final class OpcodeMaps {
  static final int ONE_BYTE = 0;
  static final int TWO_BYTE = 1;
  static final int THREE_BYTE_38 = 2;
  static final int THREE_BYTE_3A = 3;
  static final int X87 = 4;

  /// Where the maps of VEX, EVEX and XOP start; the number in the prefix is added.
  static final int VEX = 4;

  static final int EVEX = 7;
  static final int XOP = 6;

  static final int AMD_3DNOW = 17;

  private static final String[] RESOURCES = {
    "one-byte",
    "0f",
    "0f38",
    "0f3a",
    "x87",
    "vex-0f",
    "vex-0f38",
    "vex-0f3a",
    "evex-0f",
    "evex-0f38",
    "evex-0f3a",
    "",
    "evex-5",
    "evex-6",
    "xop-8",
    "xop-9",
    "xop-a",
    "3dnow",
  };

  /// Replaced whenever a map has been loaded; not an AtomicReferenceArray, whose first use costs
  /// a cold start several milliseconds.
  private static volatile @Nullable OpcodeMap[] maps = new OpcodeMap[RESOURCES.length];

  private OpcodeMaps() {}

  static OpcodeMap get(int number) {
    OpcodeMap map = maps[number];
    return map != null ? map : load(number);
  }

  private static synchronized OpcodeMap load(int number) {
    @Nullable OpcodeMap[] copy = maps.clone();
    OpcodeMap map = copy[number];
    if (map == null) {
      map = OpcodeMap.load(RESOURCES[number].concat(".opcodes"));
      copy[number] = map;
      maps = copy;
    }
    return map;
  }
}
