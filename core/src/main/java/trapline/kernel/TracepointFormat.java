package trapline.kernel;

import java.util.List;
import trapline.bytes.Bytes;

/// The fields of a tracepoint of the running kernel, from `events/GROUP/NAME/format` in tracefs.
///
/// @param name such as `sys_enter_socket`
/// @param id the tracepoint's number
/// @param fields without the common ones
public record TracepointFormat(String name, int id, List<Field> fields) {
  public TracepointFormat {
    fields = List.copyOf(fields);
  }

  /// @param type as it stands there, such as `struct sockaddr *`
  /// @param offset in bytes from the record's start
  /// @param size in bytes
  public record Field(String type, String name, int offset, int size, boolean signed) {}

  /// @throws trapline.model.MalformedBinary when the text is not such a format
  public static TracepointFormat parse(Bytes text) {
    return new TracepointFormat("", 0, List.of());
  }

  /// How this tracepoint differs from a definition in number, names or types of the arguments.
  ///
  /// @return a sentence for each difference; empty when they agree
  public List<String> differences(SyscallDefinition definition) {
    return List.of();
  }
}
