package trapline.kernel.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import trapline.bytes.Bytes;

/// The functions of one kernel by address. Immutable.
///
/// It is made of `/proc/kallsyms` (`kernel/kallsyms.c`, `s_show`), and can be stored in a form that
/// is loaded without looking at each name. Functions are numbered from 0 in the order of their
/// addresses. Of several symbols at one address one stands for all: see [SymbolRank].
public final class KernelSymbols {
  /// What no function has as its number.
  public static final int NONE = -1;

  private static final long MAGIC = 0x3130_4d59_534b_4c54L; // TLKSYM01
  private static final int HEADER = 24;

  /// More symbols than any kernel has, with all its modules.
  private static final int MAX_SYMBOLS = 4_000_000;

  /// More bytes than any function has.
  private static final long MAX_FUNCTION = 1 << 20;

  private final long[] starts;
  private final byte[] types;

  /// Where each name starts in [#names]; one more than there are functions.
  private final int[] nameAt;

  private final byte[] names;

  KernelSymbols(long[] starts, byte[] types, int[] nameAt, byte[] names) {
    this.starts = starts;
    this.types = types;
    this.nameAt = nameAt;
    this.names = names;
  }

  /// Reads the text of `/proc/kallsyms`. Lines that do not follow its format, symbols that are no
  /// code, and those without an address are passed over.
  public static KernelSymbols read(InputStream kallsyms) throws IOException {
    return new KallsymsReader().read(kallsyms);
  }

  /// Takes what [#write] gave.
  ///
  /// @throws trapline.model.MalformedBinary when it is not that
  public static KernelSymbols load(Bytes stored) {
    if (stored.size() < HEADER || stored.u64(0) != MAGIC) {
      throw stored.malformed(0, "no stored kernel symbols");
    }
    long count = stored.u32(8);
    long nameBytes = stored.u32(12);
    if (count > MAX_SYMBOLS || HEADER + count * 13 + 4 + nameBytes != stored.size()) {
      throw stored.malformed(8, "stored kernel symbols of another size");
    }
    int n = (int) count;
    ByteBuffer in = ByteBuffer.wrap(stored.copy(0, stored.size())).order(ByteOrder.LITTLE_ENDIAN);
    long[] starts = new long[n];
    int[] nameAt = new int[n + 1];
    byte[] types = new byte[n];
    byte[] names = new byte[(int) nameBytes];
    in.position(HEADER).asLongBuffer().get(starts);
    in.position(HEADER + n * 8).asIntBuffer().get(nameAt);
    in.position(HEADER + n * 12 + 4).get(types).get(names);
    if (checksum(in) != stored.u64(16)) {
      throw stored.malformed(16, "stored kernel symbols are damaged");
    }
    for (int i = 0; i < n; i++) {
      if (nameAt[i] < 0
          || nameAt[i] > nameAt[i + 1]
          || (i > 0 && Long.compareUnsigned(starts[i - 1], starts[i]) >= 0)) {
        throw stored.malformed(HEADER + i * 8L, "stored kernel symbols are out of order");
      }
    }
    if (nameAt[n] != names.length) {
      throw stored.malformed(HEADER + n * 12L, "stored kernel symbols are out of order");
    }
    return new KernelSymbols(starts, types, nameAt, names);
  }

  /// The stored form: little-endian magic, count, bytes of names, checksum; then addresses, where
  /// the names start, types, names.
  public byte[] write() {
    int n = starts.length;
    ByteBuffer out =
        ByteBuffer.allocate(HEADER + n * 13 + 4 + names.length).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(MAGIC).putInt(n).putInt(names.length);
    out.position(HEADER).asLongBuffer().put(starts);
    out.position(HEADER + n * 8).asIntBuffer().put(nameAt);
    out.position(HEADER + n * 12 + 4).put(types).put(names);
    out.putLong(16, checksum(out));
    return out.array();
  }

  /// Of what follows the header.
  private static long checksum(ByteBuffer stored) {
    CRC32C sum = new CRC32C();
    sum.update(stored.duplicate().position(HEADER).limit(stored.capacity()));
    return sum.getValue();
  }

  /// How many functions there are.
  public int size() {
    return starts.length;
  }

  /// The function that an address lies in: the last one that starts at or before it.
  ///
  /// @return its number; [#NONE] when there is none near, as for code that is made while the kernel
  ///     runs
  public int at(long address) {
    int low = 0;
    int high = starts.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(starts[middle], address) <= 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high >= 0 && address - starts[high] < MAX_FUNCTION ? high : NONE;
  }

  /// The address of a function's first instruction.
  public long start(int function) {
    return starts[function];
  }

  /// The address after a function: where the next one starts.
  public long end(int function) {
    long limit = starts[function] + MAX_FUNCTION;
    return function + 1 < starts.length && starts[function + 1] - limit < 0
        ? starts[function + 1]
        : limit;
  }

