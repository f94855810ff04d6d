package trapline.dwarf;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.model.LinkAddress;
import trapline.model.Place;

/// A parameter or variable of a function, of an inlined call in it, or of a file.
///
/// @param name as the source has it
/// @param type its type
/// @param layout how that type lies in memory
/// @param parameter whether it is a parameter
/// @param artificial whether the compiler made it, such as `this`
/// @param function the function whose source declares it; for an inlined call, the inlined one;
///     [FunctionName#UNKNOWN] for a variable of a file
/// @param inlineDepth 0 in the innermost level of [DebugInfo#framesAt], counting outwards
/// @param scope the addresses of the block that declares it; empty for a variable of a file
/// @param locations where it is
/// @param declaration where it is declared; `null` when not stated
public record Variable(
    String name,
    DataType type,
    Layout layout,
    boolean parameter,
    boolean artificial,
    FunctionName function,
    int inlineDepth,
    List<AddressRange> scope,
    LocationList locations,
    @Nullable Place declaration) {
  /// Where it is when execution is at `pc`.
  public LocationDescription locationAt(LinkAddress pc) {
    return locations.at(pc);
  }

  /// The same under another name.
  Variable named(String other) {
    return new Variable(
        other,
        type,
        layout,
        parameter,
        artificial,
        function,
        inlineDepth,
        scope,
        locations,
        declaration);
  }
}
