package trapline.follow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trapline.dwarf.DebugInfo;
import trapline.elf.ElfFile;
import trapline.elf.Segment;
import trapline.elf.Symbol;
import trapline.journey.AddressSpace;
import trapline.journey.Image;
import trapline.linux.objects.DebugFile;
import trapline.linux.objects.LibcVersion;
import trapline.linux.objects.ObjectFile;
import trapline.linux.objects.ObjectFiles;
import trapline.linux.proc.Maps;
import trapline.linux.proc.ProcessFacts;
import trapline.model.LinkAddress;
import trapline.model.MalformedBinary;
import trapline.model.RemoteAddress;
import trapline.model.RemoteMemory;
import trapline.model.Unsupported;

/// One memory image of a traced process, from one exec to the next: its memory and what is mapped.
final class TracedProcess implements AddressSpace {
  private static final int LARGEST_VDSO = 1 << 20;

  private final int processId;
  private final ObjectFiles objects;
  private final RemoteMemory memory;
  private final Map<Loaded, @Nullable Image> images = new HashMap<>();
  private final Map<Image, String> libraries = new HashMap<>();
  private final long entry;
  private int reader;
  private @Nullable Maps maps;
  private boolean stale = true;
  private boolean started;
  private @Nullable Boolean bindsNow;

  /// Where an object file is loaded.
  private record Loaded(long device, long inode, String path, long bias) {}

  /// @param threadId a living thread of the process
  TracedProcess(int processId, int threadId, ObjectFiles objects, RemoteMemory memory) {
    this.processId = processId;
    this.reader = threadId;
    this.objects = objects;
    this.memory = memory;
    ProcessFacts facts = ProcessFacts.of(threadId);
    this.entry = facts == null ? 0 : facts.auxiliary(ProcessFacts.AT_ENTRY);
  }

  int processId() {
    return processId;
  }

  /// The program's first instruction, as run; 0 when not known.
  long entry() {
    return entry;
  }

  /// Whether the program itself has begun to run: its own code was seen on a stack.
  boolean started() {
    return started;
  }

  void markStarted() {
    started = true;
  }

  /// Says that mappings may have changed, and which thread is stopped and can be looked at.
  void mayHaveChanged(int threadId) {
    reader = threadId;
    stale = true;
  }

  @Override
  public RemoteMemory memory() {
    return memory;
  }

  @Override
  public @Nullable Image at(RemoteAddress address) {
    Maps.Mapping mapping = find(address.value());
    return mapping == null ? null : image(mapping);
  }

  @Override
  public @Nullable Image named(String path) {
    for (Maps.Mapping mapping : current().mappings()) {
      if (mapping.path().equals(path) && mapping.isExecutable()) {
        return image(mapping);
      }
    }
    return null;
  }

  /// Whether everything is bound when it is loaded, whatever the files say: LD_BIND_NOW asks
  /// glibc's dynamic linker for it (ld.so(8)), musl's never does otherwise.
  boolean bindsNow() {
    Boolean known = bindsNow;
    if (known == null) {
      String asked = ProcessFacts.environment(reader, "LD_BIND_NOW");
      known = (asked != null && !asked.isEmpty()) || interpreter().contains("/ld-musl");
      bindsNow = known;
    }
    return known;
  }

  private String interpreter() {
    Image image = program();
    try {
      return image == null ? "" : image.elf().interpreter();
    } catch (MalformedBinary e) {
      return "";
    }
  }

  /// The program's own object file; `null` when it cannot be read.
  @Nullable Image program() {
    return entry == 0 ? null : at(new RemoteAddress(entry));
  }

  /// Every object file of which code is mapped.
  List<Image> executables() {
    List<Image> found = new ArrayList<>();
    for (Maps.Mapping mapping : current().mappings()) {
      Image image = mapping.isExecutable() ? image(mapping) : null;
      if (image != null && !found.contains(image)) {
        found.add(image);
      }
    }
    return found;
  }

  /// The kernel's code in the process; `null` when there is none.
  @Nullable Image vdso() {
    return named("[vdso]");
  }

