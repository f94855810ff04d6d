/// The kernel's own side of a system call: from its number to its table row, declaration,
/// implementation and entry path, out of a kernel's source, and what the running kernel says of it.
package trapline.kernel;
