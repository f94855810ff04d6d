package trapline.journey;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.dwarf.AddressRange;
import trapline.dwarf.DataType;
import trapline.dwarf.DebugInfo;
import trapline.dwarf.FileVariable;
import trapline.dwarf.Layout;
import trapline.dwarf.Variable;
import trapline.dwarf.expression.Location;
import trapline.elf.Segment;
import trapline.model.LinkAddress;
import trapline.model.Registers;
import trapline.model.RemoteAddress;
import trapline.model.RemoteMemory;

/// Names what lies at an address as the source would: `fd`, `server->fd`, `fds[1]`, `*out`.
///
/// A name is given only for a value that the debug information has at exactly that address and in
/// that size.
final class Lvalues {
  /// How many pointers may be followed to a value.
  /// More is rather a chance: from a variable one can count to nearly all that lies behind it, such
  /// as the heap.
  private static final int MAX_INDEX = 4096;

  private static final int MAX_POINTERS = 3;

  private static final int MAX_VARIABLES = 1000;

  private final AddressSpace space;
  private final RemoteMemory memory;
  private final Image image;
  private final DebugInfo info;
  private final LinkAddress pc;
  private final Registers registers;
  private final FrameValues values;
  private final List<Variable> locals;

  private final List<Load> loads;

  /// @param memory as it was when the function was there
  /// @param pc where the function is
  /// @param registers as they are there
  /// @param values the frame's values there
  /// @param locals what is in scope there
  /// @param loads the pointers that the function has just read, the last one first
  Lvalues(
      AddressSpace space,
      RemoteMemory memory,
      Image image,
      DebugInfo info,
      LinkAddress pc,
      Registers registers,
      FrameValues values,
      List<Variable> locals,
      List<Load> loads) {
    this.space = space;
    this.memory = memory;
    this.image = image;
    this.info = info;
    this.pc = pc;
    this.registers = registers;
    this.values = values;
    this.locals = locals;
    this.loads = loads;
  }

  /// A pointer that the function has read from memory.
  ///
  /// @param address where it was
  record Load(long address, long value) {}

  /// An expression that names a value, and the value's type.
  record Lvalue(String text, Layout layout) {}

  /// The value of `size` bytes at an address; `null` when none is known to be there.
  ///
  /// @param base the register that the address was computed from; `null` when none was
  @Nullable Lvalue at(long address, int size, @Nullable Base base) {
    Lvalue found = find(address, size, 0);
    return found != null || base == null ? found : fromBase(address, size, base);
  }

  /// A pointer that is in a register and was used for an access.
  ///
  /// @param register its DWARF number
  record Base(int register, long value) {}

  /// A value at a distance from a pointer variable that is in a register.
  private @Nullable Lvalue fromBase(long address, int size, Base base) {
    Lvalue pointer = inRegister(base.register(), null);
    return pointer == null ? null : through(pointer, base.value(), address, size, true);
  }

  private @Nullable Lvalue find(long address, int size, int pointers) {
    for (int i = 0; i < locals.size() && i < MAX_VARIABLES; i++) {
      Variable variable = locals.get(i);
      long extent = variable.type().byteSize();
      if (values.locate(variable, pc) instanceof Location.Memory memory
          && extent > 0
          && Long.compareUnsigned(address - memory.address(), extent) < 0) {
        return inside(variable, address - memory.address(), size);
      }
    }
    Image owner = ownerOf(address);
    if (owner != null) {
      FileVariable global = global(owner, address);
      return global == null
          ? null
          : inside(global.variable(), address - owner.remote(global.start()).value(), size);
    }
    return pointers >= MAX_POINTERS ? null : pointedAt(address, size, pointers);
  }

  private static @Nullable Lvalue inside(Variable variable, long offset, int size) {
    Layout.Part part = variable.layout().partAt(offset, size);
    // The source calls nothing by a name for its namespaces without names.
    String name = variable.name().replace("(anonymous namespace)::", "");
    return part == null ? null : new Lvalue(name + part.path(), part.layout());
  }

  /// The object file whose data an address is in, the function's own first.
  private @Nullable Image ownerOf(long address) {
    LinkAddress link = image.link(new RemoteAddress(address));
    for (Segment segment : image.elf().segments()) {
      if (segment.isLoad() && segment.contains(link)) {
        return image;
      }
    }
    return space.at(new RemoteAddress(address));
  }

