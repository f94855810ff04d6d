package trapline.elf;

import trapline.model.LinkAddress;

/// One program header (gABI, "Program Header").
///
/// @param index its position in the table
/// @param type `p_type`: [#LOAD] and so on
/// @param flags `p_flags`: 1 execute, 2 write, 4 read
/// @param offset where it starts in the file
/// @param address where it is loaded
/// @param fileSize bytes in the file
/// @param memorySize bytes in memory; what is beyond `fileSize` is zero
/// @param alignment `p_align`
public record Segment(
    int index,
    int type,
    int flags,
    long offset,
    LinkAddress address,
    long fileSize,
    long memorySize,
    long alignment) {
  public static final int LOAD = 1;
  public static final int DYNAMIC = 2;
  public static final int INTERP = 3;
  public static final int NOTE = 4;
  public static final int TLS = 7;
  public static final int GNU_EH_FRAME = 0x6474e550;
  public static final int GNU_STACK = 0x6474e551;
  public static final int GNU_RELRO = 0x6474e552;
  public static final int GNU_PROPERTY = 0x6474e553;

  public boolean isLoad() {
    return type == LOAD;
  }

  public boolean isExecutable() {
    return (flags & 1) != 0;
  }

  public boolean isWritable() {
    return (flags & 2) != 0;
  }

  /// Whether the address lies in its memory.
  public boolean contains(LinkAddress at) {
    return Long.compareUnsigned(at.value() - address.value(), memorySize) < 0;
  }
}
