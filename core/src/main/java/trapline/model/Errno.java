package trapline.model;

/// An error that a system call can return.
///
/// @param number positive, as in `errno`
/// @param name such as `EADDRINUSE`; the number in decimal when it has no name
/// @param text what strerror(3) says of it
public record Errno(int number, String name, String text) {}
