package trapline.model;

/// One argument of a system call.
///
/// @param name the parameter's name in the kernel's definition
/// @param type its C type there, such as `struct sockaddr __user *`
/// @param raw the register's value at the trap
/// @param value what it means
public record Argument(String name, String type, long raw, ArgValue value) {}
