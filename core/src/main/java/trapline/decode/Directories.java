package trapline.decode;

import java.util.ArrayList;
import java.util.List;
import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.model.ArgValue;

/// Directory entries: `struct linux_dirent64` (`linux/dirent.h`) and the older `linux_dirent`.
final class Directories {
  private static final int LARGEST = 1 << 20;

  private Directories() {}

  static ArgValue wide(ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return entries(decoder, format, raw, scope, 19, 18);
  }

  static ArgValue old(ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return entries(decoder, format, raw, scope, 18, -1);
  }

  /// @param nameAt where the name starts
  /// @param typeAt where the type is; -1 when it is the entry's last byte
  private static ArgValue entries(
      ValueDecoder decoder, ArgFormat format, long raw, Scope scope, int nameAt, int typeAt) {
    Long length = scope.number(format.argument(0));
    if (raw == 0 || length == null || length < 0 || CType.pointerSize(decoder.abi()) != 8) {
      return new ArgValue.Pointer(raw);
    }
    byte[] bytes = decoder.memory().upTo(raw, (int) Math.min(length, LARGEST));
    List<ArgValue> entries = new ArrayList<>();
    int count = 0;
    int at = 0;
    while (at + nameAt < bytes.length) {
      int size = (int) Memory.number(bytes, at + 16, 2);
      if (size <= nameAt || size > bytes.length - at) {
        break;
      }
      if (count < decoder.limits().arrayLength()) {
        entries.add(entry(bytes, at, size, nameAt, typeAt));
      }
      count++;
      at += size;
    }
    if (decoder.limits().abbreviate()) {
      return new ArgValue.Num(
          raw, "0x" + Long.toHexString(raw) + " /* " + count + " entries" + " */");
    }
    return new ArgValue.Array(entries, count > entries.size());
  }

  private static ArgValue entry(byte[] bytes, int at, int size, int nameAt, int typeAt) {
    int end = at + nameAt;
    while (end < at + size && bytes[end] != 0) {
      end++;
    }
    int type = bytes[typeAt < 0 ? at + size - 1 : at + typeAt] & 0xff;
    long inode = Memory.number(bytes, at, 8);
    long offset = Memory.number(bytes, at + 8, 8);
    return new ArgValue.Struct(
        "linux_dirent",
        List.of(
            new ArgValue.Field("d_ino", new ArgValue.Num(inode, Long.toUnsignedString(inode))),
            new ArgValue.Field("d_off", new ArgValue.Num(offset, Long.toString(offset))),
            new ArgValue.Field("d_reclen", new ArgValue.Num(size, Integer.toString(size))),
            new ArgValue.Field("d_type", ValueDecoder.constant("dirent_type", type)),
            new ArgValue.Field(
                "d_name",
                new ArgValue.Text(Quoting.quote(bytes, at + nameAt, end, false), false))));
  }
}
