/// Opens the object files of traced programs and finds their separate debug information.
///
/// Files are mapped, not read: to name one line of libc, only the pages that say it are touched.
package trapline.linux.objects;
