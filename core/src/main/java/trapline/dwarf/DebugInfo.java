package trapline.dwarf;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import trapline.model.Diagnostic;
import trapline.model.LinkAddress;
import trapline.model.MalformedBinary;
import trapline.model.Place;

/// What the DWARF debug information of one object file says about its addresses.
///
/// Nothing is read before it is asked for, and one address costs the reading of one unit. A unit
/// that is broken gives no answer for its own addresses and a [Diagnostic]; the others still
/// answer. No method throws because of what a section holds. A section that cannot be had counts as
/// one without bytes, and a diagnostic says why.
///
/// Safe for use by several threads, which wait for each other.
public final class DebugInfo {
  /// How many bytes of units one search for a variable may go through.
  private static final long MOST_SEARCHED = 16 << 20;

  /// Also the lock: everything that this object reaches is guarded by it.
  private final Diagnostics diagnostics = new Diagnostics();

  private final DebugFile file;
  private final AddressIndex addresses;
  private final SplitUnits splitUnits;

  private DebugInfo(DwarfSections main, SupplementaryFiles others) {
    file = DebugFile.main(main, others, diagnostics);
    addresses = new AddressIndex(file);
    splitUnits = new SplitUnits(file);
  }

  /// A view of an object file's debug information. Reads nothing yet.
  ///
  /// @param main the sections of the file, or of its separate debug file
  /// @param others finds split, package and alternate files
  public static DebugInfo of(DwarfSections main, SupplementaryFiles others) {
    return new DebugInfo(main, others);
  }

  /// Whether there is anything to ask.
  public boolean isPresent() {
    synchronized (diagnostics) {
      return !file.section(".debug_info").isEmpty();
    }
  }

  /// The row of the line table that covers an address.
  public Optional<LineEntry> lineAt(LinkAddress address) {
    return first(address, unit -> line(unit, address));
  }

  /// The machine code of the source line that an address belongs to.
  public Optional<Statement> statementAt(LinkAddress address) {
    return first(
        address,
        unit -> {
          LineTable lines = unit.lines();
          int row = lines.row(address.value());
          if (row < 0) {
            return null;
          }
          FunctionIndex index = splitUnits.full(unit).functions();
          int function = index.function(address.value());
          long[] within = function < 0 ? new long[0] : index.ranges(function);
          return LineFinder.statement(lines, row, address, within);
        });
  }

  /// The macros among some names that a source line sees, as the unit with the code at an address
  /// tells.
  ///
  /// @param line as [#lineAt] or [#framesAt] states it
  /// @return those that are known to be macros there, in the order of `names`
  public List<MacroDefinition> macrosAt(LinkAddress address, Place line, Collection<String> names) {
    return first(
            address,
            unit -> {
              List<MacroDefinition> macros = MacroScan.at(splitUnits.full(unit), line, names);
              return macros.isEmpty() ? null : macros;
            })
        .orElse(List.of());
  }

  /// The functions that an address is in, innermost first, inlined calls as levels of their own.
  ///
  /// @return no levels when nothing is known; one without a function when only the line is
  public List<SourceFrame> framesAt(LinkAddress address) {
    Optional<List<SourceFrame>> frames =
        first(
            address,
            unit -> {
              LineEntry line = attempt(unit, u -> line(u, address));
              List<SourceFrame> levels = FrameFinder.frames(splitUnits.full(unit), address, line);
              return levels.isEmpty() ? null : levels;
            });
    if (frames.isPresent()) {
      return frames.get();
    }
    Optional<LineEntry> line = lineAt(address);
    if (line.isEmpty()) {
      return List.of();
    }
    LineEntry row = line.get();
    return List.of(
        new SourceFrame(FunctionName.UNKNOWN, row.place(), row.column(), false, null, null));
  }

  /// The function whose code has an address, with inlined calls looked through.
  public Optional<Subprogram> subprogramAt(LinkAddress address) {
    return first(address, unit -> FrameFinder.subprogram(splitUnits.full(unit), address));
  }

  /// The call that returns to an address.
  public Optional<CallSite> callReturningTo(LinkAddress address) {
    LinkAddress call = new LinkAddress(address.value() - 1);
    return first(call, unit -> CallSiteFinder.returningTo(splitUnits.full(unit), address));
  }

