package trapline.decode;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.abi.StructLayout;

/// The members of one structure in memory; names that it does not have are looked up around it.
final class StructScope implements Scope {
  private final StructLayout layout;
  private final byte[] bytes;
  private final int base;
  private final Scope outer;
  private final ValueDecoder decoder;

  StructScope(StructLayout layout, byte[] bytes, int base, Scope outer, ValueDecoder decoder) {
    this.layout = layout;
    this.bytes = bytes;
    this.base = base;
    this.outer = outer;
    this.decoder = decoder;
  }

  @Override
  public @Nullable Long named(String name) {
    StructLayout.Member member = layout.member(name);
    return member == null ? outer.named(name) : value(member);
  }

  @Override
  public @Nullable Long before(String name) {
    return outer.before(name);
  }

  @Override
  public List<String> constants(String name) {
    StructLayout.Member member = layout.member(name);
    if (member == null) {
      return outer.constants(name);
    }
    Long value = value(member);
    return value == null
        ? List.of()
        : ValueDecoder.names(decoder.decode(member.format(), member.type(), value, this));
  }

  private @Nullable Long value(StructLayout.Member member) {
    int size = member.type().size();
    int at = base + member.offset();
    return size == 0 || at + size > bytes.length
        ? null
        : member.type().narrow(Memory.number(bytes, at, size));
  }
}
