package trapline.libc.build;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What to build and how.
///
/// @param source a directory, a tarball, or a version such as `glibc-2.36`
/// @param sha256 that of the source's tarball, in lower case; empty when it was not given
/// @param prefix where to install it; `null` for a directory of Trapline's own
/// @param name what it is registered as; empty for kind and version, such as `glibc-2.36`
/// @param cflags what the compiler is given
/// @param jobs how many commands run at a time, at least 1
public record BuildRequest(
    String source, String sha256, @Nullable Path prefix, String name, String cflags, int jobs) {
  /// Everything that debuggers can use, and code that still is as it was written.
  public static final String DEFAULT_CFLAGS = "-g -g3 -ggdb -gdwarf-4 -Og";
}
