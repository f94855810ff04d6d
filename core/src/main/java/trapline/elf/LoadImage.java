package trapline.elf;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.model.LinkAddress;

/// The program headers, and with them the way between addresses and places in the file.
final class LoadImage {
  private static final int ENTRY = 56;
  private static final int MAX_COUNT = 1 << 17;

  /// The page size of x86-64 (psABI AMD64, 3.3.1).
  private static final long PAGE = 4096;

  private final Bytes file;
  private final List<Segment> segments;
  private final List<Segment> loads;

  /// @param hasContents whether the segments' bytes are in this file; they are not in a separate
  ///     debug file, whatever its program headers say
  LoadImage(Bytes file, Header header, boolean hasContents) {
    this.file = file;
    this.segments = read(file, header);
    List<Segment> found = new ArrayList<>();
    for (Segment segment : segments) {
      if (segment.isLoad() && hasContents) {
        found.add(segment);
      }
    }
    this.loads = List.copyOf(found);
  }

  private static List<Segment> read(Bytes file, Header header) {
    long count = header.segmentCount();
    if (count == 0) {
      return List.of();
    }
    if (header.segmentEntrySize() != ENTRY) {
      throw file.malformed(54, "program headers of " + header.segmentEntrySize() + " bytes");
    }
    if (count > MAX_COUNT) {
      throw file.malformed(56, count + " program headers");
    }
    Bytes table = file.slice(header.segmentOffset(), count * ENTRY);
    List<Segment> segments = new ArrayList<>((int) count);
    for (int i = 0; i < count; i++) {
      Bytes entry = table.slice((long) i * ENTRY, ENTRY);
      segments.add(
          new Segment(
              i,
              entry.i32(0),
              entry.i32(4),
              entry.u64(8),
              new LinkAddress(entry.u64(16)),
              entry.u64(32),
              entry.u64(40),
              entry.u64(48)));
    }
    return List.copyOf(segments);
  }

  List<Segment> segments() {
    return segments;
  }

  /// The loaded segments that have contents in this file.
  List<Segment> loads() {
    return loads;
  }

  /// The first segment of a type; `null` when there is none.
  @Nullable Segment first(int type) {
    for (Segment segment : segments) {
      if (segment.type() == type) {
        return segment;
      }
    }
    return null;
  }

  /// The file's bytes from an address to the end of its segment; `null` when it holds none.
  @Nullable Bytes from(LinkAddress address) {
    for (Segment load : loads) {
      long into = address.value() - load.address().value();
      if (Long.compareUnsigned(into, load.fileSize()) < 0) {
        long at = load.offset() + into;
        if (at < 0 || at >= file.size()) {
          return null;
        }
        return file.slice(at, Math.min(load.fileSize() - into, file.size() - at));
      }
    }
    return null;
  }

  @Nullable Bytes bytesAt(LinkAddress address, long length) {
    Bytes rest = from(address);
    return rest == null || length < 0 || length > rest.size() ? null : rest.slice(0, length);
  }

  /// The loaded segment whose memory holds an address; `null` when none does.
  @Nullable Segment loadAt(LinkAddress address) {
    for (Segment load : loads) {
      if (load.contains(address)) {
        return load;
      }
    }
    return null;
  }

  long offsetOf(LinkAddress address) {
    for (Segment load : loads) {
      long into = address.value() - load.address().value();
      if (Long.compareUnsigned(into, load.fileSize()) < 0) {
        return load.offset() + into;
      }
    }
    return -1;
  }

  @Nullable LinkAddress mappedAt(long fileOffset, boolean executable) {
    Segment best = null;
    int bestRank = 0;
    for (Segment load : loads) {
      long first = load.offset() & -PAGE;
      if (fileOffset < first || fileOffset - load.offset() >= load.fileSize()) {
        continue;
      }
      int rank = 1 + (load.isExecutable() == executable ? 2 : 0) + (fileOffset == first ? 1 : 0);
      if (rank > bestRank) {
        best = load;
        bestRank = rank;
      }
    }
    return best == null
        ? null
        : new LinkAddress(best.address().value() + (fileOffset - best.offset()));
  }
}
