package trapline.code;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Decodes what objdump disassembles, while it prints, and counts where the two differ.
///
/// Runs of blanks count as one, and the names in angle brackets are left out of the comparison.
final class ObjdumpComparison {
  /// What an instruction works on.
  enum Kind {
    GENERAL,
    VECTOR,
    X87
  }

  /// Instructions that are printed but not yet compared: whether one reaches beyond the end of
  /// its symbol is known only when the next symbol's heading comes.
  private static final int WINDOW = 32;

  private static final int LONGEST_LINE = 4096;

  private final byte[] file;
  private final Map<String, long[]> sections = new HashMap<>();
  private final boolean named;
  private final String[] command;

  final long[] instructions = new long[Kind.values().length];
  final long[] differentTexts = new long[Kind.values().length];
  long bytes;
  long differentLengths;
  final List<String> examples = new ArrayList<>();

  private final X86Decoder decoder = new X86Decoder();
  private final Instruction instruction = new Instruction();
  private final StringBuilder text = new StringBuilder();

  private final long[] addresses = new long[WINDOW];
  private final byte[][] lines = new byte[WINDOW][LONGEST_LINE];
  private final int[] lengths = new int[WINDOW];
  private int head;
  private int pending;
  private long sectionAddress;
  private long sectionOffset;
  private long sectionSize;

  private ObjdumpComparison(byte[] file, boolean named, String... command) {
    this.file = file;
    this.named = named;
    this.command = command;
  }

  /// Compares every executable section of an ELF file.
  static ObjdumpComparison ofElf(Path path) {
    ObjdumpComparison comparison =
        new ObjdumpComparison(read(path), true, "objdump", "-d", "-z", "-w", path.toString());
    comparison.readSections();
    return comparison.run();
  }

  /// Compares a file of nothing but machine code.
  static ObjdumpComparison ofCode(Path path) {
    ObjdumpComparison comparison =
        new ObjdumpComparison(
            read(path),
            false,
            "objdump",
            "-D",
            "-b",
            "binary",
            "-m",
            "i386:x86-64",
            "-z",
            "-w",
            path.toString());
    comparison.sections.put(".data", new long[] {0, 0, comparison.file.length});
    return comparison.run();
  }

  long total() {
    return instructions[0] + instructions[1] + instructions[2];
  }

  long differing() {
    return differentTexts[0] + differentTexts[1] + differentTexts[2];
  }

  double sameText(Kind kind) {
    return share(instructions[kind.ordinal()], differentTexts[kind.ordinal()]);
  }

  double sameText() {
    return share(total(), differing());
  }

  double sameLength() {
    return share(total(), differentLengths);
  }

