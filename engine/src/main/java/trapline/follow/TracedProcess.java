package trapline.follow;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import trapline.capture.TraceEvent;
import trapline.elf.DynamicSection;
import trapline.elf.ElfFile;
import trapline.elf.Segment;
import trapline.elf.Symbol;
import trapline.journey.AddressSpace;
import trapline.journey.Image;
import trapline.journey.StackMemory;
import trapline.linux.objects.DebugFile;
import trapline.linux.objects.LibcVersion;
import trapline.linux.objects.ObjectFile;
import trapline.linux.objects.ObjectFiles;
import trapline.linux.proc.Maps;
import trapline.linux.proc.ProcessFacts;
import trapline.model.Abi;
import trapline.model.LinkAddress;
import trapline.model.MalformedBinary;
import trapline.model.RemoteAddress;
import trapline.model.RemoteMemory;
import trapline.model.StartedProgram;
import trapline.model.Unsupported;

/// One memory image of a traced process, from one exec to the next: its memory and what is mapped.
final class TracedProcess implements AddressSpace {
  private static final int LARGEST_VDSO = 1 << 20;
  private static final int LONGEST_PATH = 4096;

  /// What is known of files, which is the same in every process that has them mapped.
  ///
  /// @param images by where they are loaded
  /// @param files the same without the place
  /// @param refused why those of `files` that are `null` are
  /// @param libraries the C libraries' names and versions
  private record Known(
      Map<Loaded, @Nullable Image> images,
      Map<Loaded, @Nullable ObjectFile> files,
      Map<Loaded, String> refused,
      Map<Image, String> libraries) {}

  private final int processId;
  private final ObjectFiles objects;
  private final RemoteMemory memory;
  private final LongUnaryOperator handlers;
  private final Known known;
  private final SlotWatch slots;
  private final long start;
  private final String startedAs;
  private @Nullable Image program;
  private int reader;
  private final Mappings mappings;
  private boolean started;
  private @Nullable Boolean bindsNow;

  /// Where an object file is loaded.
  private record Loaded(long device, long inode, String path, long bias) {}

  /// A process that has just begun to run a program, or is seen for the first time.
  ///
  /// @param threadId a living thread of the process
  /// @param handlers where the signal handler begins whose return address is at an address; 0 for
  ///     none
  TracedProcess(
      int processId,
      int threadId,
      ObjectFiles objects,
      RemoteMemory memory,
      LongUnaryOperator handlers) {
    this.processId = processId;
    this.reader = threadId;
    this.objects = objects;
    this.memory = memory;
    this.handlers = handlers;
    this.known = new Known(new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashMap<>());
    this.slots = new SlotWatch();
    this.mappings = new Mappings();
    ProcessFacts facts = ProcessFacts.of(threadId);
    this.start = facts == null ? 0 : facts.auxiliary(ProcessFacts.AT_ENTRY);
    this.startedAs = facts == null ? "" : fileName(facts.auxiliary(ProcessFacts.AT_EXECFN), memory);
  }

  private TracedProcess(
      TracedProcess maker,
      int processId,
      RemoteMemory memory,
      LongUnaryOperator handlers,
      SlotWatch slots,
      Mappings mappings) {
    this.processId = processId;
    this.mappings = mappings;
    this.reader = processId;
    this.objects = maker.objects;
    this.memory = memory;
    this.handlers = handlers;
    this.known = maker.known;
    this.slots = slots;
    this.start = maker.start;
    this.startedAs = maker.startedAs;
    this.program = maker.program;
    this.started = maker.started;
    this.bindsNow = maker.bindsNow;
  }

  /// A process that this one has made, with a copy of its memory.
  TracedProcess copy(int childId, RemoteMemory childMemory, LongUnaryOperator childHandlers) {
    return new TracedProcess(
        this, childId, childMemory, childHandlers, slots.copy(), mappings.copy());
  }

  /// A process that this one has made, and that has the same memory.
  TracedProcess share(int childId, RemoteMemory childMemory, LongUnaryOperator childHandlers) {
    return new TracedProcess(this, childId, childMemory, childHandlers, slots, mappings);
  }

  /// Which slots of the program's are bound.
  SlotWatch slots() {
    return slots;
  }

