package trapline.dwarf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.bytes.Cursor;
import trapline.model.LinkAddress;
import trapline.model.MalformedBinary;

/// The variables of one unit that are outside of functions and have an address.
final class FileVariables {
  private static final int MAX_DEPTH = 16;
  private static final int MAX_VARIABLES = 1 << 20;

  private final Unit unit;
  private long[] addresses = {};
  private int[] offsets = {};
  private int count;

  private FileVariables(Unit unit) {
    this.unit = unit;
  }

  static FileVariables read(Unit unit) {
    FileVariables variables = new FileVariables(unit);
    variables.collect(unit.root().entry(), 0);
    return variables;
  }

  private void collect(Entry scope, int depth) {
    for (Entry child : Children.of(scope)) {
      if (child.tag() == Tag.VARIABLE && count < MAX_VARIABLES) {
        Bytes location = child.block(Attribute.LOCATION);
        long address = location == null ? 0 : address(location);
        if (address != 0) {
          if (count == offsets.length) {
            addresses = Arrays.copyOf(addresses, count * 2 + 16);
            offsets = Arrays.copyOf(offsets, count * 2 + 16);
          }
          addresses[count] = address;
          offsets[count++] = child.offset;
        }
      } else if (child.tag() == Tag.NAMESPACE && depth < MAX_DEPTH) {
        collect(child, depth + 1);
      }
    }
  }

  /// The fixed address that a location states; 0 when it states another kind of place.
  private long address(Bytes location) {
    if (location.isEmpty()) {
      return 0;
    }
    Cursor at = location.cursor(1);
    long address =
        switch (location.u8(0)) {
          case 0x03 -> unit.addressSize == 8 ? at.u64() : at.u32(); // DW_OP_addr
          case 0xa1, 0xfb -> unit.address(at.uleb()); // DW_OP_addrx, DW_OP_GNU_addr_index
          default -> 0;
        };
    if (at.hasRemaining() && at.u8() == 0x23) { // DW_OP_plus_uconst
      address += at.uleb();
    }
    return at.hasRemaining() ? 0 : address;
  }

  /// The variable that has the byte at an address; `null` when none has.
  @Nullable FileVariable at(long address) {
    List<Integer> candidates = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (Long.compareUnsigned(addresses[i], address) <= 0) {
        candidates.add(i);
      }
    }
    // The nearest start is the likeliest, and two variables do not overlap.
    candidates.sort((a, b) -> Long.compareUnsigned(addresses[b], addresses[a]));
    for (int i = 0; i < candidates.size() && i < 8; i++) {
      int candidate = candidates.get(i);
      try {
        Entry entry = Entry.read(unit, offsets[candidate]);
        if (entry != null && address - addresses[candidate] < Types.of(entry).byteSize()) {
          Entry origin = Declaration.origin(entry);
          return new FileVariable(
              VariableFinder.read(entry, origin, FunctionName.UNKNOWN, 0, List.of())
                  .named(Declaration.of(entry).name().qualified()),
              new LinkAddress(addresses[candidate]));
        }
      } catch (MalformedBinary broken) {
        unit.file.diagnostics().add("a variable of " + unit, broken);
      }
    }
    return null;
  }
}
