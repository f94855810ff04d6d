package trapline.linux.cause;

import trapline.linux.sys.ExtendedAttributes;
import trapline.linux.sys.FileStatus;

/// A file as the kernel's permission checks see it.
///
/// @param path as it is called in the process's own root
/// @param real where this process finds it, below `/proc/PID/root`
/// @param status what statx(2) says
record FileFacts(String path, String real, FileStatus status) {
  private static final int TYPE = 0xf000;
  private static final int DIRECTORY = 0x4000;
  private static final int LINK = 0xa000;
  private static final int STICKY = 01000;

  int mode() {
    return status.mode();
  }

  long user() {
    return status.user();
  }

  long group() {
    return status.group();
  }

  /// Whether an access control list says more than the mode (acl(5)).
  boolean hasList() {
    return ExtendedAttributes.has(real, "system.posix_acl_access");
  }

  boolean isDirectory() {
    return (mode() & TYPE) == DIRECTORY;
  }

  boolean isLink() {
    return (mode() & TYPE) == LINK;
  }

  boolean isSticky() {
    return (mode() & STICKY) != 0;
  }

  boolean isImmutable() {
    return (status.attributes() & FileStatus.IMMUTABLE) != 0;
  }

  boolean isAppendOnly() {
    return (status.attributes() & FileStatus.APPEND) != 0;
  }

  /// `a directory`, `a FIFO`.
  String kind() {
    return switch (mode() & TYPE) {
      case DIRECTORY -> "a directory";
      case LINK -> "a symbolic link";
      case 0x8000 -> "a regular file";
      case 0x1000 -> "a FIFO";
      case 0xc000 -> "a socket";
      case 0x2000 -> "a character device";
      case 0x6000 -> "a block device";
      default -> "a file of an unknown type";
    };
  }

  /// `mode 0750, owner 0:4`.
  String rights() {
    return "mode "
        + String.format(java.util.Locale.ROOT, "%04o", mode() & 07777)
        + ", owner "
        + user()
        + ":"
        + group();
  }
}
