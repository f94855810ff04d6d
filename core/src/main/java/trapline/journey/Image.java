package trapline.journey;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.dwarf.DebugInfo;
import trapline.elf.ElfFile;
import trapline.elf.GotSlot;
import trapline.elf.PltStub;
import trapline.elf.Region;
import trapline.elf.Section;
import trapline.elf.Symbol;
import trapline.model.Diagnostic;
import trapline.model.LinkAddress;
import trapline.model.MalformedBinary;
import trapline.model.RemoteAddress;
import trapline.model.Unsupported;
import trapline.unwind.CallFrameInfo;
import trapline.unwind.FrameDescription;
import trapline.unwind.UnwindModule;

/// One object file as a traced process has it mapped.
///
/// What is damaged in the file is treated as missing: a trace goes on with what can be read.
/// Not safe for use by several threads.
public final class Image implements UnwindModule {
  /// What part an object file plays.
  public enum Role {
    /// The program or one of its own libraries.
    PROGRAM,
    /// The C library, whose wrappers make the calls.
    C_LIBRARY,
    /// The dynamic linker. In musl it is the C library, too, and counts as that.
    LOADER,
    /// The kernel's own code in every process.
    VDSO
  }

  /// The debug information of an object file, and where it was found or why it was not.
  ///
  /// @param info `null` when there is none
  /// @param symbols the separate debug file, whose symbol table is fuller; `null` when there is
  ///     none
  /// @param file where it was read
  /// @param notes what is wrong with it, or with another file that was taken for it first
  /// @param missing why there is none; empty when there is
  /// @param remedy tells what would bring it, empty when there is nothing to do; may be slow
  public record Debug(
      @Nullable DebugInfo info,
      @Nullable ElfFile symbols,
      String file,
      List<Diagnostic> notes,
      String missing,
      Supplier<String> remedy) {
    public Debug {
      notes = List.copyOf(notes);
    }

    /// No debug information.
    public static Debug missing(String why, Supplier<String> remedy) {
      return missing(why, List.of(), remedy);
    }

    /// No debug information, but files that were taken for it.
    public static Debug missing(String why, List<Diagnostic> notes, Supplier<String> remedy) {
      return new Debug(null, null, "", notes, why, remedy);
    }

    /// Why there is none and what would bring it, in one sentence.
    public String explanation() {
      String help = remedy.get();
      return help.isEmpty() ? missing : missing + ": " + help;
    }
  }

  /// A file with more defects is told of by the first ones.
  private static final int MOST_DAMAGE = 3;

  private final String path;
  private final long loadBias;
  private final ElfFile elf;
  private final Role role;
  private final Supplier<Debug> findDebug;
  private @Nullable Debug debug;
  private @Nullable List<CallFrameInfo> tables;
  private final Map<String, List<Symbol>> exported = new HashMap<>();

  /// What could not be read of tables that are asked for at every address.
  private final Set<Diagnostic> damage = new LinkedHashSet<>();

  /// @param path as the process has it mapped, or `[vdso]`
  /// @param loadBias what to add to a link address to get the address as run
  /// @param findDebug asked once, when debug information is first needed
  public Image(String path, long loadBias, ElfFile elf, Role role, Supplier<Debug> findDebug) {
    this.path = path;
    this.loadBias = loadBias;
    this.elf = elf;
    this.role = role;
    this.findDebug = findDebug;
  }

  /// The dynamic symbols of a name. To find them takes a walk over the whole table, so they are
  /// kept.
  /// Looks up the lines of functions beforehand, so that nobody need wait for it later.
  ///
  /// @param names functions that the file may export
  /// @param goesOn asked before each one
  public void lookAhead(List<String> names, BooleanSupplier goesOn) {
    DebugInfo info = debugInfo();
    for (String name : info == null ? List.<String>of() : names) {
      for (Symbol symbol : exported(name)) {
        if (info != null && symbol.isDefined() && goesOn.getAsBoolean()) {
          info.framesAt(symbol.address());
        }
      }
    }
  }

  List<Symbol> exported(String name) {
    return exported.computeIfAbsent(name, each -> elf.dynamicSymbols().named(each));
  }

