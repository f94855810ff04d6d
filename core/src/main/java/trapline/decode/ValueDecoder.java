package trapline.decode;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.abi.ConstantFamily;
import trapline.abi.FormatChoice;
import trapline.abi.Phase;
import trapline.abi.Signals;
import trapline.abi.StructLayout;
import trapline.model.Abi;
import trapline.model.ArgValue;

/// Decodes values by their formats: the one loop over the tables of [trapline.abi]. One instance
/// serves one stop of one thread.
final class ValueDecoder {
  private static final int PATH_MAX = 4096;
  private static final int DEEPEST = 16;

  private final Abi abi;
  private final DecodeContext context;
  private final Memory memory;
  private int depth;

  ValueDecoder(Abi abi, DecodeContext context) {
    this.abi = abi;
    this.context = context;
    this.memory = new Memory(context.memory());
  }

  Abi abi() {
    return abi;
  }

  Memory memory() {
    return memory;
  }

  Limits limits() {
    return context.limits();
  }

  /// What a register or memory cell means.
  ///
  /// @param raw bits beyond the width of `type` do not matter
  ArgValue decode(ArgFormat format, CType type, long raw, Scope scope) {
    if (depth >= DEEPEST) {
      return new ArgValue.Raw(raw);
    }
    depth++;
    try {
      return decodeOne(format, type, type.narrow(raw), scope);
    } finally {
      depth--;
    }
  }

  private ArgValue decodeOne(ArgFormat format, CType type, long value, Scope scope) {
    return switch (format.name()) {
      case "int" -> number(type, value);
      case "hex" -> new ArgValue.Num(value, hex(value));
      case "ptr" -> new ArgValue.Pointer(value);
      case "oct", "mode" -> FileModes.mode(value);
      case "fd" -> descriptor((int) value);
      case "dirfd" -> directory((int) value);
      case "signal" -> new ArgValue.Constant((int) value, Signals.name((int) value));
      case "const" -> constant(format.argument(0).name(), type, value);
      case "by" -> chosen(format, type, value, scope);
      case "path" -> string(value, PATH_MAX);
      case "str" -> string(value, limits().stringLength());
      case "bytes" -> bytes(value, scope.number(format.argument(0)));
      case "struct" ->
          format.arguments().size() == 1
              ? struct(format.argument(0).name(), value, scope)
              : SizedStructs.stored(this, format, value, scope);
      case "when" -> when(format, type, value, scope);
      case "then", "then_on", "also_on", "instead" ->
          decode(Afterwards.before(format), type, value, scope);
      case "array" -> array(format, type, value, scope);
      case "ref" -> reference(format, type, value, scope);
      default -> {
        Formatter formatter = Formatters.of(format.name());
        yield formatter == null
            ? new ArgValue.Raw(value)
            : formatter.decode(this, format, type, value, scope);
      }
    };
  }

  static String hex(long value) {
    return value == 0 ? "0" : "0x" + Long.toHexString(value);
  }

  /// Hexadecimal with `0x` even for 0.
  static String prefixedHex(long value) {
    return "0x" + Long.toHexString(value);
  }

  static ArgValue number(CType type, long value) {
    boolean owner = type.base().equals("uid_t") || type.base().equals("gid_t");
    if (owner && value == 0xffff_ffffL) {
      return new ArgValue.Num(-1, "-1");
    }
    return new ArgValue.Num(
        value, type.signed() ? Long.toString(value) : Long.toUnsignedString(value));
  }

  ArgValue descriptor(int fd) {
    return new ArgValue.Descriptor(fd, fd < 0 ? "" : context.descriptors().target(fd));
  }

  private ArgValue directory(int fd) {
    if (fd != DescriptorNames.WORKING_DIRECTORY) {
      return descriptor(fd);
    }
    String target = context.descriptors().target(fd);
    return new ArgValue.Constant(fd, target.isEmpty() ? "AT_FDCWD" : "AT_FDCWD<" + target + ">");
  }

  /// A constant of the width of its type: what has no name is shown as wide as it is.
  private static ArgValue constant(String familyName, CType type, long value) {
    ArgValue known = constant(familyName, value);
    boolean wide = value < 0 && type.size() == 4 && known.text().startsWith("0xffffffff");
    return wide ? constant(familyName, value & 0xffff_ffffL) : known;
  }

