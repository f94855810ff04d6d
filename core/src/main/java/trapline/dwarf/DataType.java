package trapline.dwarf;

import org.jspecify.annotations.Nullable;

/// A type of the source language.
///
/// @param name as C declares it: `const char *`, `struct sockaddr *`, `int [4]`, `int (*)(void)`
/// @param kind what it is, with typedefs and qualifiers looked through
/// @param byteSize of a value; -1 when not known
/// @param encoding of a base type or an enumeration's values; [Encoding#NONE] otherwise
/// @param target of a pointer, reference or array, what it points to or holds; `null` otherwise
public record DataType(
    String name, Kind kind, long byteSize, Encoding encoding, @Nullable DataType target) {
  /// What a type is, with typedefs and qualifiers looked through.
  public enum Kind {
    /// No value: `void`.
    VOID,
    BASE,
    POINTER,
    REFERENCE,
    ENUMERATION,
    STRUCTURE,
    UNION,
    CLASS,
    ARRAY,
    FUNCTION,
    /// Something else, such as a pointer to member; only the name and size are known.
    OTHER
  }

  /// How a base type's bits are to be read (DWARF 5, section 7.8).
  public enum Encoding {
    NONE,
    BOOLEAN,
    SIGNED,
    UNSIGNED,
    SIGNED_CHARACTER,
    UNSIGNED_CHARACTER,
    FLOATING_POINT,
    ADDRESS,
    OTHER
  }

  /// The type of nothing.
  public static final DataType VOID = new DataType("void", Kind.VOID, 0, Encoding.NONE, null);

  /// Whether a value is negative when its highest bit is set.
  public boolean signed() {
    return encoding == Encoding.SIGNED || encoding == Encoding.SIGNED_CHARACTER;
  }
}
