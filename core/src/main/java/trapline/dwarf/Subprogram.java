package trapline.dwarf;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.model.LinkAddress;
import trapline.model.Place;

/// A function that has code of its own, not inlined into another.
///
/// @param name what it is called
/// @param ranges its addresses, in the order of the debug information; the compiler may split cold
///     parts off
/// @param entry where calls enter it
/// @param frameBase what `DW_OP_fbreg` counts from, usable with the same context as the variables'
///     expressions; [LocationDescription.None] when not stated
/// @param returnType what it returns; `void` when nothing
/// @param declaration where it is declared; `null` when not stated
/// @param external whether other units can see it
public record Subprogram(
    FunctionName name,
    List<AddressRange> ranges,
    LinkAddress entry,
    LocationList frameBase,
    DataType returnType,
    @Nullable Place declaration,
    boolean external) {}
