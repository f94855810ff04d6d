package trapline.elf;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.model.LinkAddress;

/// The symbols of one table, in its order, read when they are asked for. The first is the table's
/// reserved null symbol.
///
/// Reading a symbol whose name lies outside the string table throws
/// [trapline.model.MalformedBinary].
public final class SymbolTable extends AbstractList<Symbol> implements RandomAccess {
  static final int ENTRY = 24;
  /// Sorting stays fast when a hostile file's names are long and alike.
  private static final int MAX_COMPARED = 256;

  private static final int XINDEX = 0xffff;

  private final Bytes entries;
  private final Bytes names;
  private final @Nullable Bytes extendedSections;
  private final @Nullable SymbolVersions versions;
  private final int count;

  SymbolTable(
      Bytes entries,
      Bytes names,
      @Nullable Bytes extendedSections,
      @Nullable SymbolVersions versions) {
    this.entries = entries;
    this.names = names;
    this.extendedSections = extendedSections;
    this.versions = versions;
    this.count = entries.size() / ENTRY;
  }

  static SymbolTable empty(String file) {
    return new SymbolTable(Bytes.empty(file), Bytes.empty(file), null, null);
  }

  @Override
  public int size() {
    return count;
  }

  @Override
  public Symbol get(int index) {
    long at = at(index);
    String name = nameAt(entries.u32(at));
    SymbolVersion version = null;
    if (versions != null) {
      version = versions.of(index, sectionIndex(index) != 0);
      if (version != null && version.name().equals(name)) {
        // The symbol that a linker defines for the version itself.
        version = null;
      }
    } else {
      // Linkers write the versions of dynamic symbols into the names of .symtab.
      int sign = name.indexOf('@', 1);
      if (sign > 0) {
        boolean isDefault = name.startsWith("@@", sign);
        version = new SymbolVersion(name.substring(sign + (isDefault ? 2 : 1)), "", isDefault);
        name = name.substring(0, sign);
      }
    }
    return new Symbol(
        index,
        name,
        new LinkAddress(address(index)),
        byteSize(index),
        type(index),
        binding(index),
        entries.u8(at + 5) & 3,
        sectionIndex(index),
        version);
  }

  /// All symbols of that name, whatever their version; usually one. Reads the whole table.
  public List<Symbol> named(String name) {
    List<Symbol> found = new ArrayList<>();
    for (int i = 1; i < count; i++) {
      if (hasName(i, name)) {
        found.add(get(i));
      }
    }
    return found;
  }

  int type(int index) {
    return entries.u8(at(index) + 4) & 15;
  }

  int binding(int index) {
    return entries.u8(at(index) + 4) >> 4;
  }

  int sectionIndex(int index) {
    int section = entries.u16(at(index) + 6);
    if (section == XINDEX && extendedSections != null) {
      return extendedSections.i32(4L * index);
    }
    return section;
  }

  long address(int index) {
    return entries.u64(at(index) + 8);
  }

  long byteSize(int index) {
    return entries.u64(at(index) + 16);
  }

  private long nameOffset(int index) {
    return entries.u32(at(index));
  }

  /// Whether it has a name that is not a local label's.
  boolean isName(int index) {
    long at = nameOffset(index);
    if (at == 0 || at + 1 >= names.size()) {
      return false;
    }
    int first = names.u8(at);
    return first != 0 && !(first == '.' && names.u8(at + 1) == 'L');
  }

  /// The order of two names by their bytes, without their versions.
  int compareNames(int a, int b) {
    long left = nameOffset(a);
    long right = nameOffset(b);
    for (int i = 0; left != right && i < MAX_COMPARED; i++) {
      int difference = nameByte(left + i) - nameByte(right + i);
      if (difference != 0) {
        return difference;
      } else if (nameByte(left + i) == 0) {
        break;
      }
    }
    return Integer.compare(a, b);
  }

  /// A byte of a name; 0 behind its end.
  private int nameByte(long at) {
    int octet = at < names.size() ? names.u8(at) : 0;
    return octet == '@' && versions == null ? 0 : octet;
  }

  /// Compares the name, up to a version's `@`, without making a string of it.
  private boolean hasName(int index, String name) {
    long at = nameOffset(index);
    int length = name.length();
    if (length == 0 || at + length >= names.size()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (names.u8(at + i) != name.charAt(i)) {
        return false;
      }
    }
    int end = names.u8(at + length);
    return end == 0 || (end == '@' && versions == null);
  }

  private String nameAt(long offset) {
    return offset == 0 && names.isEmpty() ? "" : names.cString(offset);
  }

  private static long at(int index) {
    return (long) index * ENTRY;
  }
}
