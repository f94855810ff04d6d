package trapline.decode;

import java.util.List;
import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.abi.Errnos;
import trapline.model.ArgValue;

/// `struct file_handle` (`name_to_handle_at(2)`): two numbers and then as many bytes as the first
/// says.
final class FileHandles {
  private static final int LARGEST = 128;

  private FileHandles() {}

  /// `file_handle(room)` has the room for a handle, and then the handle that was stored;
  /// `file_handle` is one that the program gives.
  static ArgValue decode(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    byte[] head = raw == 0 ? null : decoder.memory().exactly(raw, 8);
    if (head == null) {
      return new ArgValue.Pointer(raw);
    }
    long size = Memory.number(head, 0, 4);
    ArgValue bytes = new ArgValue.Num(size, Long.toString(size));
    boolean isRoom = !format.arguments().isEmpty();
    if (isRoom && !(scope instanceof CallScope call && call.returned())) {
      return new ArgValue.Struct("file_handle", List.of(new ArgValue.Field("handle_bytes", bytes)));
    }
    if (isRoom
        && scope instanceof CallScope call
        && call.beforehand("handle") instanceof ArgValue.Struct before) {
      ArgValue room = before.fields().getFirst().value();
      bytes = room.text().equals(bytes.text()) ? bytes : new ArgValue.Changed(room, bytes);
      if (Errnos.isError(call.result())) { // it says how much room there must be, and no more
        return new ArgValue.Struct(
            "file_handle", List.of(new ArgValue.Field("handle_bytes", bytes)));
      }
    }
    int kind = (int) Memory.number(head, 4, 4);
    byte[] handle = decoder.memory().exactly(raw + 8, (int) Math.min(size, LARGEST));
    return new ArgValue.Struct(
        "file_handle",
        List.of(
            new ArgValue.Field("handle_bytes", bytes),
            new ArgValue.Field("handle_type", new ArgValue.Num(kind, Integer.toString(kind))),
            new ArgValue.Field(
                "f_handle",
                handle == null
                    ? new ArgValue.Pointer(raw + 8)
                    : Quoting.hex(handle, 0, handle.length))));
  }
}