  static ArgValue constant(String familyName, long value) {
    ConstantFamily family = ConstantFamily.of(familyName);
    return family == null ? new ArgValue.Raw(value) : family.decode(value);
  }

  /// The names that a decoded value consists of; of a number without a name its decimal form.
  static List<String> names(ArgValue value) {
    return switch (value) {
      case ArgValue.Flags flags when !flags.names().isEmpty() -> flags.names();
      case ArgValue.Num number -> List.of(Long.toString(number.value()));
      default -> List.of(value.text());
    };
  }

  private ArgValue chosen(ArgFormat format, CType type, long value, Scope scope) {
    FormatChoice.Choice choice = choose(format, scope);
    if (choice == null) {
      return number(type, value);
    }
    return choice.phase() == Phase.ENTRY || isReturned(scope)
        ? decode(choice.format(), type, value, scope)
        : new ArgValue.Pointer(value);
  }

  private static boolean isReturned(Scope scope) {
    return scope.number(RESULT) != null;
  }

  private static final ArgFormat RESULT = new ArgFormat("ret", List.of());

  /// What a `by` format comes to for the values at hand.
  static FormatChoice.@Nullable Choice choose(ArgFormat format, Scope scope) {
    FormatChoice table = FormatChoice.of(format.argument(0).name());
    return table == null ? null : table.find(scope.constants(format.argument(1).name()));
  }

