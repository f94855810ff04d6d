package trapline.unwind;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.bytes.Cursor;
import trapline.model.Architecture;
import trapline.model.Registers;
import trapline.model.RemoteAddress;
import trapline.model.RemoteMemory;

/// A stopped program as a core file holds it: its threads, memory and mapped files.
final class CoreFile implements RemoteMemory, UnwindModules {
  private record Memory(long start, long end, Bytes bytes) {}

  private record Mapping(long start, long end, long offset, String path) {}

  private final Bytes file;
  private final Map<Integer, Registers> threads = new LinkedHashMap<>();
  private final List<Memory> memory = new ArrayList<>();
  private final List<Mapping> mappings = new ArrayList<>();
  private final Map<String, ObjectFile> modules = new HashMap<>();
  private long vdsoStart;
  private UnaryOperator<ObjectFile> filter = UnaryOperator.identity();

  CoreFile(Path path) {
    try {
      file = Bytes.of(path.toString(), Files.readAllBytes(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    long at = file.u64(32);
    for (int i = 0; i < file.u16(56); i++, at += 56) {
      long offset = file.u64(at + 8);
      long address = file.u64(at + 16);
      long size = file.u64(at + 32);
      if (file.u32(at) == 4) {
        readNotes(file.slice(offset, size).cursor(0));
      } else if (file.u32(at) == 1) {
        memory.add(new Memory(address, address + size, file.slice(offset, size)));
      }
    }
  }

  /// Changes modules before they are used.
  CoreFile withModules(UnaryOperator<ObjectFile> filter) {
    this.filter = filter;
    return this;
  }

  private void readNotes(Cursor at) {
    while (at.remaining() >= 12) {
      int nameSize = (int) at.u32();
      int size = (int) at.u32();
      long type = at.u32();
      at.skip((nameSize + 3) & -4);
      Bytes note = at.take(size);
      at.skip(Math.min(at.remaining(), -size & 3));
      if (type == 1) { // NT_PRSTATUS: pr_pid at 32, pr_reg at 112
        long[] slots = new long[Architecture.X86_64.slots()];
        for (int i = 0; i < slots.length; i++) {
          slots[i] = note.u64(112 + 8L * i);
        }
        threads.put(note.i32(32), new Registers(Architecture.X86_64, slots));
      } else if (type == 6) { // NT_AUXV
        for (long entry = 0; entry + 16 <= note.size(); entry += 16) {
          if (note.u64(entry) == 33) { // AT_SYSINFO_EHDR
            vdsoStart = note.u64(entry + 8);
          }
        }
      } else if (type == 0x46494c45) { // NT_FILE
        long count = note.u64(0);
        long page = note.u64(8);
        Cursor names = note.cursor(16 + 24 * count);
        for (long i = 0; i < count; i++) {
          long entry = 16 + 24 * i;
          mappings.add(
              new Mapping(
                  note.u64(entry),
                  note.u64(entry + 8),
                  note.u64(entry + 16) * page,
                  names.cString()));
        }
      }
    }
  }

  /// The registers of each thread, by its id.
  Map<Integer, Registers> threads() {
    return threads;
  }

  @Override
  public int read(long address, byte[] into, int offset, int length) {
    int done = 0;
    while (done < length && readByte(address + done, into, offset + done)) {
      done++;
    }
    return done;
  }

  private boolean readByte(long address, byte[] into, int offset) {
    for (Memory part : memory) {
      if (address >= part.start() && address < part.end()) {
        into[offset] = (byte) part.bytes().u8(address - part.start());
        return true;
      }
    }
    // Read-only pages of files are not in the core file.
    for (Mapping mapping : mappings) {
      if (address >= mapping.start() && address < mapping.end()) {
        Bytes bytes = contents(mapping.path());
        long at = mapping.offset() + address - mapping.start();
        if (at < bytes.size()) {
          into[offset] = (byte) bytes.u8(at);
          return true;
        }
      }
    }
    return false;
  }

  private final Map<String, Bytes> contents = new HashMap<>();

  private Bytes contents(String path) {
    return contents.computeIfAbsent(
        path,
        name -> {
          try {
            return Bytes.of(name, Files.readAllBytes(Path.of(name)));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Override
  public @Nullable ObjectFile at(RemoteAddress address) {
    for (Mapping mapping : mappings) {
      if (address.value() >= mapping.start() && address.value() < mapping.end()) {
        return modules.computeIfAbsent(
            mapping.path(),
            path -> {
              Bytes bytes = contents(path);
              return filter.apply(
                  new ObjectFile(
                      path, bytes, ObjectFile.loadBias(bytes, mapping.start(), mapping.offset())));
            });
      }
    }
    for (Memory part : memory) {
      if (part.start() == vdsoStart
          && address.value() >= part.start()
          && address.value() < part.end()) {
        return modules.computeIfAbsent(
            "[vdso]", name -> new ObjectFile(name, part.bytes(), part.start()));
      }
    }
    return null;
  }
}
