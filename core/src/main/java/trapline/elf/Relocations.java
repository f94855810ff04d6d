package trapline.elf;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;
import trapline.bytes.Bytes;
import trapline.model.LinkAddress;

/// Tables of relocations, read as they are asked for.
final class Relocations {
  static final int RELA_ENTRY = 24;
  private static final int RELR_WORD = 8;

  private Relocations() {}

  /// A RELA table (gABI, "Relocation").
  static final class Rela extends AbstractList<Relocation> implements RandomAccess {
    private final Bytes table;
    private final Lazy<SymbolTable> symbols;

    Rela(Bytes table, Lazy<SymbolTable> symbols) {
      this.table = table;
      this.symbols = symbols;
    }

    @Override
    public int size() {
      return table.size() / RELA_ENTRY;
    }

    @Override
    public Relocation get(int index) {
      int symbol = symbolIndex(index);
      long at = (long) index * RELA_ENTRY;
      if (symbol != 0 && (symbol < 0 || symbol >= symbols.get().size())) {
        throw table.malformed(at + 12, "no symbol " + Integer.toUnsignedString(symbol));
      }
      return new Relocation(
          new LinkAddress(place(index)),
          type(index),
          table.u64(at + 16),
          symbol == 0 ? null : symbols.get().get(symbol));
    }

    long place(int index) {
      return table.u64((long) index * RELA_ENTRY);
    }

    int type(int index) {
      return table.i32((long) index * RELA_ENTRY + 8);
    }

    int symbolIndex(int index) {
      return table.i32((long) index * RELA_ENTRY + 12);
    }
  }

  /// A decoded RELR table (gABI, "Relative Relocation Table").
  static final class Relr extends AbstractList<Relocation> implements RandomAccess {
    private final long[] places;
    private final LoadImage image;

    Relr(Bytes table, LoadImage image, long limit) {
      this.places = decode(table, limit);
      this.image = image;
    }

    @Override
    public int size() {
      return places.length;
    }

    @Override
    public Relocation get(int index) {
      LinkAddress place = new LinkAddress(places[index]);
      Bytes word = image.bytesAt(place, 8);
      return new Relocation(place, Relocation.RELATIVE, word == null ? 0 : word.u64(0), null);
    }

    /// An even word is an address; an odd one is a bitmap of the 63 words that follow the last.
    private static long[] decode(Bytes table, long limit) {
      long[] found = new long[Math.max(16, table.size() / RELR_WORD)];
      int count = 0;
      long next = 0;
      for (long at = 0; at + RELR_WORD <= table.size(); at += RELR_WORD) {
        long word = table.u64(at);
        if (count + ((word & 1) == 0 ? 1 : Long.bitCount(word) - 1) > limit) {
          throw table.malformed(at, "more relocations than the file has words");
        }
        if (count + Long.SIZE > found.length) {
          found = Arrays.copyOf(found, found.length * 2 + Long.SIZE);
        }
        if ((word & 1) == 0) {
          found[count++] = word;
          next = word + RELR_WORD;
        } else {
          for (int bit = 1; bit < Long.SIZE; bit++) {
            if ((word >>> bit & 1) != 0) {
              found[count++] = next + (bit - 1L) * RELR_WORD;
            }
          }
          next += (Long.SIZE - 1L) * RELR_WORD;
        }
      }
      return Arrays.copyOf(found, count);
    }
  }

  /// Two tables seen as one.
  static final class Joined extends AbstractList<Relocation> implements RandomAccess {
    private final List<Relocation> first;
    private final List<Relocation> second;

    Joined(List<Relocation> first, List<Relocation> second) {
      this.first = first;
      this.second = second;
    }

    @Override
    public int size() {
      return first.size() + second.size();
    }

    @Override
    public Relocation get(int index) {
      return index < first.size() ? first.get(index) : second.get(index - first.size());
    }
  }
}
