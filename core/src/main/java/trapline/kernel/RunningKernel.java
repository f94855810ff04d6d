package trapline.kernel;

import java.util.Optional;
import java.util.Set;

/// What can be asked of the kernel that runs. Reading it is the caller's job; the parsers are
/// [Kallsyms], [TracepointFormat] and [KernelConfig].
public interface RunningKernel {
  /// As `uname -r` says it; empty when there is none.
  String release();

  /// As `uname -v` says it, in which distributions put the package's version; empty when not known.
  default String version() {
    return "";
  }

  /// The addresses and types of these symbols.
  Kallsyms symbols(Set<String> names);

  /// `events/syscalls/NAME/format`, NAME being such as `sys_enter_socket`; empty when there is none
  /// or tracefs cannot be read.
  Optional<TracepointFormat> tracepoint(String name);

  /// Its configuration, [KernelConfig#unknown] when it does not show it.
  KernelConfig config();

  /// No running kernel to ask.
  RunningKernel NONE =
      new RunningKernel() {
        @Override
        public String release() {
          return "";
        }

        @Override
        public Kallsyms symbols(Set<String> names) {
          return Kallsyms.unavailable("not asked");
        }

        @Override
        public Optional<TracepointFormat> tracepoint(String name) {
          return Optional.empty();
        }

        @Override
        public KernelConfig config() {
          return KernelConfig.unknown();
        }
      };
}
