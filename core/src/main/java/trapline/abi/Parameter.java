package trapline.abi;

/// One parameter of a system call.
///
/// @param name its name in the kernel's definition
/// @param type its C type there, such as `struct sockaddr __user *`
/// @param phase when the memory that it points to is meaningful; [Phase#ENTRY] for plain values
/// @param format what its value, or the memory that it points to, means
public record Parameter(String name, String type, Phase phase, ArgFormat format) {}
