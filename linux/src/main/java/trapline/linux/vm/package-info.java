/// Runs a program in a guest kernel under QEMU and records, instruction by instruction, what that
/// kernel does in chosen system calls.
@org.jspecify.annotations.NullMarked
package trapline.linux.vm;
