package trapline.elf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;

/// The versions of a dynamic symbol table (LSB, "Symbol Versioning").
final class SymbolVersions {
  private static final int HIDDEN = 0x8000;

  /// Indices are 15 bits wide, so there cannot be more versions than this.
  private static final int MAX_VERSIONS = 0x8000;

  private static final int MAX_NAME = 4096;
  private static final int BASE = 1;
  private static final int WEAK = 2;

  private final Bytes indices;
  private final Map<Integer, Version> versions = new HashMap<>();
  private final List<NeededVersion> needed = new ArrayList<>();
  private final List<String> defined = new ArrayList<>();

  /// @param indices one 16-bit index a symbol (`DT_VERSYM`)
  SymbolVersions(Bytes indices) {
    this.indices = indices;
  }

  /// One version that the file needs or defines.
  ///
  /// @param library the file that it is needed of; empty when this file defines it
  private record Version(String name, String library) {}

  /// The version of a symbol.
  ///
  /// @return `null` when it has none
  @Nullable SymbolVersion of(int symbol, boolean defined) {
    long at = 2L * symbol;
    if (at + 2 > indices.size()) {
      return null;
    }
    int index = indices.u16(at);
    Version version = versions.get(index & (HIDDEN - 1));
    if (version == null) {
      return null;
    }
    boolean visible = (index & HIDDEN) == 0;
    return new SymbolVersion(
        version.name(), version.library(), defined && visible && version.library().isEmpty());
  }

  /// Adds the versions that the file needs of others (`DT_VERNEED`).
  ///
  /// @param table from its first record on
  void addNeeded(Bytes table, Bytes names) {
    long at = 0;
    for (int files = 0; files < MAX_VERSIONS; files++) {
      String library = Names.at(names, table.u32(at + 4), MAX_NAME);
      int count = table.u16(at + 2);
      long aux = at + table.u32(at + 8);
      for (int i = 0; i < count; i++) {
        int index = table.u16(aux + 6) & (HIDDEN - 1);
        String name = Names.at(names, table.u32(aux + 8), MAX_NAME);
        add(index, new Version(name, library));
        needed.add(new NeededVersion(library, name, (table.u16(aux + 4) & WEAK) != 0));
        if (needed.size() >= MAX_VERSIONS) {
          return;
        }
        long next = table.u32(aux + 12);
        if (next == 0) {
          break;
        }
        aux += next;
      }
      long next = table.u32(at + 12);
      if (next == 0) {
        return;
      }
      at += next;
    }
  }

  /// Adds the versions that the file defines (`DT_VERDEF`).
  ///
  /// @param table from its first record on
  void addDefined(Bytes table, Bytes names) {
    long at = 0;
    for (int i = 0; i < MAX_VERSIONS; i++) {
      int flags = table.u16(at + 2);
      int index = table.u16(at + 4) & (HIDDEN - 1);
      long aux = at + table.u32(at + 12);
      if ((flags & BASE) == 0 && table.u16(at + 6) > 0) {
        String name = Names.at(names, table.u32(aux), MAX_NAME);
        add(index, new Version(name, ""));
        defined.add(name);
      }
      long next = table.u32(at + 16);
      if (next == 0) {
        return;
      }
      at += next;
    }
  }

  /// What was added by [#addNeeded].
  List<NeededVersion> needed() {
    return needed;
  }

  /// What was added by [#addDefined], without the file's own name.
  List<String> defined() {
    return defined;
  }

  /// Indices 0 and 1 mean "local" and "global without a version".
  private void add(int index, Version version) {
    if (index > 1) {
      versions.putIfAbsent(index, version);
    }
  }
}
