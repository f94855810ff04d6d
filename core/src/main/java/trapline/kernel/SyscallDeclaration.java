package trapline.kernel;

import java.util.List;
import trapline.model.Place;

/// A prototype of an entry point in the kernel's headers.
///
/// @param entry the function declared, such as `sys_socket`
/// @param text the prototype in one line
/// @param place the line on which it starts
/// @param conditions the `#if` conditions around it, outermost first, as C preprocessor expressions
public record SyscallDeclaration(String entry, String text, Place place, List<String> conditions) {
  public SyscallDeclaration {
    conditions = List.copyOf(conditions);
  }
}
