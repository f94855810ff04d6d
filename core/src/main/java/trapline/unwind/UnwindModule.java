package trapline.unwind;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.model.LinkAddress;

/// What the unwinder asks about one mapped object file.
public interface UnwindModule {
  /// Its path, or `[vdso]`.
  String name();

  /// What to add to a link address to get the address as run.
  long loadBias();

  /// Its call frame tables, the one to ask first first. Asked for only when a frame is in this
  /// file, and again for each: an implementation makes the list once.
  List<CallFrameInfo> tables();

  /// The link address where the file starts to run (`e_entry`); 0 when it has none.
  default long entryPoint() {
    return 0;
  }

  /// The function that the symbol table shows at an address; used only where no table covers it.
  ///
  /// @return `null` when no symbol is known to cover the address
  default @Nullable FunctionRange functionAt(LinkAddress address) {
    return null;
  }

  /// Takes that a table of the file could not be read, and why.
  default void damaged(String what) {}

  /// A function's place in its file.
  ///
  /// @param start the link address of its first instruction
  /// @param size in bytes; 0 when the symbol does not say
  /// @param name as in the symbol table
  record FunctionRange(long start, long size, String name) {}
}
