package trapline.dwarf;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import trapline.dwarf.DataType.Encoding;
import trapline.dwarf.DataType.Kind;

/// Reads types and writes their names as C declares them (DWARF 5, chapter 5).
final class Types {
  private static final int MAX_DEPTH = 48;

  /// How many entries one type may take to read: types nest, and a hostile file nests them in
  /// themselves.
  private static final int MAX_ENTRIES = 4000;

  private int budget = MAX_ENTRIES;

  private Types() {}

  /// The type of an entry or of the entry that it completes; [DataType#VOID] when it states none.
  static DataType of(Entry entry) {
    return ofType(entryOf(entry));
  }

  /// The entry of that type; `null` when none is stated.
  static @Nullable Entry entryOf(Entry entry) {
    Entry at = entry;
    for (int step = 0; at != null && step < 32; step++) {
      if (at.has(Attribute.TYPE)) {
        return at.reference(Attribute.TYPE);
      }
      at = Declaration.origin(at);
    }
    return null;
  }

  static boolean isFloat(Entry bare) {
    return encoding(bare) == Encoding.FLOATING_POINT;
  }

  /// The size in bytes of a type's values; -1 when not known.
  static long byteSize(Entry bare) {
    return size(bare, 0);
  }

  /// The type that an entry describes.
  static DataType ofType(@Nullable Entry type) {
    return new Types().read(type, 0);
  }

  private DataType read(@Nullable Entry type, int depth) {
    if (type == null) {
      return DataType.VOID;
    }
    String name = declare(type, "", 0);
    Entry bare = bare(type);
    if (bare == null) {
      return new DataType(name, Kind.VOID, 0, Encoding.NONE, null);
    }
    Kind kind = kind(bare.tag());
    DataType target = null;
    if (depth < MAX_DEPTH
        && budget > 0
        && (kind == Kind.POINTER || kind == Kind.REFERENCE || kind == Kind.ARRAY)) {
      target = read(bare.reference(Attribute.TYPE), depth + 1);
    }
    return new DataType(name, kind, size(bare, 0), encoding(bare), target);
  }

  private static Kind kind(int tag) {
    return switch (tag) {
      case Tag.BASE_TYPE -> Kind.BASE;
      case Tag.POINTER_TYPE -> Kind.POINTER;
      case Tag.REFERENCE_TYPE, Tag.RVALUE_REFERENCE_TYPE -> Kind.REFERENCE;
      case Tag.ENUMERATION_TYPE -> Kind.ENUMERATION;
      case Tag.STRUCTURE_TYPE -> Kind.STRUCTURE;
      case Tag.UNION_TYPE -> Kind.UNION;
      case Tag.CLASS_TYPE, Tag.INTERFACE_TYPE -> Kind.CLASS;
      case Tag.ARRAY_TYPE -> Kind.ARRAY;
      case Tag.SUBROUTINE_TYPE -> Kind.FUNCTION;
      default -> Kind.OTHER;
    };
  }

  /// The type behind typedefs and qualifiers; `null` for `void`.
  static @Nullable Entry bare(Entry type) {
    Entry at = type;
    for (int step = 0; step < MAX_DEPTH; step++) {
      switch (at.tag()) {
        case Tag.TYPEDEF,
            Tag.CONST_TYPE,
            Tag.VOLATILE_TYPE,
            Tag.RESTRICT_TYPE,
            Tag.ATOMIC_TYPE,
            Tag.IMMUTABLE_TYPE,
            Tag.PACKED_TYPE -> {
          at = at.reference(Attribute.TYPE);
          if (at == null) {
            return null;
          }
        }
        default -> {
          // A declaration that stands for a type in a unit of its own.
          Entry other = at.reference(Attribute.SIGNATURE);
          if (other == null) {
            return at;
          }
          at = other;
        }
      }
    }
    return at;
  }

