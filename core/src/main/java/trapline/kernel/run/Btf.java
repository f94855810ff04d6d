package trapline.kernel.run;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;

/// A kernel's own type information (`Documentation/bpf/btf.rst`): what its functions return.
///
/// Everything is read once when the first function is asked for; that takes some milliseconds. Not
/// safe for use by several threads.
public final class Btf implements ReturnTypes {
  static final int INT = 1;
  static final int PTR = 2;
  static final int ARRAY = 3;
  static final int STRUCT = 4;
  static final int UNION = 5;
  static final int ENUM = 6;
  static final int FWD = 7;
  static final int TYPEDEF = 8;
  static final int VOLATILE = 9;
  static final int CONST = 10;
  static final int RESTRICT = 11;
  static final int FUNC = 12;
  static final int FUNC_PROTO = 13;
  static final int VAR = 14;
  static final int DATASEC = 15;
  static final int FLOAT = 16;
  static final int DECL_TAG = 17;
  static final int TYPE_TAG = 18;
  static final int ENUM64 = 19;

  private static final int MAGIC = 0xeb9f;
  private static final int HEADER = 24;

  /// What stands before the part that depends on the kind: name, info, size or type.
  private static final int COMMON = 12;

  private final Bytes section;
  private final byte[] names;
  private final ByteBuffer types;

  /// Where the type of each number starts in `types`; number 0 is `void` and has no place.
  private int[] at = new int[0];

  private int count;

  /// The numbers of the functions, by the hash of their names; 0 is a free place.
  private int[] functions = new int[0];

  private Btf(Bytes section, byte[] names, ByteBuffer types) {
    this.section = section;
    this.names = names;
    this.types = types;
  }

  /// @param section `/sys/kernel/btf/vmlinux`, or the section `.BTF` of the kernel's image
  /// @throws trapline.model.MalformedBinary when its header is not right; functions whose types are
  ///     damaged are not known
  public static Btf of(Bytes section) {
    if (section.size() < HEADER || section.u16(0) != MAGIC) {
      throw section.malformed(0, "no BTF type information");
    }
    if (section.u8(2) != 1) {
      throw section.malformed(2, "BTF type information of version " + section.u8(2));
    }
    long header = section.u32(4);
    if (header < HEADER) {
      throw section.malformed(4, "BTF header that is too short");
    }
    Bytes types = section.slice(header + section.u32(8), section.u32(12));
    Bytes names = section.slice(header + section.u32(16), section.u32(20));
    if (names.isEmpty() || names.u8(names.size() - 1L) != 0) {
      throw section.malformed(16, "BTF names without an end");
    }
    return new Btf(
        section,
        names.copy(0, names.size()),
        ByteBuffer.wrap(types.copy(0, types.size())).order(ByteOrder.LITTLE_ENDIAN));
  }

  @Override
  public @Nullable ReturnType of(String function) {
    if (functions.length == 0) {
      scan();
    }
    byte[] name = function.getBytes(StandardCharsets.UTF_8);
    int found = 0;
    int mask = functions.length - 1;
    for (int slot = hash(name, 0, name.length) & mask;
        functions[slot] != 0;
        slot = (slot + 1) & mask) {
      if (hasName(functions[slot], name)) {
        int returned = returned(functions[slot]);
        if (returned < 0 || (found != 0 && returned != found - 1)) {
          // Several functions of that name, which do not return the same.
          return null;
        }
        found = returned + 1;
      }
    }
    return found == 0 ? null : new ReturnType(new BtfText(this).of(found - 1), kind(found - 1));
  }

  /// How many functions are described.
  int functionCount() {
    if (functions.length == 0) {
      scan();
    }
    int n = 0;
    for (int function : functions) {
      n += function != 0 ? 1 : 0;
    }
    return n;
  }

  /// Finds where each type starts. What follows a damaged one cannot be found.
  private void scan() {
    int[] places = new int[1 << 14];
    int n = 1;
    int named = 0;
    int position = 0;
    while (position + COMMON <= types.limit()) {
      int info = types.getInt(position + 4);
      int size = size(info >>> 24 & 0x1f, info & 0xffff);
      if (size < 0 || size > types.limit() - position) {
        break;
      }
      if (n == places.length) {
        places = Arrays.copyOf(places, n * 2);
      }
      named += (info >>> 24 & 0x1f) == FUNC ? 1 : 0;
      places[n++] = position;
      position += size;
    }
    at = places;
    count = n;
    int[] table = new int[Integer.highestOneBit(Math.max(8, named) * 2) * 2];
    int mask = table.length - 1;
    for (int id = 1; id < n; id++) {
      if (kindOf(id) == FUNC) {
        int start = nameAt(id);
        int slot = hash(names, start, nameEnd(start)) & mask;
        while (table[slot] != 0) {
          slot = (slot + 1) & mask;
        }
        table[slot] = id;
      }
    }
    functions = table;
  }

