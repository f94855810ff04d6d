package trapline.dwarf;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.bytes.Cursor;

/// The rows of one unit's line table (DWARF 5, section 6.2).
///
/// Rows are numbered; a sequence is a run of rows with rising addresses, the last of which only
/// marks its end.
final class LineTable {
  private static final int MAX_ROWS = 1 << 24;

  private final @Nullable LineHeader header;
  private final long[] addresses;
  private final int[] files;
  private final int[] lines;

  /// Columns, with the lowest bit saying whether the row is a statement.
  private final int[] columns;

  private final int[] discriminators;

  /// Where each sequence's rows begin; one more for the end of the last.
  private final int[] sequenceStarts;

  private final IntervalTable sequences;

  private LineTable(@Nullable LineHeader header, Program program) {
    this.header = header;
    addresses = Arrays.copyOf(program.addresses, program.count);
    files = Arrays.copyOf(program.files, program.count);
    lines = Arrays.copyOf(program.lines, program.count);
    columns = Arrays.copyOf(program.columns, program.count);
    discriminators = Arrays.copyOf(program.discriminators, program.count);
    sequenceStarts = Arrays.copyOf(program.sequenceStarts, program.sequenceCount + 1);
    sequenceStarts[program.sequenceCount] = program.count;
    IntervalTable.Builder table = new IntervalTable.Builder();
    for (int i = 0; i < program.sequenceCount; i++) {
      int last = sequenceStarts[i + 1] - 1;
      table.add(addresses[sequenceStarts[i]], addresses[last], i);
    }
    sequences = table.build();
  }

  static LineTable read(Unit unit) {
    LineHeader header = unit.lineHeader();
    Program program = new Program();
    if (header != null) {
      program.run(header);
    }
    return new LineTable(header, program);
  }

  boolean isEmpty() {
    return sequences.size() == 0;
  }

  int sequenceCount() {
    return sequenceStarts.length - 1;
  }

  long sequenceStart(int sequence) {
    return addresses[sequenceStarts[sequence]];
  }

  long sequenceEnd(int sequence) {
    return addresses[sequenceStarts[sequence + 1] - 1];
  }