  private static long size(Entry bare, int depth) {
    long size = bare.number(Attribute.BYTE_SIZE, -1);
    if (size >= 0) {
      return size;
    }
    return switch (bare.tag()) {
      case Tag.POINTER_TYPE, Tag.REFERENCE_TYPE, Tag.RVALUE_REFERENCE_TYPE -> bare.unit.addressSize;
      case Tag.ARRAY_TYPE -> {
        Entry element = bare.reference(Attribute.TYPE);
        Entry bareElement = element == null ? null : bare(element);
        long elementSize =
            bareElement == null || depth > MAX_DEPTH ? -1 : size(bareElement, depth + 1);
        long total = elementSize;
        for (long count : counts(bare)) {
          total = count < 0 || total < 0 ? -1 : saturated(total, count);
        }
        yield total;
      }
      case Tag.ENUMERATION_TYPE -> {
        Entry underlying = bare.reference(Attribute.TYPE);
        Entry bareUnderlying = underlying == null ? null : bare(underlying);
        yield bareUnderlying == null ? -1 : bareUnderlying.number(Attribute.BYTE_SIZE, -1);
      }
      default -> -1;
    };
  }

  private static long saturated(long a, long b) {
    return Math.multiplyHigh(a, b) != 0 || a * b < 0 ? -1 : a * b;
  }

  private static Encoding encoding(Entry bare) {
    long code = -1;
    if (bare.tag() == Tag.BASE_TYPE) {
      code = bare.number(Attribute.ENCODING, 0);
    } else if (bare.tag() == Tag.ENUMERATION_TYPE) {
      code = bare.number(Attribute.ENCODING, -1);
      Entry underlying = code >= 0 ? null : bare.reference(Attribute.TYPE);
      Entry bareUnderlying = underlying == null ? null : bare(underlying);
      if (bareUnderlying != null) {
        code = bareUnderlying.number(Attribute.ENCODING, -1);
      }
    }
    return switch ((int) code) {
      case -1 -> Encoding.NONE;
      case 0x01 -> Encoding.ADDRESS;
      case 0x02 -> Encoding.BOOLEAN;
      case 0x04 -> Encoding.FLOATING_POINT;
      case 0x05 -> Encoding.SIGNED;
      case 0x06 -> Encoding.SIGNED_CHARACTER;
      case 0x07 -> Encoding.UNSIGNED;
      case 0x08, 0x10 -> Encoding.UNSIGNED_CHARACTER;
      default -> Encoding.OTHER;
    };
  }

  /// The declaration of something called `inner` of a type; with nothing as `inner`, the type's
  /// name.
  private String declare(@Nullable Entry type, String inner, int depth) {
    if (type == null) {
      return join("void", inner);
    }
    if (depth > MAX_DEPTH || --budget < 0) {
      return join("...", inner);
    }
    return switch (type.tag()) {
      case Tag.POINTER_TYPE -> pointer(type, "*", inner, depth);
      case Tag.REFERENCE_TYPE -> pointer(type, "&", inner, depth);
      case Tag.RVALUE_REFERENCE_TYPE -> pointer(type, "&&", inner, depth);
      case Tag.CONST_TYPE -> qualified(type, "const", inner, depth);
      case Tag.VOLATILE_TYPE -> qualified(type, "volatile", inner, depth);
      case Tag.RESTRICT_TYPE -> qualified(type, "restrict", inner, depth);
      case Tag.ATOMIC_TYPE -> qualified(type, "_Atomic", inner, depth);
      case Tag.ARRAY_TYPE -> {
        StringBuilder bounds = new StringBuilder(inner);
        for (long count : counts(type)) {
          bounds.append('[');
          if (count >= 0) {
            bounds.append(count);
          }
          bounds.append(']');
        }
        yield declare(type.reference(Attribute.TYPE), bounds.toString(), depth + 1);
      }
      case Tag.SUBROUTINE_TYPE ->
          declare(type.reference(Attribute.TYPE), inner + parameters(type, depth), depth + 1);
      case Tag.PTR_TO_MEMBER_TYPE ->
          declare(type.reference(Attribute.TYPE), "::*" + inner, depth + 1);
      default -> join(plain(type), inner);
    };
  }

  private static String join(String name, String inner) {
    return inner.isEmpty() ? name : name + " " + inner;
  }

  private String pointer(Entry type, String sign, String inner, int depth) {
    Entry target = type.reference(Attribute.TYPE);
    boolean word = !inner.isEmpty() && Character.isLetter(inner.charAt(0));
    String declarator = word ? sign + " " + inner : sign + inner;
    if (target != null && (target.tag() == Tag.ARRAY_TYPE || target.tag() == Tag.SUBROUTINE_TYPE)) {
      declarator = "(" + declarator + ")";
    }
    return declare(target, declarator, depth + 1);
  }

