/// DWARF debug information, versions 2 to 5: which source line, function, inlined call and variable
/// an address belongs to. Reads sections that it is given, never files; lazy, so that one address
/// costs one unit. Expressions are handed out unevaluated.
@org.jspecify.annotations.NullMarked
package trapline.dwarf;