  /// The role that a file's names tell.
  ///
  /// @param path of the file
  /// @param soname its `DT_SONAME`; empty when it has none
  public static Role roleOf(String path, String soname) {
    String name = soname.isEmpty() ? path.substring(path.lastIndexOf('/') + 1) : soname;
    if (path.equals("[vdso]")) {
      return Role.VDSO;
    }
    if (name.startsWith("ld-linux") || name.equals("ld.so") || name.equals("ld64.so.1")) {
      return Role.LOADER;
    }
    boolean library =
        name.equals("libc.so")
            || name.startsWith("libc.so.")
            || name.startsWith("libc-2.")
            || name.startsWith("ld-musl")
            || name.startsWith("libc.musl")
            || name.startsWith("libpthread.so.")
            || name.startsWith("libpthread-2.");
    return library ? Role.C_LIBRARY : Role.PROGRAM;
  }

  @Override
  public String name() {
    return path;
  }

  /// The file's name without its directories.
  public String shortName() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  @Override
  public long loadBias() {
    return loadBias;
  }

  public ElfFile elf() {
    return elf;
  }

  public Role role() {
    return role;
  }

  public LinkAddress link(RemoteAddress address) {
    return new LinkAddress(address.value() - loadBias);
  }

  public RemoteAddress remote(LinkAddress address) {
    return new RemoteAddress(address.value() + loadBias);
  }

  /// The debug information, found on first use.
  public Debug debug() {
    Debug found = debug;
    if (found == null) {
      try {
        found = findDebug.get();
      } catch (MalformedBinary | Unsupported e) {
        found = Debug.missing(String.valueOf(e.getMessage()), () -> "");
      }
      debug = found;
    }
    return found;
  }

  /// Debug information that has something to say; `null` otherwise.
  public @Nullable DebugInfo debugInfo() {
    return debug().info();
  }

  /// Why no line is known for an address that has been asked for, in one sentence.
  String whyNoLine(LinkAddress address) {
    Debug found = debug();
    if (!found.missing().isEmpty()) {
      return found.explanation();
    }
    List<Diagnostic> defects = defectsAt(address);
    if (defects.isEmpty()) {
      return "the debug information of " + shortName() + " has no line for this address";
    }
    Diagnostic first = defects.getFirst();
    String remedy = first.remedy().isEmpty() ? "" : "; " + first.remedy();
    return "the debug information of " + shortName() + " is not read: " + first.what() + remedy;
  }

  /// What is wrong with the file and its debug information, as far as it can concern an address
  /// that has been asked for.
  List<Diagnostic> notes(LinkAddress address) {
    List<Diagnostic> notes = new ArrayList<>(debug().notes());
    notes.addAll(elf.diagnostics());
    notes.addAll(defectsAt(address));
    notes.addAll(damage);
    if (tables != null) {
      for (CallFrameInfo table : tables) {
        if (!table.damage().isEmpty()) {
          notes.add(noUnwinding(table.damage()));
        }
      }
    }
    return notes;
  }

  private List<Diagnostic> defectsAt(LinkAddress address) {
    DebugInfo info = debug().info();
    return info == null ? List.of() : info.defectsAt(address);
  }

  @Override
  public List<CallFrameInfo> tables() {
    List<CallFrameInfo> known = tables;
    if (known != null) {
      return known;
    }
    List<CallFrameInfo> found = new ArrayList<>();
    try {
      Region frames = elf.ehFrame();
      if (frames != null) {
        Region header = elf.ehFrameHeader();
        found.add(
            CallFrameInfo.ofEhFrame(
                frames.data(),
                frames.address().value(),
                header == null ? null : header.data(),
                header == null ? 0 : header.address().value()));
      }
      Bytes own = elf.debugSection(".debug_frame");
      if (own != null && !own.isEmpty()) {
        found.add(CallFrameInfo.ofDebugFrame(own));
      } else if (frames == null || role != Role.VDSO) {
        ElfFile separate = debug().symbols();
        Bytes other = separate == null ? null : separate.debugSection(".debug_frame");
        if (other != null && !other.isEmpty()) {
          found.add(CallFrameInfo.ofDebugFrame(other));
        }
      }
    } catch (MalformedBinary | Unsupported e) {
      damaged("its call frame information cannot be read: " + e.getMessage());
    }
    tables = found;
    return found;
  }

  @Override
  public long entryPoint() {
    return elf.entry().value();
  }

