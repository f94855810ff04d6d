package trapline.follow;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.dwarf.DwarfSections;
import trapline.dwarf.SupplementaryFiles;
import trapline.elf.ElfFile;
import trapline.linux.objects.ObjectFile;
import trapline.linux.objects.ObjectFiles;
import trapline.model.MalformedBinary;
import trapline.model.Unsupported;

/// Finds the files that an object file's debug information is split over.
final class SplitDebugFiles implements SupplementaryFiles {
  private final ObjectFiles objects;
  private final ObjectFile file;
  private final @Nullable ElfFile alternate;

  SplitDebugFiles(ObjectFiles objects, ObjectFile file, @Nullable ElfFile alternate) {
    this.objects = objects;
    this.file = file;
    this.alternate = alternate;
  }

  /// An object file's debug sections.
  static DwarfSections sections(ElfFile elf) {
    return name -> {
      Bytes section = elf.debugSection(name);
      return section == null ? Bytes.empty(elf.bytes().file()) : section;
    };
  }

  @Override
  public Optional<DwarfSections> splitUnit(String name, String compilationDirectory, long dwoId) {
    return open(compilationDirectory.isEmpty() ? name : compilationDirectory + "/" + name)
        .or(() -> name.startsWith("/") ? open(name) : Optional.empty());
  }

  @Override
  public Optional<DwarfSections> packageFile() {
    return open(file.opened() + ".dwp");
  }

  @Override
  public Optional<DwarfSections> alternate(String name, Bytes buildId) {
    return alternate == null ? Optional.empty() : Optional.of(sections(alternate));
  }

  private Optional<DwarfSections> open(String name) {
    try {
      return Optional.of(sections(objects.open(Path.of(name)).elf()));
    } catch (IOException | InvalidPathException | MalformedBinary | Unsupported e) {
      return Optional.empty();
    }
  }
}
