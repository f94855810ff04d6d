/// A client of debuginfod (elfutils), which serves debug information and source files by build-id.
@org.jspecify.annotations.NullMarked
package trapline.linux.debuginfod;
