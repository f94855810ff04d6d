package trapline.unwind;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.model.LinkAddress;

/// As much of an object file as the unwinder's tests need, read in the plainest way, so that these
/// tests do not depend on the product's own reader.
final class ObjectFile implements UnwindModule {
  record Section(String name, int type, long address, Bytes bytes, int link) {}

  record Load(long offset, long address, long fileSize, long memorySize) {}

  private final String name;
  private final long loadBias;
  private final Bytes file;
  private final Map<String, Section> sections = new HashMap<>();
  private final List<Load> loads = new ArrayList<>();
  private final List<FunctionRange> functions = new ArrayList<>();
  private final List<CallFrameInfo> tables = new ArrayList<>();
  private boolean withTables = true;

  ObjectFile(String name, Bytes file, long loadBias) {
    this.name = name;
    this.file = file;
    this.loadBias = loadBias;
    readSegments();
    readSections();
    readFunctions(".symtab");
    readFunctions(".dynsym");
  }

  static ObjectFile read(Path path, long loadBias) {
    try {
      return new ObjectFile(
          path.toString(), Bytes.of(path.toString(), Files.readAllBytes(path)), loadBias);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The same file, as if it had no call frame tables.
  ObjectFile withoutTables() {
    ObjectFile bare = new ObjectFile(name, file, loadBias);
    bare.withTables = false;
    return bare;
  }

  /// What to add to link addresses when the bytes at a file offset are mapped at an address.
  static long loadBias(Bytes file, long mappedAt, long fileOffset) {
    for (Load load : new ObjectFile("", file, 0).loads) {
      if (fileOffset >= (load.offset() & -4096) && fileOffset < load.offset() + load.fileSize()) {
        return mappedAt - fileOffset - (load.address() - load.offset());
      }
    }
    return mappedAt - fileOffset;
  }

  private void readSegments() {
    long at = file.u64(32);
    for (int i = 0; i < file.u16(56); i++, at += 56) {
      if (file.u32(at) == 1) {
        loads.add(
            new Load(file.u64(at + 8), file.u64(at + 16), file.u64(at + 32), file.u64(at + 40)));
      }
    }
  }

  private void readSections() {
    long table = file.u64(40);
    int count = file.u16(60);
    if (count == 0) {
      return;
    }
    long names = file.u64(table + 64L * file.u16(62) + 24);
    for (int i = 0; i < count; i++) {
      long at = table + 64L * i;
      int type = (int) file.u32(at + 4);
      Bytes bytes =
          type == 8 || type == 0
              ? Bytes.empty(name)
              : file.slice(file.u64(at + 24), file.u64(at + 32));
      String section = file.cString(names + file.u32(at));
      sections.put(
          section, new Section(section, type, file.u64(at + 16), bytes, (int) file.u32(at + 40)));
    }
  }

  private void readFunctions(String table) {
    Section symbols = sections.get(table);
    Section strings = sections.get(table.equals(".symtab") ? ".strtab" : ".dynstr");
    if (symbols == null || strings == null) {
      return;
    }
    for (long at = 0; at + 24 <= symbols.bytes().size(); at += 24) {
      int type = symbols.bytes().u8(at + 4) & 15;
      boolean defined = symbols.bytes().u16(at + 6) != 0;
      if (defined && (type == 2 || type == 0 || type == 10)) {
        functions.add(
            new FunctionRange(
                symbols.bytes().u64(at + 8),
                symbols.bytes().u64(at + 16),
                strings.bytes().cString(symbols.bytes().u32(at))));
      }
    }
  }

  @Nullable Section section(String section) {
    return sections.get(section);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long loadBias() {
    return loadBias;
  }

  @Override
  public List<CallFrameInfo> tables() {
    if (withTables && tables.isEmpty()) {
      Section frames = sections.get(".eh_frame");
      Section header = sections.get(".eh_frame_hdr");
      if (frames != null && frames.type() != 8) {
        tables.add(
            CallFrameInfo.ofEhFrame(
                frames.bytes(),
                frames.address(),
                header == null ? null : header.bytes(),
                header == null ? 0 : header.address()));
      }
      Section debug = sections.get(".debug_frame");
      if (debug != null) {
        tables.add(CallFrameInfo.ofDebugFrame(debug.bytes()));
      }
    }
    return tables;
  }

  @Override
  public long entryPoint() {
    return file.u64(24);
  }

  @Override
  public @Nullable FunctionRange functionAt(LinkAddress address) {
    FunctionRange best = null;
    for (FunctionRange function : functions) {
      if (address.value() >= function.start()
          && address.value() - function.start() < Math.max(function.size(), 1)
          && (best == null || function.size() > best.size())) {
        best = function;
      }
    }
    return best;
  }

  /// The name of the function that a symbol shows at a link address; empty when none does.
  String functionName(long address) {
    FunctionRange best = null;
    for (FunctionRange function : functions) {
      if (address >= function.start()
          && (function.size() == 0 || address < function.start() + function.size())
          && !function.name().isEmpty()
          && (best == null || function.start() > best.start())) {
        best = function;
      }
    }
    return best == null ? "" : best.name();
  }
}
