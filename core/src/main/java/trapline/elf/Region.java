package trapline.elf;

import trapline.bytes.Bytes;
import trapline.model.LinkAddress;

/// A run of a file's bytes together with the address at which they are loaded.
public record Region(LinkAddress address, Bytes data) {
  public boolean contains(LinkAddress at) {
    return Long.compareUnsigned(at.value() - address.value(), data.size()) < 0;
  }
}