  /// The calls that the vDSO answers, most often without a trap.
  List<String> vdsoCalls() {
    Image vdso = vdso();
    if (vdso == null) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    try {
      for (Symbol symbol : vdso.elf().dynamicSymbols()) {
        if (symbol.isDefined() && symbol.name().startsWith("__vdso_")) {
          names.add(symbol.name().substring("__vdso_".length()));
        }
      }
    } catch (MalformedBinary e) {
      return names;
    }
    return names;
  }

  /// The C library's name and version, of an image that is one or holds one.
  String libraryName(Image image) {
    return libraries.computeIfAbsent(
        image,
        each -> {
          try {
            return LibcVersion.of(each.elf());
          } catch (MalformedBinary | Unsupported e) {
            return "";
          }
        });
  }

  /// An address that is not mapped is common, as an unwinder tries every word that may be one.
  private Maps.@Nullable Mapping find(long address) {
    return current().find(address);
  }

  private Maps current() {
    Maps known = maps;
    if (known == null || stale) {
      known = Maps.of(reader);
      maps = known;
      stale = false;
    }
    return known;
  }

  private @Nullable Image image(Maps.Mapping mapping) {
    if (mapping.path().equals("[vdso]")) {
      Loaded key = new Loaded(0, 0, mapping.path(), mapping.start());
      return images.computeIfAbsent(key, each -> vdso(mapping));
    }
    if (!mapping.isFile()) {
      return null;
    }
    try {
      Loaded unbiased = new Loaded(mapping.device(), mapping.inode(), mapping.path(), 0);
      ObjectFile file = opened(unbiased, mapping);
      if (file == null) {
        return null;
      }
      LinkAddress link = file.elf().mappedAt(mapping.fileOffset(), mapping.isExecutable());
      if (link == null) {
        return null;
      }
      long bias = mapping.start() - link.value();
      Loaded key = new Loaded(mapping.device(), mapping.inode(), mapping.path(), bias);
      Image known = images.get(key);
      if (known == null) {
        known = image(file, bias);
        images.put(key, known);
      }
      return known;
    } catch (MalformedBinary | Unsupported e) {
      return null;
    }
  }

  private final Map<Loaded, @Nullable ObjectFile> files = new HashMap<>();

  private @Nullable ObjectFile opened(Loaded key, Maps.Mapping mapping) {
    if (files.containsKey(key)) {
      return files.get(key);
    }
    ObjectFile file;
    try {
      file = objects.open(reader, mapping);
    } catch (IOException | MalformedBinary | Unsupported e) {
      file = null;
    }
    files.put(key, file);
    return file;
  }

  private Image image(ObjectFile file, long bias) {
    String soname = file.elf().dynamic().soname();
    return new Image(
        file.path(), bias, file.elf(), Image.roleOf(file.path(), soname), () -> debug(file));
  }

  private Image.Debug debug(ObjectFile file) {
    return switch (objects.debugFile(file)) {
      case DebugFile.Found found ->
          new Image.Debug(
              DebugInfo.of(
                  SplitDebugFiles.sections(found.file()),
                  new SplitDebugFiles(objects, file, found.alternate())),
              found.file() == file.elf() ? null : found.file(),
              found.path(),
              "",
              () -> "");
      case DebugFile.Missing missing ->
          new Image.Debug(null, null, "", missing.why(), missing::remedy);
    };
  }

  private @Nullable Image vdso(Maps.Mapping mapping) {
    long size = mapping.end() - mapping.start();
    byte[] bytes = size > LARGEST_VDSO ? null : memory.readExactly(mapping.start(), (int) size);
    if (bytes == null) {
      return null;
    }
    try {
      ElfFile elf = objects.ofMemory("[vdso]", bytes).elf();
      for (Segment segment : elf.segments()) {
        if (segment.isLoad()) {
          long bias = mapping.start() - segment.address().value();
          return new Image(
              "[vdso]",
              bias,
              elf,
              Image.Role.VDSO,
              () -> new Image.Debug(null, null, "", "the vDSO has no debug information", () -> ""));
        }
      }
      return null;
    } catch (MalformedBinary | Unsupported e) {
      return null;
    }
  }
}