  /// How many bytes a type takes; -1 for a kind that is not known.
  private static int size(int kind, int members) {
    return switch (kind) {
      case PTR, FWD, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC, FLOAT, TYPE_TAG -> COMMON;
      case INT, VAR, DECL_TAG -> COMMON + 4;
      case ARRAY -> COMMON + 12;
      case STRUCT, UNION, DATASEC, ENUM64 -> COMMON + 12 * members;
      case ENUM, FUNC_PROTO -> COMMON + 8 * members;
      default -> -1;
    };
  }

  private static int hash(byte[] text, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = hash * 31 + text[i];
    }
    return hash ^ hash >>> 15;
  }

  private int nameAt(int id) {
    int offset = types.getInt(at[id]);
    return offset < 0 || offset >= names.length ? 0 : offset;
  }

  private int nameEnd(int start) {
    int end = start;
    while (names[end] != 0) {
      end++;
    }
    return end;
  }

  private boolean hasName(int id, byte[] name) {
    int start = nameAt(id);
    int end = start + name.length;
    return end < names.length
        && names[end] == 0
        && Arrays.equals(names, start, end, name, 0, name.length);
  }

  /// The number of the type that a function returns; -1 when it is damaged.
  private int returned(int function) {
    int prototype = target(function);
    return kindOf(prototype) == FUNC_PROTO ? target(prototype) : -1;
  }

  // What follows answers for any number: a type that is not there is `void`.

  /// The kind of a type; 0 for `void`.
  int kindOf(int id) {
    return id <= 0 || id >= count ? 0 : types.getInt(at[id] + 4) >>> 24 & 0x1f;
  }

  /// Whether the flag of a type's kind is set.
  boolean flag(int id) {
    return id > 0 && id < count && types.getInt(at[id] + 4) < 0;
  }

  /// How many members a type has.
  int members(int id) {
    return id <= 0 || id >= count ? 0 : types.getInt(at[id] + 4) & 0xffff;
  }

  /// The type that a type is made of, or its size in bytes.
  int target(int id) {
    return id <= 0 || id >= count ? 0 : types.getInt(at[id] + 8);
  }

  /// A 32-bit number behind the common part.
  int extra(int id, int index) {
    return types.getInt(at[id] + COMMON + index * 4);
  }

  /// The name of a type; empty when it has none.
  String name(int id) {
    if (id <= 0 || id >= count) {
      return "";
    }
    int start = nameAt(id);
    return new String(names, start, nameEnd(start) - start, StandardCharsets.UTF_8);
  }

  private ReturnType.Kind kind(int type) {
    int id = type;
    for (int depth = 0; depth < BtfText.MAX_DEPTH; depth++) {
      switch (kindOf(id)) {
        case TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG -> id = target(id);
        case 0 -> {
          return ReturnType.Kind.VOID;
        }
        case PTR -> {
          return ReturnType.Kind.POINTER;
        }
        case ENUM -> {
          return ReturnType.Kind.INT;
        }
        case INT -> {
          return integer(id);
        }
        default -> {
          return ReturnType.Kind.OTHER;
        }
      }
    }
    return ReturnType.Kind.OTHER;
  }

  private ReturnType.Kind integer(int id) {
    int encoding = extra(id, 0) >>> 24 & 0xf;
    int size = target(id);
    boolean signed = (encoding & 1) != 0;
    if ((encoding & 4) != 0) {
      return ReturnType.Kind.BOOL;
    }
    if (size > 8) {
      return ReturnType.Kind.OTHER;
    }
    if (size > 4) {
      return signed ? ReturnType.Kind.LONG : ReturnType.Kind.UNSIGNED_LONG;
    }
    return signed ? ReturnType.Kind.INT : ReturnType.Kind.UNSIGNED;
  }

  @Override
  public String toString() {
    return "BTF of " + section.file();
  }
}
