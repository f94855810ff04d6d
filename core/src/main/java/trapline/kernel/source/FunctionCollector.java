package trapline.kernel.source;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import trapline.bytes.Bytes;
import trapline.kernel.FunctionIndex;
import trapline.kernel.FunctionIndexWriter;
import trapline.model.MalformedBinary;

/// Collects the function definitions of a tree, the files of which are handed to it in any order
/// and by any number of threads.
public final class FunctionCollector {
  /// A longer name is none that a compiler takes.
  static final int MAX_NAME = 255;

  /// What lies at a longer path is in no kernel, and in no list of an index.
  private static final int MAX_PATH = 1024;

  /// Bounds for hostile trees: a real one has some 750,000.
  private static final long MAX_FUNCTIONS = 8_000_000;

  private static final long MAX_NAME_BYTES = 512L << 20;

  private final AtomicLong functions = new AtomicLong();
  private final AtomicLong nameBytes = new AtomicLong();
  private final Queue<Part> parts = new ConcurrentLinkedQueue<>();

  /// Those that no thread is using.
  private final Queue<Part> idle = new ConcurrentLinkedQueue<>();

  /// A collector without functions.
  public FunctionCollector() {}

  /// Whether a file of this name can hold function definitions.
  public static boolean wanted(String path) {
    return path.endsWith(".c") || path.endsWith(".h") || path.endsWith(".S");
  }

  /// Looks for definitions in one file; what is not [#wanted] is passed over.
  ///
  /// @param text the file, in the first `length` bytes; not kept
  /// @throws MalformedBinary when the tree holds more than any kernel
  public void take(String path, byte[] text, int length) {
    if (!wanted(path) || path.length() > MAX_PATH) {
      return;
    }
    Part free = idle.poll();
    Part part = free == null ? new Part() : free;
    if (free == null) {
      parts.add(part);
    }
    int before = part.count;
    int bytesBefore = part.nameLength;
    part.take(path, text, length);
    idle.add(part);
    if (functions.addAndGet(part.count - before) > MAX_FUNCTIONS
        || nameBytes.addAndGet(part.nameLength - bytesBefore) > MAX_NAME_BYTES) {
      throw new MalformedBinary(path, 0, "the tree defines more functions than any kernel");
    }
  }

  /// The index of everything collected, as bytes that [FunctionIndex#read] takes. To be called when
  /// no thread hands over files any more.
  public byte[] write() {
    List<String> files = new ArrayList<>();
    List<String> macros = new ArrayList<>();
    Map<String, Integer> macroIds = new HashMap<>();
    int total = 0;
    int bytes = 0;
    for (Part part : parts) {
      files.addAll(part.files);
      for (String macro : part.macros) {
        if (macroIds.putIfAbsent(macro, macros.size()) == null) {
          macros.add(macro);
        }
      }
      total += part.count;
      bytes = Math.addExact(bytes, part.nameLength);
    }
    FunctionIndexWriter writer = new FunctionIndexWriter(files, macros, total, bytes);
    int firstFile = 0;
    for (Part part : parts) {
      for (int i = 0; i < part.count; i++) {
        int macro =
            part.macro[i] < 0
                ? -1
                : Objects.requireNonNull(macroIds.get(part.macros.get(part.macro[i])));
        writer.add(
            part.names,
            part.nameAt[i],
            part.nameAt[i + 1] - part.nameAt[i],
            firstFile + part.file[i],
            part.line[i] >>> 1,
            (part.line[i] & 1) != 0,
            macro);
      }
      firstFile += part.files.size();
    }
    return writer.write();
  }

  /// The index of everything collected.
  public FunctionIndex index() {
    return FunctionIndex.read(Bytes.of("functions", write()));
  }

  /// What one thread at a time collects.
  private static final class Part implements FoundFunction.Sink {
    private final FunctionScanner scanner = new FunctionScanner();
    private final AssemblyFunctions assembly = new AssemblyFunctions();
    private final List<String> files = new ArrayList<>();
    private final List<String> macros = new ArrayList<>();
    private final Map<String, Integer> macroIds = new HashMap<>();
    private byte[] names = new byte[1 << 16];
    private int nameLength;
    private int[] nameAt = new int[1 << 12];
    private int[] file = new int[1 << 12];

    /// Twice the line, and 1 for a static function.
    private int[] line = new int[1 << 12];

    private int[] macro = new int[1 << 12];
    private int count;

    void take(String path, byte[] text, int length) {
      int before = count;
      files.add(path);
      if (path.endsWith(".S")) {
        assembly.scan(text, length, this);
      } else {
        scanner.scan(text, length, this);
      }
      if (count == before) {
        files.removeLast();
      }
    }

    @Override
    public void function(byte[] text, FoundFunction found) {
      if (count + 1 >= file.length) {
        nameAt = Arrays.copyOf(nameAt, 2 * count);
        file = Arrays.copyOf(file, 2 * count);
        line = Arrays.copyOf(line, 2 * count);
        macro = Arrays.copyOf(macro, 2 * count);
      }
      int room = 2 * MAX_NAME + 64;
      if (nameLength + room > names.length) {
        names = Arrays.copyOf(names, 2 * names.length);
      }
      nameAt[count] = nameLength;
      append(found.prefix);
      append(text, found.nameStart, found.nameEnd);
      if (found.secondEnd > found.secondStart) {
        append("_");
        append(text, found.secondStart, Math.min(found.secondEnd, found.secondStart + MAX_NAME));
      }
      append(found.suffix);
      nameLength = Math.min(nameLength, nameAt[count] + MAX_NAME);
      file[count] = files.size() - 1;
      line[count] = found.line << 1 | (found.isStatic ? 1 : 0);
      macro[count] = -1;
      if (found.macroEnd > found.macroStart) {
        int end = Math.min(found.macroEnd, found.macroStart + MAX_NAME);
        String name =
            new String(text, found.macroStart, end - found.macroStart, StandardCharsets.ISO_8859_1);
        macro[count] =
            macroIds.computeIfAbsent(
                name,
                key -> {
                  macros.add(key);
                  return macros.size() - 1;
                });
      }
      count++;
      nameAt[count] = nameLength;
    }

    private void append(String word) {
      for (int i = 0; i < word.length(); i++) {
        names[nameLength++] = (byte) word.charAt(i);
      }
    }

    private void append(byte[] text, int from, int to) {
      System.arraycopy(text, from, names, nameLength, to - from);
      nameLength += to - from;
    }
  }
}
