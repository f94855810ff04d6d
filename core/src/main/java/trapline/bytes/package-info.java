/// Bounded, immutable views of untrusted bytes: the only way object files and tables are read.
package trapline.bytes;
