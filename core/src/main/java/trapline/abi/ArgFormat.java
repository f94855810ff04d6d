package trapline.abi;

/// What a value means: the formats of the call table and of the structure layouts.
///
/// A format is written as `name` or `name(argument, …)`; see the head of `syscalls.txt`.
///
/// @param name such as `fd`, `flags`, `struct`, `bytes`
/// @param arguments family or structure names, element formats, length sources
public record ArgFormat(String name, java.util.List<String> arguments) {}
