package trapline.journey;

import org.jspecify.annotations.Nullable;
import trapline.code.SymbolLookup;
import trapline.model.RemoteAddress;
import trapline.model.RemoteMemory;
import trapline.unwind.UnwindModules;

/// A traced process: its memory and the object files mapped in it, as they are while a thread is
/// stopped.
public interface AddressSpace extends UnwindModules {
  @Override
  @Nullable Image at(RemoteAddress address);

  /// The object file that is mapped under this path; `null` when there is none.
  @Nullable Image named(String path);

  /// Why [#at] has no object file for an address, in a sentence.
  default String whyNoImage(RemoteAddress address) {
    return isExecutable(address)
        ? "the code at " + address + " was made at run time: it is in no file"
        : "there is no code at " + address;
  }

  /// A place in a file that is mapped.
  record FileOffset(String path, long offset) {}

  /// The file that code is mapped from which [#at] has no object file for; `null` when it is in no
  /// file that has a name of its own.
  default @Nullable FileOffset rawFile(RemoteAddress address) {
    return null;
  }

  /// The object file that was started; `null` when that is not known (yet).
  @Nullable Image program();

  /// Whether memory at an address may be executed.
  boolean isExecutable(RemoteAddress address);

  RemoteMemory memory();

  /// The stacks that were seen in this memory; `null` when they are not kept.
  default @Nullable StackMemory stacks() {
    return null;
  }

  /// Where the signal handler begins that the kernel has called with its return address at `slot`.
  ///
  /// @return `null` when it was not seen
  default @Nullable RemoteAddress handlerAt(RemoteAddress slot) {
    return null;
  }

  /// Names addresses as `main+34`, `socket@plt`.
  default SymbolLookup symbols() {
    return address -> {
      RemoteAddress remote = new RemoteAddress(address);
      Image image = at(remote);
      String name = image == null ? null : image.describe(image.link(remote));
      return name == null || name.isEmpty() ? null : name;
    };
  }
}
