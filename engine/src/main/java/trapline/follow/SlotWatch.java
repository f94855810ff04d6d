package trapline.follow;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.bytes.LittleEndian;
import trapline.elf.GotSlot;
import trapline.elf.PltStub;
import trapline.journey.Image;
import trapline.journey.SlotHistory;
import trapline.model.MalformedBinary;
import trapline.model.RemoteMemory;

/// Watches which of a program's lazily bound slots are bound, from one stop to the next.
///
/// Only the program's own file is watched: for libraries the answer is that nobody looked.
final class SlotWatch implements SlotHistory {
  /// Tables larger than this are not read at every stop.
  private static final int LARGEST = 1 << 16;

  private @Nullable Image program;
  private List<GotSlot> slots = List.of();
  private long start;
  private byte[] table = new byte[0];
  private BitSet bound = new BitSet();
  private boolean seen;
  private boolean finished;

  /// What is known of a copy of the process.
  SlotWatch copy() {
    SlotWatch copy = new SlotWatch();
    copy.program = program;
    copy.slots = slots;
    copy.start = start;
    copy.table = table.clone();
    copy.bound = (BitSet) bound.clone();
    copy.seen = seen;
    copy.finished = finished;
    return copy;
  }

  /// Looks at the slots of a process that is stopped, after [#before] was asked for this stop.
  void look(TracedProcess process, RemoteMemory memory) {
    if (finished) {
      return;
    }
    if (program == null && process.awaitsProgram()) {
      return;
    }
    if (program == null && !begin(process)) {
      finished = true;
      return;
    }
    if (program == null || memory.read(start, table, 0, table.length) != table.length) {
      return;
    }
    seen = true;
    for (int i = 0; i < slots.size(); i++) {
      if (!bound.get(i) && isBound(i)) {
        bound.set(i);
      }
    }
    finished = bound.cardinality() == slots.size();
  }

  private boolean begin(TracedProcess process) {
    Image image = process.program();
    if (image == null) {
      return false;
    }
    try {
      if (image.elf().dynamic().bindsNow()) {
        return false;
      }
      List<GotSlot> lazy = new ArrayList<>();
      long low = Long.MAX_VALUE;
      long high = Long.MIN_VALUE;
      for (PltStub stub : image.elf().plt().stubs()) {
        GotSlot slot = stub.slot();
        if (slot != null && slot.isLazy()) {
          lazy.add(slot);
          low = Math.min(low, slot.address().value());
          high = Math.max(high, slot.address().value() + 8);
        }
      }
      if (lazy.isEmpty() || high - low > LARGEST) {
        return false;
      }
      program = image;
      slots = lazy;
      start = low + image.loadBias();
      table = new byte[(int) (high - low)];
      return true;
    } catch (MalformedBinary e) {
      return false;
    }
  }

  /// A slot is unbound while it holds the way to the resolver, also before the dynamic linker has
  /// moved that to where the file was loaded.
  private boolean isBound(int index) {
    GotSlot slot = slots.get(index);
    Image image = program;
    if (image == null) {
      return false;
    }
    int at = (int) (slot.address().value() + image.loadBias() - start);
    long value = LittleEndian.word(table, at);
    long initial = slot.initial().value();
    return value != initial && value != initial + image.loadBias();
  }

  @Override
  public Before before(Image image, GotSlot slot) {
    if (!seen || !image.equals(program)) {
      return Before.NOT_SEEN;
    }
    for (int i = 0; i < slots.size(); i++) {
      if (slots.get(i).address().equals(slot.address())) {
        return bound.get(i) ? Before.BOUND : Before.UNBOUND;
      }
    }
    return Before.NOT_SEEN;
  }
}