  private @Nullable FileVariable global(Image owner, long address) {
    LinkAddress link = owner.link(new RemoteAddress(address));
    if (owner == image) {
      return info.fileVariableAt(pc, link).orElse(null);
    }
    DebugInfo others = owner.debugInfo();
    return others == null ? null : others.fileVariableAt(link, link).orElse(null);
  }

  /// A value that a pointer leads to.
  private @Nullable Lvalue pointedAt(long address, int size, int pointers) {
    for (Load load : loads) {
      Lvalue pointer = find(load.address(), 8, pointers + 1);
      Lvalue found = pointer == null ? null : through(pointer, load.value(), address, size, true);
      if (found != null) {
        return found;
      }
    }
    for (int i = 0; i < locals.size() && i < MAX_VARIABLES; i++) {
      Variable variable = locals.get(i);
      DataType.Kind kind = variable.type().kind();
      if (kind != DataType.Kind.POINTER && kind != DataType.Kind.REFERENCE) {
        continue;
      }
      Long value = pointer(values.locate(variable, pc));
      Lvalue found =
          value == null
              ? null
              : through(
                  new Lvalue(variable.name(), variable.layout()), value, address, size, false);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /// The value of a pointer that is in memory or in a register; `null` when it cannot be read.
  private @Nullable Long pointer(@Nullable Location location) {
    return switch (location) {
      case Location.Memory at -> pointerAt(memory, at.address());
      case Location.Register in when in.number() < registers.architecture().dwarfCount() ->
          registers.dwarf(in.number());
      case Location.Value value -> value.bits();
      case null, default -> null;
    };
  }

  private static @Nullable Long pointerAt(RemoteMemory memory, long address) {
    byte[] bytes = memory.readExactly(address, 8);
    return bytes == null ? null : Bytes.of("memory", bytes).u64(0);
  }

  /// What a pointer's value leads to, when that is the value at `address`.
  ///
  /// @param used whether the pointer is known to have been used for the access, so that it may
  ///     count as one into an array
  private static @Nullable Lvalue through(
      Lvalue pointer, long value, long address, int size, boolean used) {
    Layout target = pointer.layout().target();
    long extent = target == null ? -1 : target.type().byteSize();
    if (target == null || extent <= 0) {
      return null;
    }
    long distance = address - value;
    boolean reference = pointer.layout().type().kind() == DataType.Kind.REFERENCE;
    long index = distance / extent;
    if (distance < 0 || (index > 0 && (!used || reference || index > MAX_INDEX))) {
      return null;
    }
    Layout.Part part = target.partAt(distance % extent, size);
    if (part == null) {
      return null;
    }
    String name = pointer.text();
    String path = part.path();
    String text;
    if (reference) {
      text = name + path;
    } else if (index > 0) {
      text = name + "[" + index + "]" + path;
    } else if (path.startsWith(".")) {
      text = name + "->" + path.substring(1);
    } else {
      text = path.isEmpty() ? "*" + name : "(*" + name + ")" + path;
    }
    return new Lvalue(text, part.layout());
  }

  /// All that may be the place of a value that a register holds.
  ///
  /// @param register its DWARF number
  /// @param from a place that is older than this address does not count; `null` for any
  @Nullable Lvalue inRegister(int register, @Nullable LinkAddress from) {
    List<Variable> found = new ArrayList<>();
    for (int i = 0; i < locals.size() && i < MAX_VARIABLES; i++) {
      Variable variable = locals.get(i);
      if (values.locate(variable, pc) instanceof Location.Register in
          && in.number() == register
          && begins(variable, from)) {
        found.add(variable);
      }
    }
    if (found.isEmpty()) {
      return null;
    }
    Variable first = found.getFirst();
    long size = first.type().byteSize();
    Layout.Part part = size < 1 || size > 8 ? null : first.layout().partAt(0, size);
    return part == null ? null : new Lvalue(first.name() + part.path(), part.layout());
  }

  private boolean begins(Variable variable, @Nullable LinkAddress from) {
    AddressRange range = variable.locations().rangeAt(pc);
    return from == null
        || (range != null && Long.compareUnsigned(range.start().value(), from.value()) >= 0);
  }
}
