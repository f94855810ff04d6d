package trapline.decode;

/// What the traced program's file descriptors are open on.
@FunctionalInterface
public interface DescriptorNames {
  /// Stands for the working directory where a descriptor is expected (`AT_FDCWD`).
  int WORKING_DIRECTORY = -100;

  /// No descriptor is known.
  DescriptorNames NONE = fd -> "";

  /// What a descriptor is open on.
  ///
  /// @param fd the descriptor, or [#WORKING_DIRECTORY]
  /// @return such as `/etc/passwd`, `TCP:[0.0.0.0:8080]`, `pipe:[123]`; empty when unknown
  String target(int fd);
}
