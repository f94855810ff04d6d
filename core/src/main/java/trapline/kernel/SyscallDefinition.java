package trapline.kernel;

import java.util.List;
import trapline.model.Place;

/// A definition of an entry point in the kernel's source.
///
/// @param entry the entry point that it defines, such as `sys_socket` or `compat_sys_ioctl`
/// @param macro `SYSCALL_DEFINE3`, `COMPAT_SYSCALL_DEFINE2`; empty for a plain C function
/// @param signature the head of the definition in one line, such as `SYSCALL_DEFINE3(socket, int,
///     family, int, type, int, protocol)`
/// @param arguments type and name of each argument; empty when it takes none
/// @param place the line on which it starts
/// @param endLine the line of the closing brace
/// @param conditions the `#if` conditions around it, outermost first, as C preprocessor expressions
/// @param gates what Kbuild asks for before it compiles the file, outermost directory first, such
///     as `CONFIG_NET`; each is an expression that must hold
public record SyscallDefinition(
    String entry,
    String macro,
    String signature,
    List<Parameter> arguments,
    Place place,
    int endLine,
    List<String> conditions,
    List<String> gates) {
  /// The gate of a definition in a file that no makefile names. It cannot be evaluated.
  public static final String NOT_BUILT = "MAKE(named by no makefile)";

  public SyscallDefinition {
    arguments = List.copyOf(arguments);
    conditions = List.copyOf(conditions);
    gates = List.copyOf(gates);
  }

  /// The arguments as C writes them: `int fd, void __user *buf`; empty when it takes none.
  public String argumentText() {
    StringBuilder text = new StringBuilder();
    for (Parameter argument : arguments) {
      text.append(text.isEmpty() ? "" : ", ").append(argument.text());
    }
    return text.toString();
  }

  /// All that must hold for it to be compiled: the gates, then the conditions.
  public List<String> requirements() {
    List<String> all = new java.util.ArrayList<>(gates);
    all.addAll(conditions);
    return all;
  }

  /// The same text as a definition of another entry point, under a further condition.
  public SyscallDefinition as(String otherEntry, String condition) {
    List<String> all = new java.util.ArrayList<>(conditions);
    all.add(condition);
    return new SyscallDefinition(
        otherEntry, macro, signature, arguments, place, endLine, all, gates);
  }

  /// A parameter.
  ///
  /// @param type its C type, such as `struct sockaddr __user *`
  public record Parameter(String type, String name) {
    /// Type and name as C writes them.
    public String text() {
      return type.endsWith("*") || name.isEmpty() ? type + name : type + " " + name;
    }
  }
}
