package trapline.model;

/// An address as the object file states it, before the loader moves the file.
public record LinkAddress(long value) {
  @Override
  public String toString() {
    return "0x" + Long.toHexString(value);
  }
}
