package trapline.unwind;

import trapline.dwarf.expression.Expression;
import trapline.dwarf.expression.ExpressionContext;
import trapline.dwarf.expression.Input;
import trapline.model.Evidence;
import trapline.model.RemoteMemory;

/// Finds a frame's caller by a row of a call frame table (DWARF 5, section 6.4.4).
final class TableStep {
  private final FrameRow row;
  private final FrameRegisters registers;
  private final PageCache memory;
  private final UnwindModule module;

  TableStep(FrameRow row, FrameRegisters registers, PageCache memory, UnwindModule module) {
    this.row = row;
    this.registers = registers;
    this.memory = memory;
    this.module = module;
  }

  Caller caller() {
    Input frameAddress = frameAddress();
    int returnColumn = row.description().returnAddressRegister();
    RegisterRule returnRule = row.rule(returnColumn);
    if (returnRule instanceof RegisterRule.Undefined) {
      return new Caller.None(frameAddress instanceof Input.Known known ? known.value() : 0);
    }
    if (!(frameAddress instanceof Input.Known(long cfa))) {
      return new Caller.Lost("the frame's address: " + ((Input.Unknown) frameAddress).reason());
    }
    Input returnAddress =
        returnRule instanceof RegisterRule.Unspecified
            ? Input.unknown("the unwind table does not say where it is")
            : value(returnColumn, returnRule, cfa);
    if (!(returnAddress instanceof Input.Known(long pc))) {
      return new Caller.Lost("the return address: " + ((Input.Unknown) returnAddress).reason());
    }
    FrameRegisters.Builder caller = new FrameRegisters.Builder();
    for (int number = 0; number < FrameRegisters.COUNT; number++) {
      RegisterRule rule = row.rule(number);
      if (rule instanceof RegisterRule.Unspecified) {
        if (number == FrameRegisters.STACK_POINTER) {
          caller.set(number, cfa);
        } else if ((FrameRegisters.PRESERVED >> number & 1) != 0) {
          caller.copy(registers, number);
        }
      } else if (value(number, rule, cfa) instanceof Input.Known(long value)) {
        caller.set(number, value);
      }
    }
    caller.set(FrameRegisters.INSTRUCTION_POINTER, pc);
    return new Caller.Found(
        cfa,
        caller.build(),
        row.description().signal(),
        row.description().signal() || row.cfa() instanceof CfaRule.Expression,
        new Evidence.DebugInfo(module.name()));
  }

  private Input frameAddress() {
    return switch (row.cfa()) {
      case CfaRule.RegisterOffset(int register, long offset) ->
          registers.isKnown(register)
              ? Input.of(registers.value(register) + offset)
              : unknownRegister(register);
      case CfaRule.Expression(var expression) -> Expression.number(expression, new Frame(0));
      case CfaRule.Unspecified _ -> Input.unknown("the unwind table does not say where it is");
    };
  }

  private Input value(int number, RegisterRule rule, long cfa) {
    return switch (rule) {
      case RegisterRule.Unspecified _, RegisterRule.Undefined _ ->
          Input.unknown("the unwind table says that it is lost");
      case RegisterRule.SameValue _ -> register(number);
      case RegisterRule.Offset(long offset) -> word(cfa + offset);
      case RegisterRule.ValueOffset(long offset) -> Input.of(cfa + offset);
      case RegisterRule.InRegister(int other) -> register(other);
      case RegisterRule.Expression(var expression) ->
          Expression.number(expression, new Frame(cfa), cfa) instanceof Input.Known(long address)
              ? word(address)
              : Input.unknown("the unwind table's expression cannot be evaluated");
      case RegisterRule.ValueExpression(var expression) ->
          Expression.number(expression, new Frame(cfa), cfa);
    };
  }

  private Input register(int number) {
    return registers.isKnown(number) ? Input.of(registers.value(number)) : unknownRegister(number);
  }

  private Input word(long address) {
    Long word = memory.word(address);
    return word == null
        ? Input.unknown("the stack at 0x" + Long.toHexString(address) + " is not readable")
        : Input.of(word);
  }

  private static Input unknownRegister(int number) {
    return Input.unknown("register " + number + " is not known in this frame");
  }

  /// What the table's expressions may ask for.
  private final class Frame implements ExpressionContext {
    private final long cfa;

    Frame(long cfa) {
      this.cfa = cfa;
    }

    @Override
    public Input register(int number) {
      return TableStep.this.register(number);
    }

    @Override
    public RemoteMemory memory() {
      return memory;
    }

    @Override
    public Input cfa() {
      return cfa == 0
          ? Input.unknown("an expression for the frame's address uses it")
          : Input.of(cfa);
    }

    @Override
    public Input address(long linkAddress) {
      return Input.of(linkAddress + module.loadBias());
    }
  }
}
