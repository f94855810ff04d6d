package trapline.elf;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import trapline.model.LinkAddress;

/// Names code by symbols, by the rule of gdb's `info symbol` and `bt` where there is no debug
/// information (`lookup_minimal_symbol_by_pc_section`):
///
/// - Symbols count that are defined in an executable section and name neither a section nor a file
///   nor a local label (`.L…`).
/// - The last symbol at or below the address is asked first. Among symbols at one address that is
///   the one whose name is the last in the order of its bytes: `printf` before `_IO_printf`.
/// - It gives way to one before it at the same address and of the same size when that one is a
///   global function and it is not.
/// - A symbol without a size gives way to one below it that has a size and covers the address; when
///   none does, the highest symbol without a size names it.
/// - A symbol with a size that ends before the address gives way to the one below it when that one
///   covers the address. Otherwise nothing names the address.
/// - Symbol and address lie in the same section.
///
/// Beyond that, a dynamic symbol never names an address that its size does not cover: in a stripped
/// library the nearest symbol is usually the wrong one.
final class FunctionIndex {
  private static final int FIRST_RESERVED_SECTION = 0xff00;

  private final ElfFile elf;
  private final SymbolTable symbols;
  private final boolean dynamic;

  /// Indices into the table by rising address, then by rising preference.
  private final int[] order;

  FunctionIndex(ElfFile elf) {
    this.elf = elf;
    this.dynamic = elf.symbols().size() <= 1;
    this.symbols = dynamic ? elf.dynamicSymbols() : elf.symbols();
    this.order = sorted();
  }

  boolean isEmpty() {
    return order.length == 0;
  }

  /// @return `null` when no symbol covers the address
  @Nullable Symbol at(LinkAddress address) {
    int index = find(address);
    return index < 0 ? null : symbols.get(index);
  }

  /// @return `null` when no indirect function has its resolver at the address
  @Nullable Symbol indirectAt(LinkAddress resolver) {
    int i = lastNotAbove(resolver.value());
    while (i >= 0 && symbols.address(order[i]) == resolver.value()) {
      if (symbols.type(order[i]) == Symbol.GNU_IFUNC) {
        return symbols.get(order[i]);
      }
      i--;
    }
    return null;
  }

  private int find(LinkAddress at) {
    long address = at.value();
    Section section = elf.sectionAt(at);
    int home = section == null ? -1 : section.index();
    int i = lastNotAbove(address);
    int unsized = -1;
    while (i >= 0) {
      int symbol = order[i];
      if (home >= 0 && symbols.sectionIndex(symbol) != home) {
        i--;
      } else if (i > 0 && givesWay(symbol, order[i - 1])) {
        i--;
      } else if (symbols.byteSize(symbol) == 0 && unsized < 0) {
        unsized = i--;
      } else if (i > 0 && !covers(i, address) && covers(i - 1, address)) {
        i--;
      } else {
        break;
      }
    }
    if (i < 0 || symbols.byteSize(order[i]) == 0 || !covers(i, address)) {
      i = unsized;
    }
    return i < 0 ? -1 : order[i];
  }

  private boolean givesWay(int symbol, int before) {
    return !isGlobalFunction(symbol)
        && isGlobalFunction(before)
        && symbols.address(symbol) == symbols.address(before)
        && symbols.byteSize(symbol) == symbols.byteSize(before)
        && symbols.sectionIndex(symbol) == symbols.sectionIndex(before);
  }

  private boolean isGlobalFunction(int symbol) {
    return symbols.binding(symbol) != 0 && symbols.type(symbol) != Symbol.GNU_IFUNC;
  }

  private boolean covers(int i, long address) {
    int symbol = order[i];
    return Long.compareUnsigned(address - symbols.address(symbol), symbols.byteSize(symbol)) < 0;
  }

  /// The last position whose address is not above the given one, or -1.
  private int lastNotAbove(long address) {
    int low = 0;
    int high = order.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(symbols.address(order[middle]), address) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  private int[] sorted() {
    boolean[] executable = executableSections();
    int[] found = new int[symbols.size()];
    int count = 0;
    for (int i = 1; i < symbols.size(); i++) {
      if (isCandidate(i, executable)) {
        found[count++] = i;
      }
    }
    int[] result = Arrays.copyOf(found, count);
    // Sorting asks for each address often; read from the file once, it takes half of the time.
    long[] addresses = new long[symbols.size()];
    for (int symbol : result) {
      addresses[symbol] = symbols.address(symbol);
    }
    sort(result, found, addresses);
    return result;
  }

  private boolean[] executableSections() {
    boolean[] executable = new boolean[elf.sections().size()];
    for (Section section : elf.sections()) {
      executable[section.index()] = section.isExecutable();
    }
    return executable;
  }

  private boolean isCandidate(int symbol, boolean[] executable) {
    int type = symbols.type(symbol);
    int section = symbols.sectionIndex(symbol);
    if (section == 0 || type == Symbol.SECTION || type == Symbol.FILE || type == Symbol.TLS) {
      return false;
    }
    if (executable.length > 0) {
      if (section < 0 || section >= executable.length || !executable[section]) {
        return false;
      }
    } else if (section >= FIRST_RESERVED_SECTION || !isFunction(type)) {
      return false;
    }
    return dynamic ? symbols.byteSize(symbol) != 0 : symbols.isName(symbol);
  }

  private static boolean isFunction(int type) {
    return type == Symbol.FUNC || type == Symbol.GNU_IFUNC;
  }

  private int compare(int a, int b, long[] addresses) {
    int byAddress = Long.compareUnsigned(addresses[a], addresses[b]);
    return byAddress != 0 ? byAddress : symbols.compareNames(a, b);
  }

  /// Merge sort, because the JDK sorts plain `int` values by nothing but themselves.
  private void sort(int[] values, int[] spare, long[] addresses) {
    int[] from = values;
    int[] to = spare;
    int length = values.length;
    int passes = 0;
    for (int width = 1; width < length; width *= 2) {
      for (int start = 0; start < length; start += 2 * width) {
        int middle = Math.min(start + width, length);
        merge(from, to, start, middle, Math.min(start + 2 * width, length), addresses);
      }
      int[] swap = from;
      from = to;
      to = swap;
      passes++;
    }
    if (passes % 2 != 0) {
      System.arraycopy(from, 0, values, 0, length);
    }
  }

  private void merge(int[] from, int[] to, int start, int middle, int end, long[] addresses) {
    int left = start;
    int right = middle;
    for (int i = start; i < end; i++) {
      boolean takeLeft =
          left < middle && (right >= end || compare(from[left], from[right], addresses) <= 0);
      to[i] = takeLeft ? from[left++] : from[right++];
    }
  }
}