  private static double share(long all, long different) {
    return all == 0 ? 100 : 100.0 * (all - different) / all;
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            "%,d instructions in %,d bytes; lengths differ %,d; texts differ",
            total(), bytes, differentLengths));
    for (Kind kind : Kind.values()) {
      out.append(
          String.format(
              " %s %,d of %,d (%.4f %% agree)",
              kind.name().toLowerCase(java.util.Locale.ROOT),
              differentTexts[kind.ordinal()],
              instructions[kind.ordinal()],
              sameText(kind)));
    }
    for (String example : examples) {
      out.append("\n  ").append(example);
    }
    return out.toString();
  }

  private static byte[] read(Path path) {
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void readSections() {
    ByteBuffer elf = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int table = (int) elf.getLong(40);
    int names = (int) elf.getLong(table + 64 * elf.getShort(62) + 24);
    for (int i = 0; i < elf.getShort(60); i++) {
      int header = table + 64 * i;
      int start = names + elf.getInt(header);
      int end = start;
      while (file[end] != 0) {
        end++;
      }
      sections.put(
          new String(file, start, end - start, StandardCharsets.ISO_8859_1),
          new long[] {
            elf.getLong(header + 16), elf.getLong(header + 24), elf.getLong(header + 32)
          });
    }
  }

  private ObjdumpComparison run() {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.add(1, "--no-show-raw-insn");
    Process process = null;
    try {
      process =
          new ProcessBuilder(arguments).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      readLines(process.getInputStream());
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      if (process != null) {
        process.destroy();
      }
    }
  }

  private void readLines(InputStream in) throws IOException {
    byte[] buffer = new byte[1 << 16];
    byte[] line = new byte[LONGEST_LINE];
    int length = 0;
    for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
      for (int i = 0; i < count; i++) {
        if (buffer[i] == '\n') {
          line(line, length);
          length = 0;
        } else if (length < line.length) {
          line[length++] = buffer[i];
        }
      }
    }
    compareAll(sectionAddress + sectionSize);
  }

  private void line(byte[] line, int length) {
    int at = 0;
    while (at < length && line[at] == ' ') {
      at++;
    }
    int digits = at;
    long address = 0;
    while (at < length && Character.digit(line[at], 16) >= 0) {
      address = address * 16 + Character.digit(line[at], 16);
      at++;
    }
    if (at > digits && at + 1 < length && line[at] == ':' && line[at + 1] == '\t') {
      add(address, line, at + 2, length);
    } else if (at > digits && length > 2 && line[length - 1] == ':' && line[length - 2] == '>') {
      compareAll(address);
    } else if (length > 24 && line[0] == 'D' && line[length - 1] == ':') {
      compareAll(sectionAddress + sectionSize);
      long[] section = sections.get(new String(line, 23, length - 24, StandardCharsets.ISO_8859_1));
      sectionAddress = section[0];
      sectionOffset = section[1];
      sectionSize = section[2];
    }
  }

  private void add(long address, byte[] line, int from, int to) {
    while (pending > 1
        && (address - addresses[head] > X86Decoder.MAX_LENGTH || pending == WINDOW)) {
      compareOldest(addresses[(head + 1) % WINDOW], sectionAddress + sectionSize);
    }
    int slot = (head + pending) % WINDOW;
    addresses[slot] = address;
    lengths[slot] = to - from;
    System.arraycopy(line, from, lines[slot], 0, to - from);
    pending++;
  }

  private void compareAll(long end) {
    while (pending > 0) {
      compareOldest(pending > 1 ? addresses[(head + 1) % WINDOW] : end, end);
    }
  }

  private void compareOldest(long next, long limit) {
    long address = addresses[head];
    int offset = (int) (sectionOffset + address - sectionAddress);
    decoder.decode(
        file, offset, (int) (sectionOffset + limit - sectionAddress), address, instruction);
    text.setLength(0);
    instruction.appendText(text, named ? unused -> "" : SymbolLookup.NONE);
    int kind = kind(lines[head], lengths[head]).ordinal();
    instructions[kind]++;
    bytes += next - address;
    boolean sameText = same(lines[head], lengths[head]);
    boolean sameLength = instruction.length() == next - address;
    if (!sameText) {
      differentTexts[kind]++;
    }
    if (!sameLength) {
      differentLengths++;
    }
    if (!(sameText && sameLength) && examples.size() < 20) {
      examples.add(
          String.format(
              "%x: objdump %d bytes %s; here %d bytes %s",
              address,
              next - address,
              new String(lines[head], 0, lengths[head], StandardCharsets.ISO_8859_1),
              instruction.length(),
              text));
    }
    head = (head + 1) % WINDOW;
    pending--;
  }

  private boolean same(byte[] line, int length) {
    int i = 0;
    int j = 0;
    while (true) {
      boolean blankThere = false;
      while (i < length && (line[i] == ' ' || line[i] == '\t')) {
        i++;
        blankThere = true;
      }
      boolean blankHere = false;
      while (j < text.length() && text.charAt(j) == ' ') {
        j++;
        blankHere = true;
      }
      if (i >= length || j >= text.length()) {
        return i >= length && j >= text.length();
      }
      if (blankHere != blankThere || line[i] != text.charAt(j)) {
        return false;
      }
      if (line[i] == '<') {
        // Here the name is empty.
        while (i + 1 < length && line[i + 1] != '>') {
          i++;
        }
      }
      i++;
      j++;
    }
  }

  private static Kind kind(byte[] line, int length) {
    if (line[0] == 'v') {
      return Kind.VECTOR;
    }
    if (line[0] == 'f' && line[1] != 's') {
      return Kind.X87;
    }
    for (int i = 0; i + 2 < length && line[i] != '<'; i++) {
      if (line[i] == '%' && (line[i + 1] == 'k' || line[i + 1] == 'm' || line[i + 2] == 'm')) {
        return Kind.VECTOR;
      }
    }
    return Kind.GENERAL;
  }
}
