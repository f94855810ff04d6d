package trapline.decode;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.model.ArgValue;

/// `struct file_handle` (`name_to_handle_at(2)`): two numbers and then as many bytes as the first
/// says.
final class FileHandles {
  private static final int LARGEST = 128;

  private FileHandles() {}

  /// `file_handle(in)` has the room for a handle; `file_handle` a handle.
  static ArgValue decode(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    byte[] head = raw == 0 ? null : decoder.memory().exactly(raw, 8);
    if (head == null) {
      return new ArgValue.Pointer(raw);
    }
    long size = Memory.number(head, 0, 4);
    List<ArgValue.Field> fields = new ArrayList<>(3);
    fields.add(new ArgValue.Field("handle_bytes", new ArgValue.Num(size, Long.toString(size))));
    boolean room =
        !format.arguments().isEmpty() && !(scope instanceof CallScope call && call.returned());
    if (room) {
      return new ArgValue.Struct("file_handle", fields);
    }
    int kind = (int) Memory.number(head, 4, 4);
    fields.add(
        new ArgValue.Field("handle_type", new ArgValue.Num(kind, ValueDecoder.prefixedHex(kind))));
    byte[] handle = decoder.memory().exactly(raw + 8, (int) Math.min(size, LARGEST));
    fields.add(
        new ArgValue.Field(
            "f_handle",
            handle == null
                ? new ArgValue.Pointer(raw + 8)
                : new ArgValue.Num(0, "0x" + HexFormat.of().formatHex(handle))));
    return new ArgValue.Struct("file_handle", fields);
  }
}
