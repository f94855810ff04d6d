package trapline.dwarf;

import org.jspecify.annotations.Nullable;
import trapline.model.Place;

/// A macro as a source line sees it.
///
/// @param name without parameters
/// @param text what stands behind `#define`: `MAX(a,b) ((a) > (b) ? (a) : (b))`
/// @param place of the definition; `null` when it stands in no file: the compiler's own, and those
///     of its command line
public record MacroDefinition(String name, String text, @Nullable Place place) {}
