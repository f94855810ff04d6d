package trapline.dwarf;

import org.jspecify.annotations.Nullable;
import trapline.model.Place;

/// What an entry says by itself and through the entries that it completes: an abstract instance or
/// a declaration (DWARF 5, sections 2.13 and 3.3.8).
///
/// @param name the function's names
/// @param place where it is declared; `null` when not stated
record Declaration(FunctionName name, @Nullable Place place) {
  private static final int MAX_STEPS = 32;
  private static final int LANGUAGE_CPP = 0x04;
  private static final int LANGUAGE_D = 0x13;
  private static final int LANGUAGE_CPP_03 = 0x19;
  private static final int LANGUAGE_CPP_11 = 0x1a;
  private static final int LANGUAGE_RUST = 0x1c;
  private static final int LANGUAGE_SWIFT = 0x1e;
  private static final int LANGUAGE_CPP_14 = 0x21;
  private static final int LANGUAGE_CPP_17 = 0x2b;
  private static final int LANGUAGE_CPP_20 = 0x2c;

  static Declaration of(Entry first) {
    String name = "";
    String linkage = "";
    String file = "";
    int line = 0;
    Entry last = first;
    Entry entry = first;
    for (int step = 0; entry != null && step < MAX_STEPS; step++) {
      last = entry;
      if (name.isEmpty()) {
        name = text(entry.string(Attribute.NAME));
      }
      if (linkage.isEmpty()) {
        linkage = text(entry.string(Attribute.LINKAGE_NAME));
      }
      if (linkage.isEmpty()) {
        linkage = text(entry.string(Attribute.MIPS_LINKAGE_NAME));
      }
      if (file.isEmpty() && entry.has(Attribute.DECL_FILE)) {
        file = file(entry.unit, entry.number(Attribute.DECL_FILE, 0));
      }
      if (line == 0) {
        line = line(entry, Attribute.DECL_LINE);
      }
      entry = origin(entry);
    }
    String qualified = name;
    if (!name.isEmpty() && hasScopes(first.unit)) {
      qualified = NamedScopes.prefix(last) + name;
    }
    return new Declaration(
        new FunctionName(name, qualified, linkage.equals(name) ? "" : linkage),
        file.isEmpty() ? null : new Place(file, line));
  }

  /// The entry that `entry` completes; `null` when it stands alone.
  static @Nullable Entry origin(Entry entry) {
    Entry origin = entry.reference(Attribute.ABSTRACT_ORIGIN);
    return origin == null ? entry.reference(Attribute.SPECIFICATION) : origin;
  }

  /// The path of a file by its number in a unit's line table; empty when there is none.
  static String file(Unit unit, long number) {
    LineHeader header = unit.lineHeader();
    return header == null ? "" : header.path(number);
  }

  /// A line number, which no source has above 2³¹ - 1.
  static int line(Entry entry, int attribute) {
    long line = entry.number(attribute, 0);
    return line < 0 || line > Integer.MAX_VALUE ? 0 : (int) line;
  }

  /// Whether the names of a unit's language have scopes.
  static boolean hasScopes(Unit unit) {
    return switch (unit.root().language()) {
      case LANGUAGE_CPP,
          LANGUAGE_CPP_03,
          LANGUAGE_CPP_11,
          LANGUAGE_CPP_14,
          LANGUAGE_CPP_17,
          LANGUAGE_CPP_20,
          LANGUAGE_RUST,
          LANGUAGE_D,
          LANGUAGE_SWIFT ->
          true;
      default -> false;
    };
  }

  static String text(@Nullable String string) {
    return string == null ? "" : string;
  }
}
