package trapline.follow;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import trapline.dwarf.DwarfSections;
import trapline.elf.ElfFile;
import trapline.journey.Image;
import trapline.linux.loader.LibrarySearch;
import trapline.linux.objects.DebugFile;
import trapline.linux.objects.ObjectFile;
import trapline.linux.objects.ObjectFiles;
import trapline.model.MalformedBinary;
import trapline.model.Unsupported;

/// Reads on a thread of its own what nearly every journey of a program needs, while the program is
/// started: the debug information of its C library, and its own.
///
/// Nothing of it is handed over. Whoever needs a file finds it read already, or waits for it.
public final class ReadAhead {
  /// What the first look-up of an address reads, in its order.
  private static final List<String> SECTIONS =
      List.of(
          ".debug_aranges",
          ".debug_info",
          ".debug_abbrev",
          ".debug_line",
          ".debug_line_str",
          ".debug_str",
          ".debug_rnglists",
          ".debug_ranges");

  private final ObjectFiles objects;

  private ReadAhead(ObjectFiles objects) {
    this.objects = objects;
  }

  /// Starts reading. No server is asked for what is not on this machine.
  ///
  /// @param program an ELF file; any other is left alone
  public static void start(Path program, ObjectFiles objects) {
    ReadAhead reader = new ReadAhead(objects);
    Thread.ofPlatform().daemon().name("debug files").start(() -> reader.read(program));
  }

  private void read(Path program) {
    try {
      ObjectFile file = objects.open(program);
      String interpreter = file.elf().interpreter();
      if (!interpreter.isEmpty()) {
        Path loader = Path.of(interpreter);
        Map<String, Path> libraries =
            new LibrarySearch(loader, System.getenv()).of(program).files();
        for (Map.Entry<String, Path> library : libraries.entrySet()) {
          if (Image.roleOf(library.getValue().toString(), "") == Image.Role.C_LIBRARY) {
            read(objects.open(library.getValue()));
          }
        }
      }
      read(file);
    } catch (IOException | InvalidPathException | MalformedBinary | Unsupported e) {
      // Whoever needs the file says what is wrong with it.
    }
  }

  private void read(ObjectFile file) {
    switch (objects.debugFile(file)) {
      case DebugFile.Found found -> {
        ElfFile elf = found.file();
        DwarfSections sections = SplitDebugFiles.sections(elf);
        for (String name : SECTIONS) {
          sections.section(name);
        }
      }
      case DebugFile.Missing missing -> missing.remedy();
    }
  }
}
