package trapline.linux.vm;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import trapline.linux.files.PrivateDirectory;

/// A kernel that guests can run, with what is known of it.
///
/// @param directory where all of it is kept
/// @param image the file that QEMU boots: the kernel's ELF file where it could be unpacked
/// @param vmlinux the kernel's ELF file, with its section `.BTF`; `null` when it could not be
///     unpacked from the image
/// @param digest SHA-256 of the image that was given, in lower case hexadecimal
/// @param release as `uname -r` says it
/// @param symbols `/proc/kallsyms` of the guest, compressed with gzip. The kernel is always at the
///     same addresses, so it holds for every guest with this kernel
/// @param memory the machine's memory when the kernel has booted, as `KeptMemory` reads it; `null`
///     when it was not kept
public record GuestKernel(
    PrivateDirectory directory,
    Path image,
    @Nullable Path vmlinux,
    String digest,
    String release,
    Path symbols,
    @Nullable Path memory) {}
