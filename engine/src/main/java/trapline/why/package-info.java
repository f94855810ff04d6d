/// Explains failed calls: has the kernel observed while it serves them, and joins what it did to
/// the program's own side.
package trapline.why;
