/// Finds the libraries that a dynamic linker would load for a program. Files are read for that;
/// nothing is run.
package trapline.linux.loader;
