package trapline.follow;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.dwarf.DebugInfo;
import trapline.dwarf.DwarfSections;
import trapline.dwarf.SourcePaths;
import trapline.dwarf.SupplementaryFiles;
import trapline.elf.ElfFile;
import trapline.elf.Section;
import trapline.linux.files.Patience;
import trapline.linux.objects.DebugFile;
import trapline.linux.objects.ObjectFile;
import trapline.linux.objects.ObjectFiles;
import trapline.model.Unsupported;

/// Finds the files that an object file's debug information is split over.
public final class SplitDebugFiles implements SupplementaryFiles {
  /// How much is copied to join sections; one file's debug information stays far below it.
  private static final long MAX_JOINED = 256L << 20;

  private final ObjectFiles objects;
  private final ObjectFile file;
  private final @Nullable ElfFile alternate;

  SplitDebugFiles(ObjectFiles objects, ObjectFile file, @Nullable ElfFile alternate) {
    this.objects = objects;
    this.file = file;
    this.alternate = alternate;
  }

  /// The debug information of an object file, whatever files it is in.
  ///
  /// @param found where most of it is
  public static DebugInfo debugInfo(ObjectFiles objects, ObjectFile file, DebugFile.Found found) {
    return DebugInfo.of(
        sections(found.file()), new SplitDebugFiles(objects, file, found.alternate()));
  }

  /// An object file's debug sections. Those that have one name, as type units' sections of a `.dwo`
  /// file do, follow each other as a linker would place them.
  static DwarfSections sections(ElfFile elf) {
    return name -> {
      List<Section> same = new ArrayList<>();
      for (Section section : elf.sections()) {
        if (section.name().equals(name) && section.hasContents()) {
          same.add(section);
        }
      }
      if (same.size() > 1) {
        return joined(elf, name, same);
      }
      Bytes section = elf.debugSection(name);
      return section == null ? Bytes.empty(elf.bytes().file()) : section;
    };
  }

  private static Bytes joined(ElfFile elf, String name, List<Section> sections) {
    List<Bytes> parts = new ArrayList<>();
    long size = 0;
    for (Section section : sections) {
      Bytes data = elf.data(section);
      parts.add(data);
      size += data.size();
      if (size > MAX_JOINED) {
        throw data.malformed(0, "the sections " + name + " are larger than " + MAX_JOINED);
      }
    }
    ByteArrayOutputStream joined = new ByteArrayOutputStream((int) size);
    for (Bytes part : parts) {
      joined.writeBytes(part.copy(0, part.size()));
    }
    return Bytes.of(elf.bytes().file(), joined.toByteArray());
  }

  @Override
  public Optional<DwarfSections> splitUnit(String name, String compilationDirectory, long dwoId) {
    return open(SourcePaths.join(compilationDirectory, name));
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
      return Optional.of(Patience.look(Path.of(name), path -> sections(objects.open(path).elf())));
    } catch (NoSuchFileException | NotDirectoryException | InvalidPathException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new Unsupported("reading " + name, "permission to read it", ObjectFiles.reason(e));
    }
  }
}
