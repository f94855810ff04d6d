package trapline.dwarf;

import java.util.Optional;
import trapline.bytes.Bytes;
import trapline.model.LinkAddress;

/// What expressions need from one unit.
final class UnitLookup implements UnitContext {
  private final Unit unit;

  UnitLookup(Unit unit) {
    this.unit = unit;
  }

  @Override
  public int version() {
    return unit.version;
  }

  @Override
  public int addressSize() {
    return unit.addressSize;
  }

  @Override
  public int offsetSize() {
    return unit.offsetSize;
  }

  @Override
  public LinkAddress address(long index) {
    synchronized (unit.file.diagnostics()) {
      return new LinkAddress(unit.address(index));
    }
  }

  @Override
  public DataType type(long unitOffset) {
    synchronized (unit.file.diagnostics()) {
      return Types.ofType(unit.entry(unitOffset));
    }
  }

  @Override
  public int encoding(long unitOffset) {
    synchronized (unit.file.diagnostics()) {
      Entry entry = unit.entry(unitOffset);
      return entry == null ? 0 : (int) entry.number(Attribute.ENCODING, 0);
    }
  }

  @Override
  public Optional<Bytes> expression(long unitOffset) {
    synchronized (unit.file.diagnostics()) {
      Entry entry = unit.entry(unitOffset);
      return entry == null
          ? Optional.empty()
          : Optional.ofNullable(entry.block(Attribute.LOCATION));
    }
  }
}
