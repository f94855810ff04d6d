package trapline.decode;

import trapline.model.RemoteMemory;

/// What the decoder may look at besides the registers.
///
/// @param memory the program's memory, at the moment of the stop
/// @param descriptors what its descriptors are open on
/// @param limits how much is shown
public record DecodeContext(RemoteMemory memory, DescriptorNames descriptors, Limits limits) {
  /// Nothing but the registers: pointers stay addresses.
  public static final DecodeContext NOTHING =
      new DecodeContext((address, into, offset, length) -> 0, DescriptorNames.NONE, Limits.DEFAULT);
}
