package trapline.linux.vm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import trapline.linux.sys.ExtendedAttributes;
import trapline.linux.sys.FileStatus;

/// What the kernel checks of files besides mode and owner: capabilities and access control lists,
/// which the guest's files get, and flags of chattr(1), which not every kernel could set there, so
/// the guest's files never get them.
final class FileMarks {
  /// `struct vfs_cap_data` (capabilities(7)).
  private static final String CAPABILITIES = "security.capability";

  private static final List<String> CARRIED =
      List.of(CAPABILITIES, "system.posix_acl_access", "system.posix_acl_default");

  private static final int CAP_SYS_PTRACE = 19;

  /// An extended attribute.
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  record Attribute(String path, String name, byte[] value) {}

  private final Map<String, List<Attribute>> attributes = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();

  /// Looks at a file or directory of this machine.
  void look(String path) {
    FileStatus status = FileStatus.of(path, false);
    if (status.error() != 0 || attributes.containsKey(path)) {
      return;
    }
    if ((status.attributes() & FileStatus.IMMUTABLE) != 0) {
      notes.add(path + " is immutable here (chattr +i), in the guest it is not");
    }
    if ((status.attributes() & FileStatus.APPEND) != 0) {
      notes.add(path + " can only be appended to here (chattr +a), in the guest it can be changed");
    }
    List<Attribute> found = new ArrayList<>();
    for (String name : CARRIED) {
      byte[] value = ExtendedAttributes.value(path, name);
      if (value != null) {
        found.add(new Attribute(path, name, value));
      }
    }
    attributes.put(path, found);
  }

  /// What the reader must know.
  List<String> notes() {
    return notes;
  }

  /// The attributes that the program's run here was subject to. A file's capabilities are not given
  /// to a program that is traced by somebody who has no right to trace it then (ptrace(2)).
  List<Attribute> attributes(Credentials who) {
    boolean counts = (who.capabilities().effective() >>> CAP_SYS_PTRACE & 1) != 0;
    List<Attribute> all = new ArrayList<>();
    for (List<Attribute> each : attributes.values()) {
      for (Attribute one : each) {
        if (counts || !one.name().equals(CAPABILITIES)) {
          all.add(one);
        }
      }
    }
    return all;
  }
}
