package trapline.dwarf;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.bytes.Cursor;

/// The header of a line table: how its program is encoded, and its files (DWARF 5, section 6.2.4;
/// DWARF 4, section 6.2.4).
final class LineHeader {
  private static final int CONTENT_PATH = 1;
  private static final int CONTENT_DIRECTORY = 2;

  /// A file as the table has it: a name, in a directory by number.
  private record FileName(String name, long directory) {}

  final int version;
  final int addressSize;
  final int minimumInstructionLength;
  final int maximumOperations;
  final boolean initiallyStatement;
  final int lineBase;
  final int lineRange;
  final int opcodeBase;

  /// The program's bytes.
  final Bytes program;

  private final int[] operandCounts;
  private final String compilationDirectory;
  private final List<String> directories = new ArrayList<>();
  private final List<FileName> files = new ArrayList<>();
  private final List<@Nullable String> paths = new ArrayList<>();

  private LineHeader(Unit unit, Bytes section, long offset, String compilationDirectory) {
    this.compilationDirectory = compilationDirectory;
    Cursor at = section.cursor(offset);
    int offsetSize = 4;
    long length = at.u32();
    if (length == 0xffff_ffffL) {
      offsetSize = 8;
      length = at.u64();
    }
    at = at.take(length).cursor(0);
    version = at.u16();
    if (version < 2 || version > 5) {
      throw section.malformed(offset, "line table of version " + version);
    }
    if (version >= 5) {
      addressSize = at.u8();
      if (at.u8() != 0) {
        throw section.malformed(offset, "line table with segment selectors");
      }
    } else {
      addressSize = unit.addressSize;
    }
    long headerLength = offsetSize == 8 ? at.u64() : at.u32();
    Bytes table = at.bytes();
    table.slice(at.position(), headerLength);
    long programStart = at.position() + headerLength;
    minimumInstructionLength = at.u8();
    maximumOperations = version >= 4 ? Math.max(1, at.u8()) : 1;
    initiallyStatement = at.u8() != 0;
    lineBase = (byte) at.u8();
    lineRange = at.u8();
    opcodeBase = at.u8();
    operandCounts = new int[Math.max(1, opcodeBase)];
    for (int i = 1; i < opcodeBase; i++) {
      operandCounts[i] = at.u8();
    }
    if (version >= 5) {
      List<FileName> named = new ArrayList<>();
      entries(unit, at, offsetSize, named);
      for (FileName directory : named) {
        directories.add(directory.name);
      }
      entries(unit, at, offsetSize, files);
    } else {
      for (String name = at.cString(); !name.isEmpty(); name = at.cString()) {
        directories.add(name);
      }
      for (String name = at.cString(); !name.isEmpty(); name = at.cString()) {
        addFile(name, at);
      }
    }
    program = table.from(programStart);
  }

  /// The header of the line table that a unit's numbers of files refer to; `null` when it has none.
  static @Nullable LineHeader read(Unit unit) {
    Unit owner = unit.root().lineOffset() >= 0 ? unit : unit.skeleton();
    long offset = owner.root().lineOffset();
    if (offset < 0) {
      return null;
    }
    Bytes section = owner.file.dwarfSection(".debug_line");
    String directory = owner.root().compilationDirectory();
    return new LineHeader(
        owner,
        section,
        offset,
        directory.isEmpty() ? unit.root().compilationDirectory() : directory);
  }

  private static void entries(Unit unit, Cursor at, int offsetSize, List<FileName> into) {
    int formats = at.u8();
    int[] contents = new int[formats];
    int[] forms = new int[formats];
    for (int i = 0; i < formats; i++) {
      contents[i] = (int) Math.min(at.uleb() & Long.MAX_VALUE, Integer.MAX_VALUE);
      forms[i] = (int) Math.min(at.uleb() & Long.MAX_VALUE, Integer.MAX_VALUE);
    }
    long count = at.uleb();
    if (count < 0 || count > at.remaining()) {
      throw at.bytes().malformed(at.position(), "line table with more files than bytes");
    }
    for (long n = 0; n < count; n++) {
      String name = "";
      long directory = 0;
      for (int i = 0; i < formats; i++) {
        switch (contents[i]) {
          case CONTENT_PATH -> name = string(unit, forms[i], at, offsetSize);
          case CONTENT_DIRECTORY -> directory = number(forms[i], at);
          default -> Form.skip(forms[i], at, unit.version, unit.addressSize, offsetSize);
        }
      }
      into.add(new FileName(name, directory));
    }
  }

  private static String string(Unit unit, int form, Cursor at, int offsetSize) {
    DebugFile file = unit.file;
    return switch (form) {
      case Form.STRING -> at.cString();
      case Form.LINE_STRP -> file.section(".debug_line_str").cString(offset(at, offsetSize));
      case Form.STRP -> file.dwarfSection(".debug_str").cString(offset(at, offsetSize));
      case Form.STRP_SUP, Form.GNU_STRP_ALT -> {
        long offset = offset(at, offsetSize);
        DebugFile alternate = file.alternate();
        yield alternate == null ? "" : alternate.section(".debug_str").cString(offset);
      }
      case Form.STRX -> unit.string(at.uleb());
      case Form.STRX1 -> unit.string(at.u8());
      case Form.STRX2 -> unit.string(at.u16());
      case Form.STRX3 -> unit.string(at.u16() | at.u8() << 16);
      case Form.STRX4 -> unit.string(at.u32());
      default ->
          throw at.bytes()
              .malformed(at.position(), "file name in form 0x" + Integer.toHexString(form));
    };
  }

  private static long number(int form, Cursor at) {
    return switch (form) {
      case Form.DATA1 -> at.u8();
      case Form.DATA2 -> at.u16();
      case Form.DATA4 -> at.u32();
      case Form.DATA8 -> at.u64();
      case Form.UDATA -> at.uleb();
      default ->
          throw at.bytes()
              .malformed(at.position(), "directory in form 0x" + Integer.toHexString(form));
    };
  }

  private static long offset(Cursor at, int offsetSize) {
    return offsetSize == 8 ? at.u64() : at.u32();
  }

  /// Adds the file whose directory, time and size are at the cursor.
  final void addFile(String name, Cursor at) {
    long directory = at.uleb();
    at.uleb();
    at.uleb();
    files.add(new FileName(name, directory));
  }

  /// How many numbers follow a standard opcode that is not known.
  int operandCount(int opcode) {
    return operandCounts[opcode];
  }

  /// The path of a file by the number that rows and entries have: as the table states it, with the
  /// directories before it that it is relative to. Empty when there is no such file.
  String path(long number) {
    long index = version >= 5 ? number : number - 1;
    if (index < 0 || index >= files.size()) {
      return "";
    }
    while (paths.size() <= index) {
      paths.add(null);
    }
    String path = paths.get((int) index);
    if (path == null) {
      path = join(files.get((int) index));
      paths.set((int) index, path);
    }
    return path;
  }

  /// A directory 0, which version 5 has, is where the compiler ran; what is relative is so to it.
  private String join(FileName file) {
    String ran = compilationDirectory;
    if (version >= 5 && !directories.isEmpty() && !directories.getFirst().equals(ran)) {
      ran = SourcePaths.join(ran, directories.getFirst());
    }
    long index = version >= 5 ? file.directory : file.directory - 1;
    boolean isListed = index >= (version >= 5 ? 1 : 0) && index < directories.size();
    String directory = isListed ? directories.get((int) index) : "";
    return SourcePaths.join(SourcePaths.join(ran, directory), file.name);
  }
}
