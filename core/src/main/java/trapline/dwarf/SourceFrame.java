package trapline.dwarf;

import org.jspecify.annotations.Nullable;
import trapline.model.LinkAddress;
import trapline.model.Place;

/// One level of the functions that an address is in. An inlined call is a level of its own.
///
/// @param function its name; [FunctionName#UNKNOWN] when no function covers the address
/// @param place the line being executed: in the innermost level that of the line table, in the
///     others that of the inlined call; `null` when not known
/// @param column from 1; 0 when not stated
/// @param inlined whether this level was inlined into the next one
/// @param start the function's lowest address, or its entry where that is stated; `null` when no
///     function covers the address
/// @param declaration where the function is declared; `null` when not stated
public record SourceFrame(
    FunctionName function,
    @Nullable Place place,
    int column,
    boolean inlined,
    @Nullable LinkAddress start,
    @Nullable Place declaration) {}