  /// Says which thread is stopped and can be looked at.
  void lookThrough(int threadId) {
    reader = threadId;
  }

  int processId() {
    return processId;
  }

  /// The program's first instruction, as run; 0 when not known, or not yet: see [#program].
  long entry() {
    Image image = program();
    return image == null ? 0 : image.remote(image.elf().entry()).value();
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
    mappings.mayHaveChanged();
  }

  /// Forgets the stacks that were seen.
  void forgetStacks() {
    mappings.forgetStacks();
  }

  /// Takes the end of a call, which may have changed mappings.
  void returned(TraceEvent.Exited exited) {
    mappings.returned(exited.call(), exited.registers());
  }

  @Override
  public RemoteMemory memory() {
    return memory;
  }

  @Override
  public @Nullable StackMemory stacks() {
    return program() == null ? null : mappings.stacks();
  }

  @Override
  public @Nullable RemoteAddress handlerAt(RemoteAddress slot) {
    long entry = handlers.applyAsLong(slot.value());
    return entry == 0 ? null : new RemoteAddress(entry);
  }

  @Override
  public @Nullable Image at(RemoteAddress address) {
    Maps.Mapping mapping = find(address.value());
    return mapping == null ? null : image(mapping);
  }

  @Override
  public String whyNoImage(RemoteAddress address) {
    Maps.Mapping mapping = find(address.value());
    String why =
        mapping == null
            ? null
            : known.refused.get(new Loaded(mapping.device(), mapping.inode(), mapping.path(), 0));
    return why == null ? AddressSpace.super.whyNoImage(address) : why;
  }

  @Override
  public @Nullable FileOffset rawFile(RemoteAddress address) {
    Maps.Mapping mapping = find(address.value());
    if (mapping == null
        || mapping.deleted() // by which programs hide a file for code that they make
        || !mapping.path().startsWith("/")
        || mapping.path().startsWith("/dev/")
        || image(mapping) != null) {
      return null;
    }
    return new FileOffset(mapping.path(), address.value() - mapping.start() + mapping.fileOffset());
  }

  @Override
  public boolean isExecutable(RemoteAddress address) {
    Maps.Mapping mapping = find(address.value());
    return mapping != null && mapping.isExecutable();
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
    Boolean found = bindsNow;
    if (found == null) {
      String asked = ProcessFacts.environment(reader, "LD_BIND_NOW");
      found = (asked != null && !asked.isEmpty()) || interpreter().contains("/ld-musl");
      bindsNow = awaitsProgram() ? null : found;
    }
    return found;
  }

  private String interpreter() {
    Image image = program();
    try {
      return image == null ? "" : image.elf().interpreter();
    } catch (MalformedBinary e) {
      return "";
    }
  }

  /// The program's own object file; `null` when it cannot be read, and while a dynamic linker that
  /// was itself run (`ld.so PROGRAM`) has not mapped the program yet: then what the kernel started
  /// is the dynamic linker.
  @Override
  public @Nullable Image program() {
    Image found = program;
    if (found != null || start == 0) {
      return found;
    }
    Image started = at(new RemoteAddress(start));
    if (started == null) {
      return null;
    }
    program = isDynamicLinker(started) ? loaded(started) : started;
    return program;
  }

  /// Whether the kernel started a dynamic linker, which has not mapped the program yet.
  boolean awaitsProgram() {
    return start != 0 && program() == null && at(new RemoteAddress(start)) != null;
  }

  /// The program's name when a dynamic linker was run with it, for then the kernel's name of the
  /// process is the dynamic linker's; empty otherwise.
  String loadedName() {
    Image image = program();
    Image started = image == null ? null : at(new RemoteAddress(start));
    return image == null || started == null || started.equals(image) ? "" : image.shortName();
  }

  /// What the process runs.
  StartedProgram startedProgram() {
    Image image = program();
    String loaded = loadedName();
    return new StartedProgram(
        loaded.isEmpty() ? startedAs : loaded, image == null ? "" : image.name());
  }

