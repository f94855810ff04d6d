/// DWARF expressions: where a value lives, computed by a small stack machine (DWARF 5, sections 2.5
/// and 2.6).
package trapline.dwarf.expression;