  private String qualified(Entry type, String word, String inner, int depth) {
    Entry target = type.reference(Attribute.TYPE);
    Entry at = target;
    // Qualifiers of a pointer stand after its star, others before the name.
    for (int step = 0; at != null && step < MAX_DEPTH && isQualifier(at.tag()); step++) {
      at = at.reference(Attribute.TYPE);
    }
    if (at != null && at.tag() == Tag.POINTER_TYPE) {
      return declare(target, inner.isEmpty() ? word : word + spaced(inner), depth + 1);
    }
    return word + " " + declare(target, inner, depth + 1);
  }

  private static String spaced(String inner) {
    return Character.isLetter(inner.charAt(0)) || inner.charAt(0) == '*' ? " " + inner : inner;
  }

  private static boolean isQualifier(int tag) {
    return tag == Tag.CONST_TYPE
        || tag == Tag.VOLATILE_TYPE
        || tag == Tag.RESTRICT_TYPE
        || tag == Tag.ATOMIC_TYPE;
  }

  private String parameters(Entry type, int depth) {
    StringBuilder list = new StringBuilder("(");
    boolean any = false;
    for (Entry child : Children.of(type)) {
      boolean more = child.tag() == Tag.UNSPECIFIED_PARAMETERS;
      if (!more && child.tag() != Tag.FORMAL_PARAMETER) {
        continue;
      }
      if (any) {
        list.append(", ");
      }
      any = true;
      list.append(more ? "..." : declare(child.reference(Attribute.TYPE), "", depth + 1));
      if (budget < 0) {
        break;
      }
    }
    if (!any && type.flag(Attribute.PROTOTYPED)) {
      list.append("void");
    }
    return list.append(')').toString();
  }

  private static String plain(Entry type) {
    String name = type.string(Attribute.NAME);
    Entry other = type.reference(Attribute.SIGNATURE);
    if (name == null && other != null) {
      name = other.string(Attribute.NAME);
    }
    Entry named = other == null ? type : other;
    String keyword =
        switch (type.tag()) {
          case Tag.STRUCTURE_TYPE -> "struct";
          case Tag.UNION_TYPE -> "union";
          case Tag.ENUMERATION_TYPE -> "enum";
          case Tag.CLASS_TYPE, Tag.INTERFACE_TYPE -> "class";
          default -> "";
        };
    if (name == null) {
      return keyword.isEmpty() ? "(unnamed)" : keyword + " {...}";
    }
    if (Declaration.hasScopes(type.unit)) {
      return NamedScopes.prefix(named) + name;
    }
    return keyword.isEmpty() ? name : keyword + " " + name;
  }

  /// The number of elements in each dimension; -1 where it is not constant.
  static long[] counts(Entry array) {
    long[] counts = new long[0];
    for (Entry child : Children.of(array)) {
      if (child.tag() != Tag.SUBRANGE_TYPE && child.tag() != Tag.ENUMERATION_TYPE) {
        continue;
      }
      long count = child.number(Attribute.COUNT, -1);
      if (count < 0 && isConstant(child, Attribute.UPPER_BOUND)) {
        long upper = child.number(Attribute.UPPER_BOUND, -1);
        // An upper bound of all ones is how an array without elements is written.
        boolean none = upper == -1 || (upper == 0xffff_ffffL && child.shape.forms.length > 0);
        count = none ? 0 : upper - child.number(Attribute.LOWER_BOUND, 0) + 1;
      }
      counts = Arrays.copyOf(counts, counts.length + 1);
      counts[counts.length - 1] = count < 0 ? -1 : count;
      if (counts.length >= MAX_DEPTH) {
        break;
      }
    }
    return counts;
  }

  private static boolean isConstant(Entry entry, int attribute) {
    return switch (entry.form(attribute)) {
      case Form.DATA1,
          Form.DATA2,
          Form.DATA4,
          Form.DATA8,
          Form.SDATA,
          Form.UDATA,
          Form.IMPLICIT_CONST ->
          true;
      default -> false;
    };
  }
}
