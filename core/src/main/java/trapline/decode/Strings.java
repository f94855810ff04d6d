package trapline.decode;

import java.util.ArrayList;
import java.util.List;
import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.model.ArgValue;

/// Arrays of pointers to strings that end with `NULL`: arguments and environments of programs.
final class Strings {
  private static final int MOST_COUNTED = 65536;
  private static final ArgFormat STRING = ArgFormat.parse("str");

  private Strings() {}

  static ArgValue list(ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    if (raw == 0) {
      return new ArgValue.Pointer(0);
    }
    CType target = type.target(decoder.abi());
    int size = target.size();
    List<ArgValue> elements = new ArrayList<>();
    for (int i = 0; i <= decoder.limits().arrayLength(); i++) {
      Long pointer = decoder.memory().number(raw + (long) i * size, size);
      if (pointer == null) {
        if (i == 0) {
          return new ArgValue.Pointer(raw);
        }
        elements.add(new ArgValue.Unreadable(raw + (long) i * size, "not mapped"));
        return new ArgValue.Array(elements, false);
      }
      if (pointer == 0) {
        return new ArgValue.Array(elements, false);
      }
      if (i < decoder.limits().arrayLength()) {
        elements.add(decoder.decode(STRING, target, pointer, scope));
      }
    }
    return new ArgValue.Array(elements, true);
  }

  static ArgValue environment(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    if (!decoder.limits().abbreviate()) {
      return list(decoder, format, type, raw, scope);
    }
    if (raw == 0) {
      return new ArgValue.Pointer(0);
    }
    int size = type.target(decoder.abi()).size();
    int count = 0;
    boolean readable = true;
    while (count < MOST_COUNTED) {
      Long pointer = decoder.memory().number(raw + (long) count * size, size);
      readable = pointer != null;
      if (pointer == null || pointer == 0) {
        break;
      }
      count++;
    }
    String text = "0x" + Long.toHexString(raw) + " /* " + count + (count == 1 ? " var" : " vars");
    return new ArgValue.Num(raw, text + (readable ? " */" : ", unterminated */"));
  }
}
