package trapline.kernel;

import trapline.model.Place;

/// A row of a system call table, `<nr> <abi> <name> [entry [compat|- [noreturn]]]`
/// (`arch/x86/entry/syscalls/syscall_64.tbl`).
///
/// @param number the number in the table; x32 callers add `0x40000000`
/// @param tableAbi the row's second column: `common`, `64`, `x32` or `i386`
/// @param name the call's name
/// @param entry the entry point, such as `sys_socket`; empty when the row has none
/// @param compat the entry point for 32-bit callers of a 64-bit kernel; empty when it is `entry`
/// @param noReturn whether the row says that the call does not return
/// @param place the row's file and line
public record SyscallRow(
    int number,
    String tableAbi,
    String name,
    String entry,
    String compat,
    boolean noReturn,
    Place place) {}
