package trapline.kernel;

import trapline.model.Place;

/// The definition of a kernel function.
///
/// @param name its name; for one that a macro of the `SYSCALL_DEFINE` family heads the entry point,
///     such as `sys_socket`
/// @param place the line of its name, or of the macro's
/// @param isStatic whether it is local to its file
/// @param macro the macro that heads it, such as `SYSCALL_DEFINE3` or `SYM_FUNC_START`; often empty
public record KernelFunction(String name, Place place, boolean isStatic, String macro) {}
