package trapline.decode;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.model.ArgValue;

/// Sets of processors, of memory nodes, of resident pages and of capabilities.
final class BitSets {
  private static final int LARGEST = 8192;

  private BitSets() {}

  /// `cpuset(bytes)`: the numbers of the processors.
  static ArgValue processors(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    byte[] bits = read(decoder, raw, scope.number(format.argument(0)));
    if (bits == null) {
      return new ArgValue.Pointer(raw);
    }
    StringBuilder out = new StringBuilder("[");
    for (int i = 0; i < bits.length * 8; i++) {
      if ((bits[i / 8] >> (i % 8) & 1) != 0) {
        out.append(out.length() == 1 ? "" : " ").append(i);
      }
    }
    return new ArgValue.Num(raw, out.append(']').toString());
  }

  private static byte @Nullable [] read(ValueDecoder decoder, long address, @Nullable Long size) {
    return size == null || size < 0 || address == 0
        ? null
        : decoder.memory().exactly(address, (int) Math.min(size, LARGEST));
  }

  /// `bitmap(bits)`: the words of a set of memory nodes. The kernel takes one bit less than it is
  /// said to have (`get_nodes`, `mm/mempolicy.c`).
  static ArgValue words(ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    Long count = scope.number(format.argument(0));
    Long size = count == null ? null : Math.ceilDiv(Math.clamp(count - 1, 0, LARGEST), 64) * 8L;
    byte[] bits = size == null || size == 0 ? null : read(decoder, raw, size);
    if (bits == null) {
      return new ArgValue.Pointer(raw);
    }
    List<ArgValue> words = new ArrayList<>();
    for (int at = 0; at < bits.length; at += 8) {
      long word = Memory.number(bits, at, 8);
      words.add(new ArgValue.Num(word, "0x" + HEX.toHexDigits(word)));
    }
    return new ArgValue.Array(words, false);
  }

  private static final java.util.HexFormat HEX = java.util.HexFormat.of();

  /// `mincore(length)`: for each page whether it is in memory.
  static ArgValue pages(ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    Long length = scope.number(format.argument(0));
    if (length == null || length < 0 || raw == 0) {
      return new ArgValue.Pointer(raw);
    }
    long count = Math.ceilDiv(length, 4096L);
    int shown = (int) Math.min(count, decoder.limits().arrayLength());
    byte[] bytes = decoder.memory().exactly(raw, shown);
    if (bytes == null) {
      return new ArgValue.Pointer(raw);
    }
    List<ArgValue> pages = new ArrayList<>(shown);
    for (byte page : bytes) {
      pages.add(new ArgValue.Num(page & 1, (page & 1) == 1 ? "1" : "0"));
    }
    return new ArgValue.Array(pages, shown < count);
  }

  /// `capdata(header)`: three sets of capabilities, of 64 bits from version 2 on
  /// (`linux/capability.h`).
  static ArgValue capabilities(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    Long version = scope.number(format.argument(0));
    boolean wide = version != null && version.intValue() != 0x19980330;
    byte[] bytes = raw == 0 ? null : decoder.memory().exactly(raw, wide ? 24 : 12);
    if (bytes == null) {
      return new ArgValue.Pointer(raw);
    }
    String[] names = {"effective", "permitted", "inheritable"};
    List<ArgValue.Field> fields = new ArrayList<>(3);
    for (int i = 0; i < 3; i++) {
      long set = Memory.number(bytes, i * 4, 4);
      if (wide) {
        set |= Memory.number(bytes, 12 + i * 4, 4) << 32;
      }
      fields.add(new ArgValue.Field(names[i], capabilities(set)));
    }
    return new ArgValue.Struct("__user_cap_data_struct", fields);
  }

  private static ArgValue capabilities(long set) {
    List<String> names = new ArrayList<>();
    long unknown = 0;
    for (int i = 0; i < 64; i++) {
      if ((set >> i & 1) != 0) {
        String name = ValueDecoder.constant("capability", i).text();
        if (name.startsWith("CAP_")) {
          names.add("1<<" + name);
        } else {
          unknown |= 1L << i;
        }
      }
    }
    return new ArgValue.Flags(set, names, unknown);
  }
}
