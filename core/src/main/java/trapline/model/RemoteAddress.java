package trapline.model;

/// An address in the traced program's memory.
public record RemoteAddress(long value) {
  @Override
  public String toString() {
    return "0x" + Long.toHexString(value);
  }
}