  /// The tail calls of the function that is entered at an address; empty when none is.
  public Optional<CallSite.TailCalls> tailCallsOf(LinkAddress entry) {
    return first(entry, unit -> CallSiteFinder.tailCalls(splitUnits.full(unit), entry));
  }

  /// The parameters and variables in scope at an address: those of the innermost block first, those
  /// of a file not included.
  public List<Variable> variablesAt(LinkAddress address) {
    return first(address, unit -> VariableFinder.at(splitUnits.full(unit), address))
        .orElse(List.of());
  }

  /// The parameters and variables of the function at `range`'s start whose scope has an address in
  /// common with `range`, innermost block first. Those of inlined calls that do not cover the start
  /// have -1 as their inline depth.
  public List<Variable> variablesIn(AddressRange range) {
    return first(range.start(), unit -> VariableFinder.in(splitUnits.full(unit), range))
        .orElse(List.of());
  }

  /// The variable outside of functions that has the byte at an address. The unit with the code at
  /// `pc` is asked first, then the others as long as they are not too many.
  ///
  /// @param pc where the variable is used
  /// @param data as the file states it
  public Optional<FileVariable> fileVariableAt(LinkAddress pc, LinkAddress data) {
    synchronized (diagnostics) {
      Optional<FileVariable> near = first(pc, unit -> fileVariable(unit, data));
      if (near.isPresent()) {
        return near;
      }
      long read = 0;
      for (int offset : file.unitOffsets()) {
        FileVariable found = null;
        try {
          Unit unit = file.unitAt(offset);
          read += unit.end - unit.offset;
          if (read > MOST_SEARCHED) {
            break;
          }
          if (!unit.isTypeUnit()) {
            found = attempt(unit, u -> fileVariable(u, data));
          }
        } catch (MalformedBinary broken) {
          diagnostics.add("unit 0x" + Integer.toHexString(offset), broken);
        }
        if (found != null) {
          return Optional.of(found);
        }
      }
      return Optional.empty();
    }
  }

  private @Nullable FileVariable fileVariable(Unit unit, LinkAddress data) {
    unit.allowLists();
    return splitUnits.full(unit).fileVariables().at(data.value());
  }

  /// What could not be read so far that an address may be concerned by, each defect once. Whatever
  /// is to be known of the address has to be asked for before.
  public List<Diagnostic> defectsAt(LinkAddress address) {
    synchronized (diagnostics) {
      Set<Integer> units = new HashSet<>();
      for (Unit unit : units(address)) {
        units.add(unit.offset);
      }
      return diagnostics.of(units);
    }
  }

  /// What could not be read so far, each defect once.
  public List<Diagnostic> diagnostics() {
    synchronized (diagnostics) {
      return diagnostics.list();
    }
  }

  private static @Nullable LineEntry line(Unit unit, LinkAddress address) {
    LineTable lines = unit.lines();
    int row = lines.row(address.value());
    return row < 0 ? null : lines.entry(row);
  }

  /// The first answer among the units that may have an address.
  private <T> Optional<T> first(LinkAddress address, Function<Unit, @Nullable T> question) {
    synchronized (diagnostics) {
      for (Unit unit : units(address)) {
        T answer = attempt(unit, question);
        if (answer != null) {
          return Optional.of(answer);
        }
      }
      return Optional.empty();
    }
  }

  private List<Unit> units(LinkAddress address) {
    List<Unit> units = new ArrayList<>();
    int[] offsets;
    try {
      offsets = addresses.units(address.value());
    } catch (MalformedBinary broken) {
      diagnostics.add("the list of units", broken);
      return units;
    }
    for (int offset : offsets) {
      try {
        units.add(file.unitAt(offset));
      } catch (MalformedBinary broken) {
        diagnostics.add("unit 0x" + Integer.toHexString(offset), broken);
      }
    }
    return units;
  }

  /// An answer of one unit; `null`, with a diagnostic, when the unit is broken.
  private <T> @Nullable T attempt(Unit unit, Function<Unit, @Nullable T> question) {
    int before = diagnostics.asking(unit.offset);
    try {
      return question.apply(unit);
    } catch (MalformedBinary broken) {
      diagnostics.add(unit.toString(), broken);
      return null;
    } finally {
      diagnostics.asking(before);
    }
  }
}
