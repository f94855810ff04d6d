package trapline.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.abi.StructLayout;
import trapline.model.ArgValue;

/// Structures whose size in bytes is given by a length.
final class SizedStructs {
  /// The kernel reads no structure that is said to be larger than a page.
  private static final int LARGEST = 4096;

  private SizedStructs() {}

  /// `struct(NAME, LENGTH)`: the first bytes of a structure, as many as the kernel stored.
  static ArgValue stored(ValueDecoder decoder, ArgFormat format, long address, Scope scope) {
    StructLayout layout = StructLayout.of(format.argument(0).name(), decoder.abi());
    Long size = layout == null ? null : size(decoder, layout, format.argument(1), address, scope);
    if (layout == null || size == null || size <= 0) {
      return new ArgValue.Pointer(address);
    }
    int length = (int) Math.min(size, layout.size());
    byte[] bytes = decoder.memory().exactly(address, length);
    return bytes == null ? new ArgValue.Pointer(address) : decoder.struct(layout, bytes, 0, scope);
  }

  /// `extensible(NAME, LENGTH)`: a structure that the program says the size of, so that older
  /// kernels take newer ones (`copy_struct_from_user`, `include/linux/uaccess.h`). The kernel reads
  /// as much as it knows and refuses the rest unless it is zero.
  static ArgValue extensible(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    StructLayout layout = StructLayout.of(format.argument(0).name(), decoder.abi());
    Long size = layout == null ? null : size(decoder, layout, format.argument(1), raw, scope);
    if (layout == null || size == null) {
      return new ArgValue.Pointer(raw);
    }
    if (size >= 0 && size < layout.least()) {
      StructLayout.Member own = layout.member(format.argument(1).name());
      return own == null ? new ArgValue.Pointer(raw) : only(decoder, layout, own, raw, scope);
    }
    int length = size < 0 ? layout.size() : (int) Math.min(size, layout.size());
    byte[] bytes = decoder.memory().exactly(raw, length);
    if (bytes == null) {
      return new ArgValue.Pointer(raw);
    }
    byte[] taken = Arrays.copyOf(bytes, endOfMember(layout, length));
    ArgValue known = decoder.struct(layout, taken, 0, scope);
    return length == size ? known : withRest(decoder, known, raw, length, size);
  }

  /// Where the member ends that a structure of that length ends in: the kernel takes zeros for what
  /// it was not given.
  private static int endOfMember(StructLayout layout, int length) {
    int end = length;
    for (StructLayout.Member member : layout.members()) {
      boolean cut = member.offset() < length && member.offset() + member.size() > length;
      end = cut ? Math.max(end, member.offset() + member.size()) : end;
    }
    return end;
  }

  /// The stated size of the structure: in a member of its own, or in another argument or member. 0
  /// is the first version of a structure that allows it.
  private static @Nullable Long size(
      ValueDecoder decoder, StructLayout layout, ArgFormat length, long address, Scope scope) {
    if (address == 0) {
      return null;
    }
    Long size = new Within(decoder, layout, address, scope).number(length);
    return size != null && size == 0 && layout.zeroIsLeast() ? Long.valueOf(layout.least()) : size;
  }

  /// The members of a structure of which it is not known yet how many there are.
  private record Within(ValueDecoder decoder, StructLayout layout, long address, Scope outer)
      implements Scope {
    @Override
    public @Nullable Long named(String name) {
      StructLayout.Member own = layout.member(name);
      return own == null
          ? outer.named(name)
          : decoder.memory().number(address + own.offset(), own.type().size());
    }

    @Override
    public @Nullable Long before(String name) {
      return outer.before(name);
    }

    @Override
    public List<String> constants(String name) {
      return outer.constants(name);
    }
  }

  /// A structure that is too short to be read further than to the member with its size.
  private static ArgValue only(
      ValueDecoder decoder,
      StructLayout layout,
      StructLayout.Member member,
      long address,
      Scope scope) {
    Long value = decoder.memory().number(address + member.offset(), member.type().size());
    return value == null
        ? new ArgValue.Pointer(address)
        : new ArgValue.Struct(
            layout.name(),
            List.of(
                new ArgValue.Field(
                    member.name(), decoder.decode(member.format(), member.type(), value, scope))));
  }

  /// The bytes behind what is known of a structure, when one of them is not zero.
  private static ArgValue withRest(
      ValueDecoder decoder, ArgValue known, long address, int length, long size) {
    if (!(known instanceof ArgValue.Struct struct)) {
      return known;
    }
    if (size < 0 || size > LARGEST) {
      return new ArgValue.Struct(struct.type(), struct.fields(), true);
    }
    List<ArgValue.Field> fields = new ArrayList<>(struct.fields());
    byte[] rest = decoder.memory().exactly(address + length, (int) size - length);
    if (rest == null) {
      fields.add(
          new ArgValue.Field("", new ArgValue.Unreadable(address + length, "not all mapped")));
    } else if (!ValueDecoder.isZero(rest, 0, rest.length)) {
      fields.add(new ArgValue.Field("", rest(rest, length, decoder.limits().stringLength())));
    }
    return new ArgValue.Struct(struct.type(), fields, struct.abbreviated());
  }

  /// Bytes with where they are in their structure; of more than are shown those from the first one
  /// that is not zero.
  private static ArgValue rest(byte[] bytes, int offset, int limit) {
    int from = 0;
    while (bytes.length > limit && from < bytes.length - limit && bytes[from] == 0) {
      from++;
    }
    int to = Math.min(bytes.length, from + limit);
    boolean cut = to < bytes.length;
    String where = "/* bytes " + (offset + from) + ".." + (offset + bytes.length - 1) + " */ ";
    return new ArgValue.Text(where + Quoting.hex(bytes, from, to).text() + (cut ? "..." : ""), cut);
  }
}