  /// The number of the row that covers an address; -1 when none does.
  int row(long address) {
    int sequence = sequences.smallest(address);
    if (sequence < 0) {
      return -1;
    }
    // The last row at or below the address: of several at one address the last one counts.
    int low = sequenceStarts[sequence];
    int high = sequenceStarts[sequence + 1] - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(addresses[middle], address) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  /// The number of the sequence that a row is in.
  int sequence(int row) {
    int found = Arrays.binarySearch(sequenceStarts, row);
    return found >= 0 ? found : -found - 2;
  }

  int firstRow(int sequence) {
    return sequenceStarts[sequence];
  }

  /// The number of the row that ends a sequence.
  int endRow(int sequence) {
    return sequenceStarts[sequence + 1] - 1;
  }

  long address(int row) {
    return addresses[row];
  }

  int line(int row) {
    return lines[row];
  }

  int file(int row) {
    return files[row];
  }

  /// Whether two rows are of the same line of the same file.
  boolean sameLine(int row, int other) {
    return lines[row] == lines[other] && files[row] == files[other];
  }

  /// A row, which ends no sequence, as callers see it.
  LineEntry entry(int row) {
    int next = row + 1;
    while (addresses[next] == addresses[row] && next < addresses.length - 1) {
      next++;
    }
    String path = header == null ? "" : header.path(files[row]);
    return new LineEntry(
        AddressRange.of(addresses[row], addresses[next]),
        path,
        lines[row],
        columns[row] >>> 1,
        discriminators[row],
        (columns[row] & 1) != 0);
  }

  /// Runs a line number program and keeps its rows.
  private static final class Program {
    long[] addresses = new long[256];
    int[] files = new int[256];
    int[] lines = new int[256];
    int[] columns = new int[256];
    int[] discriminators = new int[256];
    int count;
    int[] sequenceStarts = new int[16];
    int sequenceCount;

    // The registers of the state machine.
    private long address;
    private int operation;
    private int file;
    private int line;
    private int column;
    private boolean statement;
    private int discriminator;

    private int sequenceStart;
    private boolean rising = true;

    void run(LineHeader header) {
      Bytes program = header.program;
      Cursor at = program.cursor(0);
      int opcodeBase = header.opcodeBase;
      int lineRange = header.lineRange;
      int lineBase = header.lineBase;
      int length = header.minimumInstructionLength;
      boolean simple = header.maximumOperations == 1;
      reset(header);
      while (at.hasRemaining()) {
        int opcode = at.u8();
        if (opcode >= opcodeBase) {
          if (lineRange == 0) {
            throw program.malformed(at.position(), "line table with line range 0");
          }
          int adjusted = opcode - opcodeBase;
          if (simple) {
            address += (long) (adjusted / lineRange) * length;
          } else {
            advance(header, adjusted / lineRange);
          }
          line += lineBase + adjusted % lineRange;
          row(program, at);
          discriminator = 0;
          continue;
        }
        switch (opcode) {
          case 0 -> extended(header, at);
          case 1 -> { // DW_LNS_copy
            row(program, at);
            discriminator = 0;
          }
          case 2 -> advance(header, at.uleb()); // DW_LNS_advance_pc
          case 3 -> line += (int) at.sleb(); // DW_LNS_advance_line
          case 4 -> file = (int) at.uleb(); // DW_LNS_set_file
          case 5 -> column = (int) at.uleb(); // DW_LNS_set_column
          case 6 -> statement = !statement; // DW_LNS_negate_stmt
          case 7 -> {} // DW_LNS_set_basic_block
          case 8 -> { // DW_LNS_const_add_pc
            if (lineRange == 0) {
              throw program.malformed(at.position(), "line table with line range 0");
            }
            advance(header, (255 - opcodeBase) / lineRange);
          }
          case 9 -> { // DW_LNS_fixed_advance_pc
            address += at.u16();
            operation = 0;
          }
          case 10, 11 -> {} // DW_LNS_set_prologue_end, DW_LNS_set_epilogue_begin
          case 12 -> at.uleb(); // DW_LNS_set_isa
          default -> {
            for (int i = header.operandCount(opcode); i > 0; i--) {
              at.uleb();
            }
          }
        }
      }
      // Rows after the last end of a sequence belong to none.
      count = sequenceStart;
    }

    private void reset(LineHeader header) {
      address = 0;
      operation = 0;
      file = 1;
      line = 1;
      column = 0;
      statement = header.initiallyStatement;
      discriminator = 0;
    }

    private void advance(LineHeader header, long operations) {
      int maximum = header.maximumOperations;
      if (maximum == 1) {
        address += operations * header.minimumInstructionLength;
      } else {
        long total = operation + operations;
        address += Long.divideUnsigned(total, maximum) * header.minimumInstructionLength;
        operation = (int) Long.remainderUnsigned(total, maximum);
      }
    }

    private void extended(LineHeader header, Cursor at) {
      long length = at.uleb();
      Bytes instruction = at.take(length);
      if (instruction.isEmpty()) {
        return;
      }
      Cursor in = instruction.cursor(0);
      switch (in.u8()) {
        case 1 -> { // DW_LNE_end_sequence
          row(header.program, at);
          endSequence();
          reset(header);
        }
        case 2 -> { // DW_LNE_set_address
          address = in.remaining() >= 8 ? in.u64() : in.u32();
          operation = 0;
        }
        case 3 -> header.addFile(in.cString(), in); // DW_LNE_define_file
        case 4 -> discriminator = (int) in.uleb(); // DW_LNE_set_discriminator
        default -> {}
      }
    }

    private void row(Bytes program, Cursor at) {
      if (count == addresses.length) {
        if (count >= MAX_ROWS) {
          throw program.malformed(at.position(), "line table with too many rows");
        }
        int size = count * 2;
        addresses = Arrays.copyOf(addresses, size);
        files = Arrays.copyOf(files, size);
        lines = Arrays.copyOf(lines, size);
        columns = Arrays.copyOf(columns, size);
        discriminators = Arrays.copyOf(discriminators, size);
      }
      if (count > sequenceStart && Long.compareUnsigned(address, addresses[count - 1]) < 0) {
        rising = false;
      }
      addresses[count] = address;
      files[count] = file;
      lines[count] = line;
      columns[count] = column << 1 | (statement ? 1 : 0);
      discriminators[count] = discriminator;
      count++;
    }

    private void endSequence() {
      if (!rising) {
        sort();
        rising = true;
      }
      if (addresses[sequenceStart] == addresses[count - 1] || addresses[sequenceStart] == 0) {
        // It covers nothing, or code that the linker dropped.
        count = sequenceStart;
        return;
      }
      if (sequenceCount + 1 == sequenceStarts.length) {
        sequenceStarts = Arrays.copyOf(sequenceStarts, sequenceCount * 2 + 2);
      }
      sequenceStarts[sequenceCount++] = sequenceStart;
      sequenceStart = count;
    }

    /// Puts the rows of the sequence in the order of their addresses, its end last.
    private void sort() {
      int rows = count - 1 - sequenceStart;
      Integer[] order = new Integer[rows];
      Arrays.setAll(order, i -> sequenceStart + i);
      Arrays.sort(order, (a, b) -> Long.compareUnsigned(addresses[a], addresses[b]));
      long[] oldAddresses = Arrays.copyOfRange(addresses, sequenceStart, count);
      int[] oldFiles = Arrays.copyOfRange(files, sequenceStart, count);
      int[] oldLines = Arrays.copyOfRange(lines, sequenceStart, count);
      int[] oldColumns = Arrays.copyOfRange(columns, sequenceStart, count);
      int[] oldDiscriminators = Arrays.copyOfRange(discriminators, sequenceStart, count);
      for (int i = 0; i < rows; i++) {
        int from = order[i] - sequenceStart;
        int to = sequenceStart + i;
        addresses[to] = oldAddresses[from];
        files[to] = oldFiles[from];
        lines[to] = oldLines[from];
        columns[to] = oldColumns[from];
        discriminators[to] = oldDiscriminators[from];
      }
      int last = count - 1;
      if (rows > 0 && Long.compareUnsigned(addresses[last], addresses[last - 1]) < 0) {
        addresses[last] = addresses[last - 1];
      }
    }
  }
}