  /// A function's name as the table has it, such as `inet_bind_sk` or `finish_task_switch.isra.0`.
  public String symbol(int function) {
    int from = nameAt[function];
    return new String(names, from, nameAt[function + 1] - from, StandardCharsets.UTF_8);
  }

  /// A function's name without what the compiler appended (`.isra.0`, `.constprop.0`, `.part.0`,
  /// `.cold`, `.llvm.123`): a C name holds no dot.
  public String name(int function) {
    return withoutSuffixes(symbol(function));
  }

  static String withoutSuffixes(String symbol) {
    int dot = symbol.indexOf('.', 1);
    return dot < 0 ? symbol : symbol.substring(0, dot);
  }

  /// Whether this is the part of a function that the compiler moved away because it seldom runs:
  /// `NAME.cold`.
  public boolean isCold(int function) {
    return coldDot(function) >= 0;
  }

  /// Whether `cold` is such a part of the function `of`, by their names.
  public boolean isColdPartOf(int cold, int of) {
    int dot = coldDot(cold);
    return dot >= 0 && Arrays.equals(names, nameAt[cold], dot, names, nameAt[of], nameAt[of + 1]);
  }

  private int coldDot(int function) {
    for (int i = nameAt[function + 1] - 5; i > nameAt[function]; i--) {
      if (names[i] == '.'
          && names[i + 1] == 'c'
          && names[i + 2] == 'o'
          && names[i + 3] == 'l'
          && names[i + 4] == 'd') {
        return i;
      }
    }
    return -1;
  }

  /// Whether a function is a stand-in that another one would have replaced: of a call that is not
  /// built in (nm(1)'s `W`).
  public boolean isWeak(int function) {
    return types[function] == 'W' || types[function] == 'w';
  }

  /// The function of that name as the table has it; the first one when there are several.
  ///
  /// @return its number, or [#NONE]
  public int named(String symbol) {
    byte[] wanted = symbol.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < starts.length; i++) {
      if (nameAt[i + 1] - nameAt[i] == wanted.length
          && Arrays.equals(names, nameAt[i], nameAt[i + 1], wanted, 0, wanted.length)) {
        return i;
      }
    }
    return NONE;
  }

  /// The address of a function, or 0 when there is none of that name.
  public long address(String symbol) {
    int function = named(symbol);
    return function == NONE ? 0 : starts[function];
  }

  /// Collects symbols in any order.
  static final class Collector {
    private long[] starts = new long[1 << 16];
    private byte[] types = new byte[1 << 16];
    private int[] nameAt = new int[(1 << 16) + 1];
    private final ByteArrayOutputStream names = new ByteArrayOutputStream(1 << 20);
    private int count;

    void add(long address, byte type, byte[] text, int from, int to) {
      if (count == MAX_SYMBOLS) {
        return;
      }
      if (count == starts.length) {
        starts = Arrays.copyOf(starts, count * 2);
        types = Arrays.copyOf(types, count * 2);
        nameAt = Arrays.copyOf(nameAt, count * 2 + 1);
      }
      starts[count] = address;
      types[count] = type;
      names.write(text, from, to - from);
      nameAt[++count] = names.size();
    }

    KernelSymbols finish() {
      byte[] text = names.toByteArray();
      // Modules come after the kernel, which is in order: few symbols are out of place.
      Integer[] order = null;
      for (int i = 1; i < count; i++) {
        if (Long.compareUnsigned(starts[i - 1], starts[i]) > 0) {
          order = sorted();
          break;
        }
      }
      long[] addresses = new long[count];
      byte[] kinds = new byte[count];
      int[] at = new int[count + 1];
      byte[] kept = new byte[text.length];
      int size = 0;
      int n = 0;
      for (int i = 0; i < count; ) {
        int best = order == null ? i : order[i];
        long address = starts[best];
        int next = i + 1;
        while (next < count && starts[order == null ? next : order[next]] == address) {
          int other = order == null ? next : order[next];
          if (rank(other, text) > rank(best, text)) {
            best = other;
          }
          next++;
        }
        addresses[n] = address;
        kinds[n] = types[best];
        int length = nameAt[best + 1] - nameAt[best];
        System.arraycopy(text, nameAt[best], kept, size, length);
        size += length;
        at[++n] = size;
        i = next;
      }
      return new KernelSymbols(
          Arrays.copyOf(addresses, n),
          Arrays.copyOf(kinds, n),
          Arrays.copyOf(at, n + 1),
          Arrays.copyOf(kept, size));
    }

    private Integer[] sorted() {
      Integer[] order = new Integer[count];
      for (int i = 0; i < count; i++) {
        order[i] = i;
      }
      Arrays.sort(order, (a, b) -> Long.compareUnsigned(starts[a], starts[b]));
      return order;
    }

    private int rank(int i, byte[] text) {
      String name = new String(text, nameAt[i], nameAt[i + 1] - nameAt[i], StandardCharsets.UTF_8);
      return SymbolRank.of(name, (char) types[i]);
    }
  }
}