  @Override
  public @Nullable FunctionRange functionAt(LinkAddress address) {
    Symbol symbol = symbolAt(address);
    return symbol == null
        ? null
        : new FunctionRange(symbol.address().value(), symbol.size(), symbol.name());
  }

  /// The symbol that covers an address, from the file or its separate debug file.
  public @Nullable Symbol symbolAt(LinkAddress address) {
    try {
      Symbol own = elf.functionAt(address);
      if (own != null && elf.hasFullSymbols()) {
        return own;
      }
      ElfFile separate = role == Role.VDSO ? null : debug().symbols();
      Symbol other = separate == null ? null : separate.functionAt(address);
      return other != null ? other : own;
    } catch (MalformedBinary e) {
      noSymbols(e);
      return null;
    }
  }

  /// The variable that covers an address, by its symbol in the file or its separate debug file.
  ///
  /// @return `null` when none does
  public @Nullable Symbol variableAt(LinkAddress address) {
    try {
      Symbol own = variableAt(elf, address);
      ElfFile separate = own != null || role == Role.VDSO ? null : debug().symbols();
      return separate == null ? own : variableAt(separate, address);
    } catch (MalformedBinary e) {
      noSymbols(e);
      return null;
    }
  }

  private static @Nullable Symbol variableAt(ElfFile file, LinkAddress address) {
    for (List<Symbol> table : List.<List<Symbol>>of(file.symbols(), file.dynamicSymbols())) {
      for (Symbol symbol : table) {
        if (symbol.type() == Symbol.OBJECT && symbol.isDefined() && symbol.contains(address)) {
          return symbol;
        }
      }
    }
    return null;
  }

  /// The name for an address with its distance from the function's start: `main+34`, `socket@plt`.
  ///
  /// @return `null` when nothing covers the address
  public @Nullable String describe(LinkAddress address) {
    try {
      PltStub stub = elf.plt().stubAt(address);
      if (stub != null) {
        return plus(stub.name(), address.value() - stub.address().value());
      }
    } catch (MalformedBinary e) {
      damaged("its linkage table cannot be read: " + e.getMessage());
      return null;
    }
    FunctionRange function = function(address);
    return function == null ? null : plus(function.name(), address.value() - function.start());
  }

  /// The name that a branch target or an operand in memory has in disassembly: a function or
  /// linkage stub, or the symbol that a slot leads to.
  ///
  /// @return `null` when it has none
  public @Nullable String nameOf(LinkAddress address) {
    try {
      Section section = elf.sectionAt(address);
      if (section == null || section.isExecutable()) {
        String name = describe(address);
        return name == null || name.isEmpty() ? null : name;
      }
      GotSlot slot = elf.plt().slotAt(address);
      Symbol leadsTo = slot == null ? null : slot.relocation().symbol();
      return leadsTo == null ? null : leadsTo.versionedName();
    } catch (MalformedBinary e) {
      return null;
    }
  }

  /// The function that covers an address: by its symbol, else by its unwind entry (without a name).
  ///
  /// @return `null` when neither covers it
  public @Nullable FunctionRange function(LinkAddress address) {
    FunctionRange named = functionAt(address);
    if (named != null) {
      return named;
    }
    for (CallFrameInfo table : tables()) {
      try {
        FrameDescription entry = table.descriptionAt(address).orElse(null);
        if (entry != null && Long.compareUnsigned(entry.start(), address.value()) <= 0) {
          return new FunctionRange(entry.start(), entry.end() - entry.start(), "");
        }
      } catch (MalformedBinary e) {
        damaged("its call frame information cannot be read: " + e.getMessage());
        return null;
      }
    }
    return null;
  }

  private Diagnostic noUnwinding(String why) {
    return defect("its call frame information cannot be read: " + why);
  }

  /// Reasons begin with the file's path, which is where the defect is.
  private Diagnostic defect(String what) {
    return new Diagnostic(path, what.replace(": " + path + ": ", ": "), "");
  }

  private void noSymbols(MalformedBinary why) {
    damaged("its symbols cannot be read: " + why.getMessage());
  }

  @Override
  public void damaged(String what) {
    if (damage.size() < MOST_DAMAGE) {
      damage.add(defect(what));
    }
  }

  private static String plus(String name, long offset) {
    if (name.isEmpty()) {
      return "";
    }
    return offset == 0 ? name : name + "+" + offset;
  }
}
