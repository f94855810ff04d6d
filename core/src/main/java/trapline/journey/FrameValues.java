package trapline.journey;

import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.dwarf.LocationDescription;
import trapline.dwarf.Subprogram;
import trapline.dwarf.UnitContext;
import trapline.dwarf.Variable;
import trapline.dwarf.expression.BaseType;
import trapline.dwarf.expression.Expression;
import trapline.dwarf.expression.ExpressionContext;
import trapline.dwarf.expression.Input;
import trapline.dwarf.expression.Location;
import trapline.model.LinkAddress;
import trapline.model.MalformedBinary;
import trapline.model.Registers;
import trapline.model.RemoteMemory;
import trapline.model.Unsupported;
import trapline.unwind.FrameRegisters;

/// Finds where a function's variables are while the function runs.
final class FrameValues {
  private final IntFunction<Input> registers;
  private final RemoteMemory memory;
  private final Image image;
  private final long cfa;
  private final @Nullable Subprogram function;
  private final EntryValues entry;

  /// @param registers by their DWARF numbers
  /// @param cfa the function's canonical frame address
  /// @param entry what was known when the function was called
  FrameValues(
      IntFunction<Input> registers,
      RemoteMemory memory,
      Image image,
      long cfa,
      @Nullable Subprogram function,
      EntryValues entry) {
    this.registers = registers;
    this.memory = memory;
    this.image = image;
    this.cfa = cfa;
    this.function = function;
    this.entry = entry;
  }

  /// The general registers of a thread that is stopped in the function.
  static IntFunction<Input> of(Registers registers) {
    return number ->
        number >= 0 && number < registers.architecture().dwarfCount()
            ? Input.of(registers.dwarf(number))
            : unknown(number);
  }

  /// The registers that are known in a frame.
  static IntFunction<Input> of(FrameRegisters registers) {
    return number ->
        registers.isKnown(number) ? Input.of(registers.value(number)) : unknown(number);
  }

  private static Input unknown(int number) {
    return Input.unknown("register " + number + " is not known in the frame");
  }

  /// The place of a variable when execution is at `pc`.
  ///
  /// @return `null` when it has none there, or the debug information is damaged
  @Nullable Location locate(Variable variable, LinkAddress pc) {
    try {
      return variable.locationAt(pc) instanceof LocationDescription.Expression expression
          ? evaluate(expression, pc)
          : null;
    } catch (MalformedBinary | Unsupported e) {
      return null;
    }
  }

  /// The number that an expression computes when execution is at `pc`.
  Input number(Bytes expression, UnitContext unit, LinkAddress pc) {
    return Expression.number(expression, new Context(unit, pc));
  }

  private Location evaluate(LocationDescription.Expression expression, LinkAddress pc) {
    return Expression.evaluate(expression.code(), new Context(expression.context(), pc));
  }

  private class Context implements ExpressionContext {
    private final UnitContext unit;
    private final LinkAddress pc;

    Context(UnitContext unit, LinkAddress pc) {
      this.unit = unit;
      this.pc = pc;
    }

    @Override
    public Input register(int number) {
      return registers.apply(number);
    }

    @Override
    public RemoteMemory memory() {
      return memory;
    }

    @Override
    public Input cfa() {
      return cfa == 0 ? ExpressionContext.super.cfa() : Input.of(cfa);
    }

    @Override
    public Input frameBase() {
      LocationDescription base =
          function == null ? LocationDescription.NONE : function.frameBase().at(pc);
      if (!(base instanceof LocationDescription.Expression expression)) {
        return ExpressionContext.super.frameBase();
      }
      // A frame base that counts from the frame base would never end.
      Context inner =
          new Context(expression.context(), pc) {
            @Override
            public Input frameBase() {
              return Input.unknown("the frame base is stated by itself");
            }
          };
      return switch (Expression.evaluate(expression.code(), inner)) {
        case Location.Memory at -> Input.of(at.address());
        case Location.Register in -> register(in.number());
        case Location.Value value -> Input.of(value.bits());
        default -> Input.unknown("the frame base cannot be computed");
      };
    }

    @Override
    public Input entryValue(Bytes expression) {
      return entry.of(expression);
    }

    @Override
    public Input parameter(long formal) {
      return entry.ofParameter(formal);
    }

    @Override
    public Input address(long linkAddress) {
      return Input.of(linkAddress + image.loadBias());
    }

    @Override
    public Input addressTable(long index) {
      return Input.of(unit.address(index).value());
    }

    @Override
    public @Nullable Bytes procedure(long entry, boolean inUnit) {
      return inUnit ? unit.expression(entry).orElse(Bytes.empty("no location")) : null;
    }

    @Override
    public @Nullable BaseType baseType(long entry) {
      int encoding = unit.encoding(entry);
      long size = unit.type(entry).byteSize();
      return size < 1 || size > 16 ? null : new BaseType(encoding, (int) size);
    }

    @Override
    public int addressSize() {
      return unit.addressSize();
    }

    @Override
    public int offsetSize() {
      return unit.offsetSize();
    }
  }
}
