package trapline.decode;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.model.ArgValue;

/// Arrays of `struct iovec` (`linux/uio.h`) with what the buffers hold.
final class IoVectors {
  private IoVectors() {}

  static ArgValue decode(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    Long count = scope.number(format.argument(0));
    Long limit = format.arguments().size() < 2 ? null : scope.number(format.argument(1));
    return decode(decoder, raw, count, limit == null ? Long.MAX_VALUE : limit);
  }

  /// @param limit how many bytes of all buffers together matter; those of a read are filled only
  ///     so far
  static ArgValue decode(ValueDecoder decoder, long address, @Nullable Long count, long limit) {
    int word = CType.pointerSize(decoder.abi());
    if (address == 0 || count == null || count < 0) {
      return new ArgValue.Pointer(address);
    }
    int shown = (int) Math.min(count, decoder.limits().arrayLength());
    byte[] bytes = decoder.memory().upTo(address, shown * word * 2);
    if (bytes.length < word * 2 && shown > 0) {
      return new ArgValue.Pointer(address);
    }
    List<ArgValue> elements = new ArrayList<>(shown);
    long left = limit;
    for (int i = 0; i < bytes.length / (word * 2); i++) {
      long base = Memory.number(bytes, i * word * 2, word);
      long length = Memory.number(bytes, i * word * 2 + word, word);
      long filled = length < 0 ? left : Math.min(left, length);
      left -= filled;
      elements.add(
          new ArgValue.Struct(
              "iovec",
              List.of(
                  new ArgValue.Field("iov_base", decoder.bytes(base, filled)),
                  new ArgValue.Field(
                      "iov_len", new ArgValue.Num(length, Long.toUnsignedString(length))))));
    }
    return new ArgValue.Array(elements, shown < count);
  }

  /// One vector by itself, with the address of its buffer.
  static ArgValue single(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return decoder.struct("iovec_remote", raw, scope);
  }
}
