package trapline.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A piece of the road walked instruction by instruction.
public sealed interface Step {
  /// One executed instruction.
  ///
  /// @param module the object file's short name
  /// @param changed the registers that it changed, with their new values
  record Executed(CodeLine code, String module, List<Hop.RegisterValue> changed) implements Step {
    public Executed {
      changed = List.copyOf(changed);
    }
  }

  /// The source line that the instructions behind it, up to the next one, are of.
  ///
  /// @param place `null` when none is known for them, and one was for those before
  /// @param text the line; `null` when the source file was not found
  record Source(@Nullable Place place, @Nullable String text) implements Step {}

  /// Many instructions shown as one line, such as the dynamic linker's resolver.
  ///
  /// @param what such as `_dl_runtime_resolve_xsavec (ld-linux-x86-64.so.2)`
  record Collapsed(String what, long instructions) implements Step {}

  /// The trap into the kernel and back.
  record Trap(String call, String result) implements Step {}
}
