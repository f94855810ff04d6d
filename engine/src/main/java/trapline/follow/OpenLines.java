package trapline.follow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trapline.bytes.LittleEndian;
import trapline.capture.TraceEvent;
import trapline.linux.proc.FileIdentity;
import trapline.linux.proc.OpenFile;
import trapline.model.Abi;
import trapline.model.Registers;
import trapline.model.RemoteMemory;

/// Tells whether the traced programs have left an unfinished line where this process is about to
/// write: on the same terminal, pipe or file, whatever call and descriptor they wrote it with.
///
/// For a regular file its contents are read. For terminals and pipes the calls are watched; where
/// the last byte cannot be known, as with `splice` from a pipe, the line counts as open. What
/// `io_uring` writes is not seen.
public final class OpenLines {
  private static final int UNKNOWN = -1;

  /// A file that this process writes to.
  public static final class Place {
    private final int descriptor;
    private final @Nullable FileIdentity file;
    /// Also asked by the thread that writes.
    private volatile boolean open;

    private Place(int descriptor) {
      this.descriptor = descriptor;
      FileIdentity found = FileIdentity.ofOwn(descriptor);
      this.file = found == null || found.isNull() ? null : found;
    }

    /// Whether a line has been left open there, as far as the calls tell.
    public boolean isOpen() {
      return open;
    }

    /// Whether a program has left a line open there. The caller ends it.
    public boolean takeOpenLine() {
      boolean was = open;
      if (file != null && file.regular()) {
        int last = OpenFile.lastByteOfOwn(descriptor);
        was = last == UNKNOWN ? open : last != '\n';
      }
      open = false;
      return was;
    }
  }

  private final List<Place> places = new ArrayList<>();

  /// The places that descriptors lead to, by process and descriptor, until one may have changed.
  private final Map<Long, List<Place>> known = new HashMap<>();

  /// Watches nothing yet.
  public OpenLines() {}

  /// Watches a descriptor of this process.
  public Place watch(int descriptor) {
    Place place = new Place(descriptor);
    for (Place other : places) {
      if (other.file != null && other.file.equals(place.file)) {
        return other;
      }
    }
    places.add(place);
    return place;
  }

  /// Whether a call that a thread is about to make may use one of those places.
  boolean mayReach(TraceEvent.Entered entered, int process) {
    OutputCall call = OutputCall.of(entered.call());
    if (call == OutputCall.OTHER) {
      known.clear();
      return false;
    }
    int target =
        (int) entered.registers().argument(entered.call().abi(), Math.max(call.target(), 0));
    return !known
        .computeIfAbsent(
            key(process, target), each -> reached(FileIdentity.of(entered.threadId(), target)))
        .isEmpty();
  }

  /// Whether a call that a thread is about to make writes to one of those places.
  boolean writesTo(TraceEvent.Entered entered, int process) {
    OutputCall call = OutputCall.of(entered.call());
    return call != OutputCall.NEITHER && call != OutputCall.OTHER && mayReach(entered, process);
  }

  /// Whether nothing comes of a call that is about to run: it writes nowhere of interest, and opens
  /// and closes nothing.
  boolean isIndifferent(TraceEvent.Entered entered, int process) {
    OutputCall call = OutputCall.of(entered.call());
    if (call == OutputCall.NEITHER) {
      return true;
    }
    if (call == OutputCall.OTHER) {
      return false;
    }
    int target = (int) entered.registers().argument(entered.call().abi(), call.target());
    List<Place> reached = known.get(key(process, target));
    return reached != null && reached.isEmpty();
  }

  private static long key(int process, int descriptor) {
    return ((long) process << 32) | (descriptor & 0xffff_ffffL);
  }

  /// A call has returned; its thread is stopped.
  void exited(TraceEvent.Exited exited, int process, RemoteMemory memory) {
    OutputCall call = OutputCall.of(exited.call());
    switch (call) {
      case OTHER -> known.clear();
      case NEITHER -> {}
      default -> {
        if (exited.registers().result() > 0) {
          wrote(call, exited, process, memory);
        }
      }
    }
  }

  private void wrote(OutputCall call, TraceEvent.Exited exited, int process, RemoteMemory memory) {
    int target = (int) exited.registers().argument(exited.call().abi(), call.target());
    long key = key(process, target);
    List<Place> reached = known.get(key);
    if (reached == null) {
      reached = reached(FileIdentity.of(exited.threadId(), target));
      known.put(key, reached);
    }
    if (!reached.isEmpty()) {
      int last = last(call, exited, memory);
      for (Place place : reached) {
        place.open = last != '\n';
      }
    }
  }

  private List<Place> reached(@Nullable FileIdentity file) {
    List<Place> reached = new ArrayList<>();
    for (Place place : places) {
      if (file != null && place.file != null && place.file.leadsHere(file)) {
        reached.add(place);
      }
    }
    return reached;
  }

  /// The last byte that a call wrote; -1 when it cannot be told.
  private static int last(OutputCall call, TraceEvent.Exited exited, RemoteMemory memory) {
    Registers registers = exited.registers();
    Abi abi = exited.call().abi();
    return switch (call) {
      case BUFFER, VECTOR -> {
        byte[] end = WrittenBytes.end(call, exited, memory, 1);
        yield end == null ? UNKNOWN : end[0] & 0xff;
      }
      case SENDFILE, SPLICE, TEE -> {
        int from = call.source();
        // The 32-bit calls have places of either size; theirs are not looked at.
        boolean may = call != OutputCall.TEE && abi == Abi.NATIVE;
        byte[] place = may ? memory.readExactly(registers.argument(abi, from + 1), 8) : null;
        yield OpenFile.lastByte(
            exited.threadId(),
            (int) registers.argument(abi, from),
            place == null ? UNKNOWN : LittleEndian.word(place, 0));
      }
      default -> UNKNOWN;
    };
  }
}
