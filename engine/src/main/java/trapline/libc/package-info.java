/// C libraries: those of the machine, those that were built, and running programs on one of them.
package trapline.libc;