  /// The name of the file that was handed to execve(2), without its directories.
  ///
  /// @param address where the kernel has put the path
  /// @return empty when it cannot be read, or is that of an open file (fexecve(3))
  private static String fileName(long address, RemoteMemory memory) {
    byte[] path = new byte[LONGEST_PATH];
    int length = address == 0 ? 0 : memory.read(address, path, 0, path.length);
    int start = 0;
    for (int i = 0; i < length && path[i] != 0; i++) {
      start = path[i] == '/' ? i + 1 : start;
    }
    int end = start;
    while (end < length && path[end] != 0) {
      end++;
    }
    String folder = new String(path, 0, start, StandardCharsets.UTF_8);
    boolean open = folder.startsWith("/dev/fd/") || folder.startsWith("/proc/");
    return open || end >= length
        ? ""
        : new String(path, start, end - start, StandardCharsets.UTF_8);
  }

  private static boolean isDynamicLinker(Image image) {
    try {
      boolean library = image.role() == Image.Role.LOADER || image.role() == Image.Role.C_LIBRARY;
      return library && image.elf().interpreter().isEmpty();
    } catch (MalformedBinary e) {
      return false;
    }
  }

  /// The program that a dynamic linker has mapped: what has a place for the debugger's list of
  /// libraries (`DT_DEBUG`), as linkers give it to programs only.
  private @Nullable Image loaded(Image linker) {
    mappings.mayHaveChanged();
    for (Image image : executables()) {
      if (!image.equals(linker) && isProgram(image) && isWholly(image)) {
        return image;
      }
    }
    return null;
  }

  private static boolean isProgram(Image image) {
    try {
      return image.elf().entry().value() != 0
          && image.elf().dynamic().value(DynamicSection.DEBUG).isPresent();
    } catch (MalformedBinary e) {
      return false;
    }
  }

  /// Whether each of its segments is where it belongs: a dynamic linker maps the first one as long
  /// as all of them, and then the others over it.
  private boolean isWholly(Image image) {
    for (Segment segment : image.elf().segments()) {
      if (segment.isLoad() && segment.fileSize() > 0) {
        long address = image.remote(segment.address()).value();
        Maps.Mapping mapping = find(address);
        if (mapping == null
            || !mapping.path().equals(image.name())
            || mapping.fileOffset() + (address - mapping.start()) != segment.offset()) {
          return false;
        }
      }
    }
    return true;
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
      String prefix = Abi.NATIVE.machine().vdsoPrefix();
      for (Symbol symbol : vdso.elf().dynamicSymbols()) {
        if (symbol.isDefined() && symbol.name().startsWith(prefix)) {
          names.add(symbol.name().substring(prefix.length()));
        }
      }
    } catch (MalformedBinary e) {
      return names;
    }
    return names;
  }

  /// The C library's name and version, of an image that is one or holds one.
  String libraryName(Image image) {
    return known.libraries.computeIfAbsent(
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
    return mappings.current(reader);
  }

  private @Nullable Image image(Maps.Mapping mapping) {
    if (mapping.path().equals("[vdso]")) {
      Loaded key = new Loaded(0, 0, mapping.path(), mapping.start());
      return known.images.computeIfAbsent(key, each -> vdso(mapping));
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
      Image image = known.images.get(key);
      if (image == null) {
        image = image(file, bias);
        known.images.put(key, image);
      }
      return image;
    } catch (MalformedBinary | Unsupported e) {
      return null;
    }
  }

  private @Nullable ObjectFile opened(Loaded key, Maps.Mapping mapping) {
    if (known.files.containsKey(key)) {
      return known.files.get(key);
    }
    ObjectFile file;
    try {
      file = objects.open(reader, mapping);
    } catch (IOException e) {
      file = null;
      known.refused.put(key, key.path() + " cannot be read: " + ObjectFiles.reason(e));
    } catch (MalformedBinary | Unsupported e) {
      file = null;
      known.refused.put(key, String.valueOf(e.getMessage()));
    }
    known.files.put(key, file);
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
              SplitDebugFiles.debugInfo(objects, file, found),
              found.file() == file.elf() ? null : found.file(),
              found.path(),
              found.rejected(),
              "",
              () -> "");
      case DebugFile.Missing missing ->
          Image.Debug.missing(missing.why(), missing.rejected(), missing::remedy);
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
              () -> Image.Debug.missing("the vDSO has no debug information", () -> ""));
        }
      }
      return null;
    } catch (MalformedBinary | Unsupported e) {
      return null;
    }
  }
}
