package trapline.linux.cause;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.abi.Parameter;
import trapline.abi.SyscallSignature;
import trapline.abi.SyscallTable;
import trapline.model.Argument;
import trapline.model.RemoteMemory;
import trapline.model.SyscallId;

/// A call that failed, while its thread is stopped at its end.
///
/// @param name the call's
/// @param errno the error's name, such as `EACCES`
/// @param process the calling process
/// @param thread the calling thread
/// @param arguments as decoded; only the registers' values are used
/// @param paths those that it names, in the order of its arguments
/// @param memory what the arguments pointed to before the call ([PassedMemory])
public record FailedCall(
    SyscallId id,
    String name,
    String errno,
    int process,
    int thread,
    List<Argument> arguments,
    List<NamedPath> paths,
    RemoteMemory memory) {
  public FailedCall {
    arguments = List.copyOf(arguments);
    paths = List.copyOf(paths);
  }

  /// The register of the argument with this name; `missing` when the call has none.
  long argument(String parameter, long missing) {
    for (Argument each : arguments) {
      if (each.name().equals(parameter)) {
        return each.raw();
      }
    }
    return missing;
  }

  /// The first argument that is a file descriptor; -1 when none is.
  int descriptor() {
    int index = indexOf("fd");
    return index < 0 ? -1 : (int) arguments.get(index).raw();
  }

  /// The index of the first argument whose format is called so; -1 when none is.
  int indexOf(String format) {
    return indexOf(format, id, arguments);
  }

  static int indexOf(String format, SyscallId id, List<Argument> arguments) {
    SyscallSignature signature = SyscallTable.of(id.abi()).byNumber(id.number());
    if (signature == null) {
      return -1;
    }
    List<Parameter> parameters = signature.parameters();
    for (int i = 0; i < parameters.size() && i < arguments.size(); i++) {
      if (parameters.get(i).format().name().equals(format)) {
        return i;
      }
    }
    return -1;
  }

  /// The socket address that the call passes; `null` when it passes none that can be read.
  @Nullable SocketAddress address() {
    int index = indexOf("sockaddr");
    if (index < 0 || index + 1 >= arguments.size()) {
      return null;
    }
    return SocketAddress.read(memory, arguments.get(index).raw(), arguments.get(index + 1).raw());
  }

  /// A file below the thread's directory in `/proc`.
  String proc(String file) {
    return "/proc/" + thread + "/" + file;
  }
}
