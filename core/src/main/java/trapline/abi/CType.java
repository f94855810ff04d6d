package trapline.abi;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import trapline.model.Abi;

/// A C type as far as decoding needs it: how wide a value is, and how wide what it points to.
///
/// @param size in bytes; 0 for a structure, whose layout says it
/// @param signed whether it is a signed number
/// @param pointers how many levels of pointers it has
/// @param base the type without pointers and qualifiers, such as `struct stat` or `unsigned int`
public record CType(int size, boolean signed, int pointers, String base) {
  private static final Map<String, CType> WIDE = new ConcurrentHashMap<>();
  private static final Map<String, CType> NARROW = new ConcurrentHashMap<>();

  private static final class Table {
    static final Map<String, int[]> SIZES = new HashMap<>();

    static {
      Resource.Lines lines = Resource.lines(Resource.read("types.txt"));
      while (lines.advance()) {
        SIZES.put(
            lines.field(0),
            new int[] {
              Integer.parseInt(lines.field(1)),
              Integer.parseInt(lines.field(2)),
              lines.field(3).equals("s") ? 1 : 0
            });
      }
    }

    private Table() {}
  }

  /// The type written as `text`, as programs of that ABI have it.
  public static CType of(String text, Abi abi) {
    Map<String, CType> known = isNarrow(abi) ? NARROW : WIDE;
    CType type = known.get(text);
    if (type == null) {
      type = parse(text, isNarrow(abi));
      known.put(text, type);
    }
    return type;
  }

  /// The type written as `text` of a value in a register. The kernel takes an address from an x32
  /// program's register as it is; only in memory such a program's addresses have 32 bits.
  public static CType inRegister(String text, Abi abi) {
    CType type = of(text, abi);
    return abi.registerBits() > abi.bits() && type.isPointer()
        ? new CType(8, false, type.pointers, type.base)
        : type;
  }

  /// How many bytes an address has in programs of that ABI.
  public static int pointerSize(Abi abi) {
    return isNarrow(abi) ? 4 : 8;
  }

  private static boolean isNarrow(Abi abi) {
    return abi.bits() == 32;
  }

  private static CType parse(String text, boolean narrow) {
    int pointers = 0;
    StringBuilder base = new StringBuilder();
    for (String word : text.replace("*", " * ").split(" ", -1)) {
      switch (word) {
        case "*" -> pointers++;
        case "", "const", "__user", "volatile" -> {}
        default -> base.append(base.isEmpty() ? "" : " ").append(word);
      }
    }
    return make(pointers, base.toString(), narrow);
  }

  private static CType make(int pointers, String base, boolean narrow) {
    if (pointers > 0) {
      return new CType(narrow ? 4 : 8, false, pointers, base);
    }
    int[] sizes = Table.SIZES.get(base.startsWith("enum ") ? "enum" : base);
    return sizes == null
        ? new CType(0, false, 0, base)
        : new CType(sizes[narrow ? 1 : 0], sizes[2] == 1, 0, base);
  }

  /// What a pointer of this type points to; the type itself when it is no pointer.
  public CType target(Abi abi) {
    return pointers == 0 ? this : make(pointers - 1, base, isNarrow(abi));
  }

  /// Whether a value of this type is an address.
  public boolean isPointer() {
    return pointers > 0 || base.startsWith("cap_user_");
  }

  /// A register's or a memory cell's value cut to this type's width, sign-extended when it is
  /// signed.
  public long narrow(long raw) {
    return switch (size) {
      case 1 -> signed ? (byte) raw : raw & 0xff;
      case 2 -> signed ? (short) raw : raw & 0xffff;
      case 4 -> signed ? (int) raw : raw & 0xffff_ffffL;
      default -> raw;
    };
  }
}
