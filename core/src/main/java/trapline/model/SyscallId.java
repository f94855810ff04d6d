package trapline.model;

/// A system call's number in one ABI.
public record SyscallId(Abi abi, long number) {}