  /// The string at `address`.
  ///
  /// @param limit how many bytes of it are shown
  ArgValue string(long address, int limit) {
    if (address == 0) {
      return new ArgValue.Pointer(0);
    }
    byte[] bytes = memory.upTo(address, limit + 1);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        return Quoting.text(bytes, i, false);
      }
    }
    if (bytes.length == limit + 1) {
      return Quoting.text(bytes, limit, true);
    }
    return new ArgValue.Pointer(address);
  }

  /// A buffer.
  ///
  /// @param length how many bytes of it matter; `null` when that is not known
  ArgValue bytes(long address, @Nullable Long length) {
    if (address == 0 || length == null || length < 0) {
      return new ArgValue.Pointer(address);
    }
    int shown = (int) Math.min(length, limits().stringLength());
    byte[] bytes = memory.exactly(address, shown);
    return bytes == null
        ? new ArgValue.Pointer(address)
        : Quoting.text(bytes, shown, length > shown);
  }

  /// The structure at `address`.
  ArgValue struct(String name, long address, Scope scope) {
    StructLayout layout = StructLayout.of(name, abi);
    if (address == 0 || layout == null) {
      return new ArgValue.Pointer(address);
    }
    byte[] bytes = memory.exactly(address, layout.size());
    return bytes == null ? new ArgValue.Pointer(address) : struct(layout, bytes, 0, scope);
  }

  /// `when(LENGTH, FORMAT)`: memory that holds something when a number is not 0.
  private ArgValue when(ArgFormat format, CType type, long value, Scope scope) {
    Long number = scope.number(format.argument(0));
    return number == null || number == 0
        ? new ArgValue.Pointer(value)
        : decode(format.argument(1), type, value, scope);
  }

  /// The structure in `bytes` from `base` on. Members that they do not reach are left out, and the
  /// one that they end in is shown as the bytes that are there.
  ArgValue struct(StructLayout layout, byte[] bytes, int base, Scope outer) {
    StructScope scope = new StructScope(layout, bytes, base, outer, this);
    List<ArgValue.Field> fields = new ArrayList<>(layout.members().size());
    boolean abbreviated = false;
    for (StructLayout.Member member : layout.members()) {
      int at = base + member.offset();
      if (member.shown() == StructLayout.Shown.NEVER || at >= bytes.length) {
        continue;
      }
      if (member.shown() == StructLayout.Shown.IN_FULL && limits().abbreviate()) {
        abbreviated = true;
        continue;
      }
      ArgValue value =
          at + member.size() > bytes.length
              ? Quoting.hex(bytes, at, bytes.length)
              : member(member, bytes, base, scope);
      if (!isOmitted(value)) {
        boolean named = member.format().name().equals("bit_members");
        fields.add(new ArgValue.Field(named ? "" : member.name(), value));
      }
    }
    return new ArgValue.Struct(layout.name(), fields, abbreviated);
  }

  /// Stands for a value that is not to be shown at all.
  static final ArgValue OMITTED = new ArgValue.Num(0, "");

  static boolean isOmitted(ArgValue value) {
    return value.equals(OMITTED);
  }

  private ArgValue member(StructLayout.Member member, byte[] bytes, int base, Scope scope) {
    int at = base + member.offset();
    CType type = member.type();
    if (member.count() == 0) {
      return inPlace(member.format(), type, bytes, at, scope);
    }
    if (member.format().name().equals("str")) {
      int end = at;
      while (end < at + member.size() && bytes[end] != 0) {
        end++;
      }
      return new ArgValue.Text(Quoting.quote(bytes, at, end, false), false);
    }
    ArgValue address = Interfaces.address(member.format(), bytes, at, at + member.size());
    if (address != null) {
      return address;
    }
    int size = member.size() / member.count();
    ArgFormat format = member.format();
    if (format.name().equals("any")) {
      if (isZero(bytes, at, at + member.size())) {
        return OMITTED;
      }
      format = format.argument(0);
    }
    int shown = Math.min(member.count(), limits().arrayLength());
    List<ArgValue> elements = new ArrayList<>(shown);
    for (int i = 0; i < shown; i++) {
      elements.add(inPlace(format, type, bytes, at + i * size, scope));
    }
    return new ArgValue.Array(elements, shown < member.count());
  }

  static boolean isZero(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /// A value in `bytes`: a structure that lies there, or a cell of the type's width.
  private ArgValue inPlace(ArgFormat format, CType type, byte[] bytes, int at, Scope scope) {
    if (format.name().equals("struct") && type.pointers() == 0) {
      StructLayout layout = StructLayout.of(format.argument(0).name(), abi);
      return layout == null || at + layout.size() > bytes.length
          ? new ArgValue.Raw(0)
          : struct(layout, bytes, at, scope);
    }
    return decode(format, type, Memory.number(bytes, at, type.size()), scope);
  }

  private ArgValue array(ArgFormat format, CType type, long address, Scope scope) {
    Long count = scope.number(format.argument(1));
    if (count == null) {
      return new ArgValue.Pointer(address);
    }
    return array(format.argument(0), type.target(abi), address, count, scope);
  }

  /// An array.
  ///
  /// @param element the format of its elements
  /// @param type their type
  ArgValue array(ArgFormat element, CType type, long address, long count, Scope scope) {
    int size = sizeOf(element, type);
    if (address == 0 || count < 0 || size == 0) {
      return new ArgValue.Pointer(address);
    }
    int shown = (int) Math.min(count, limits().arrayLength());
    List<ArgValue> elements = new ArrayList<>(shown);
    byte[] bytes = memory.upTo(address, shown * size);
    if (bytes.length < size && shown > 0) {
      return new ArgValue.Pointer(address);
    }
    int whole = bytes.length / size;
    for (int i = 0; i < whole; i++) {
      elements.add(inPlace(element, type, bytes, i * size, scope));
    }
    if (whole < shown) {
      elements.add(new ArgValue.Unreadable(address + (long) whole * size, "not mapped"));
    }
    return new ArgValue.Array(elements, shown < count);
  }

  private int sizeOf(ArgFormat element, CType type) {
    if (element.name().equals("struct") && type.pointers() == 0) {
      StructLayout layout = StructLayout.of(element.argument(0).name(), abi);
      return layout == null ? 0 : layout.size();
    }
    return type.size();
  }

  private ArgValue reference(ArgFormat format, CType type, long address, Scope scope) {
    CType target = type.target(abi);
    Long value = address == 0 || target.size() == 0 ? null : memory.number(address, target.size());
    return value == null
        ? new ArgValue.Pointer(address)
        : new ArgValue.Array(List.of(decode(format.argument(0), target, value, scope)), false);
  }
}
