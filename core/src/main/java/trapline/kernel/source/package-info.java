/// Reads a kernel's source, a tree or a tarball, and finds in it what an index holds.
package trapline.kernel.source;
