/// Builds a C library from its source, so that its debug information and its source are at hand.
package trapline.libc.build;
