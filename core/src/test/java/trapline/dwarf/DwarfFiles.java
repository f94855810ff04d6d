package trapline.dwarf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import trapline.bytes.Bytes;
import trapline.elf.ElfFile;
import trapline.elf.Section;

/// Opens object files, and the files beside them, for tests.
public final class DwarfFiles {
  private DwarfFiles() {}

  public static ElfFile elf(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      return ElfFile.of(
          Bytes.of(file.toString(), channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static DwarfSections sections(ElfFile elf) {
    return name -> {
      List<Section> all = elf.sections().stream().filter(s -> s.name().equals(name)).toList();
      if (all.size() < 2) {
        return Objects.requireNonNullElseGet(
            elf.debugSection(name), () -> Bytes.empty("no " + name));
      }
      ByteArrayOutputStream joined = new ByteArrayOutputStream();
      for (Section section : all) {
        Bytes data = elf.data(section);
        joined.writeBytes(data.copy(0, data.size()));
      }
      return Bytes.of(name, joined.toByteArray());
    };
  }

  /// The sections of a resource, for changing, whose names a test wants.
  static Map<String, byte[]> sections(String resource, Predicate<String> wanted) {
    byte[] file;
    try (var stream = DwarfFiles.class.getResourceAsStream(resource)) {
      file = Objects.requireNonNull(stream, resource).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ElfFile elf = ElfFile.of(Bytes.of(resource, file));
    Map<String, byte[]> sections = new HashMap<>();
    for (Section section : elf.sections()) {
      if (wanted.test(section.name())) {
        Bytes data = elf.data(section);
        sections.put(section.name(), data.copy(0, data.size()));
      }
    }
    return sections;
  }

  public static DebugInfo open(Path file) {
    return DebugInfo.of(sections(elf(file)), new Beside(null));
  }

  static DebugInfo open(Path file, Path packageFile) {
    return DebugInfo.of(sections(elf(file)), new Beside(packageFile));
  }

  public static String resource(String name) {
    try (var stream = DwarfFiles.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Takes files from where the debug information says that they are.
  private record Beside(Path packagePath) implements SupplementaryFiles {
    @Override
    public Optional<DwarfSections> splitUnit(String name, String compilationDirectory, long dwoId) {
      Path path = Path.of(compilationDirectory).resolve(name);
      return packagePath == null && Files.exists(path)
          ? Optional.of(sections(elf(path)))
          : Optional.empty();
    }

    @Override
    public Optional<DwarfSections> packageFile() {
      return packagePath == null ? Optional.empty() : Optional.of(sections(elf(packagePath)));
    }

    @Override
    public Optional<DwarfSections> alternate(String name, Bytes buildId) {
      Path path = Path.of(name);
      return Files.exists(path) ? Optional.of(sections(elf(path))) : Optional.empty();
    }
  }
}
