package trapline.dwarf;

import java.util.List;
import java.util.Optional;
import trapline.model.Diagnostic;
import trapline.model.LinkAddress;

/// What the DWARF debug information of one object file says about its addresses.
///
/// Nothing is read before it is asked for, and one address costs the reading of one unit. A unit
/// that is broken gives no answer for its own addresses and a [Diagnostic]; the others still
/// answer. Only a section that cannot be had makes a method throw.
///
/// Safe for use by several threads.
public final class DebugInfo {
  private DebugInfo() {}

  /// A view of an object file's debug information. Reads nothing yet.
  ///
  /// @param main the sections of the file, or of its separate debug file
  /// @param others finds split, package and alternate files
  public static DebugInfo of(DwarfSections main, SupplementaryFiles others) {
    return new DebugInfo();
  }

  /// Whether there is anything to ask: a line table or entries.
  public boolean isPresent() {
    return false;
  }

  /// The row of the line table that covers an address.
  public Optional<LineEntry> lineAt(LinkAddress address) {
    return Optional.empty();
  }

  /// The machine code of the source line that an address belongs to.
  public Optional<Statement> statementAt(LinkAddress address) {
    return Optional.empty();
  }

  /// The functions that an address is in, innermost first, inlined calls as levels of their own.
  ///
  /// @return no levels when nothing is known; one without a function when only the line is
  public List<SourceFrame> framesAt(LinkAddress address) {
    return List.of();
  }

  /// The function whose code has an address, with inlined calls looked through.
  public Optional<Subprogram> subprogramAt(LinkAddress address) {
    return Optional.empty();
  }

  /// The parameters and variables in scope at an address: those of the innermost block first, those
  /// of a file not included.
  public List<Variable> variablesAt(LinkAddress address) {
    return List.of();
  }

  /// The parameters and variables of the function at `range`'s start whose scope has an address in
  /// common with `range`, innermost block first.
  public List<Variable> variablesIn(AddressRange range) {
    return List.of();
  }

  /// What could not be read so far, each defect once.
  public List<Diagnostic> diagnostics() {
    return List.of();
  }
}
