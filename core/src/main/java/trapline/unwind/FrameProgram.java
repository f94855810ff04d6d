package trapline.unwind;

import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.bytes.Cursor;

/// Runs a frame description's instructions to get the rows of its table (DWARF 5, section 6.4.2).
final class FrameProgram {
  /// The highest column that is followed; x86-64 numbers registers up to 129.
  static final int MAX_REGISTER = 255;

  private static final int MAX_REMEMBERED = 256;
  private static final RegisterRule[] NO_RULES = {};

  private final FrameDescription description;
  private final CommonInformation common;
  private long location;
  private State state = new State(new CfaRule.Unspecified(), NO_RULES);
  private RegisterRule[] initialRules = NO_RULES;
  private State[] remembered = new State[4];
  private int rememberedCount;

  /// A row's content. The array is never changed once a row or a remembered state holds it.
  private static final class State {
    private final CfaRule cfa;
    private final RegisterRule[] rules;

    State(CfaRule cfa, RegisterRule[] rules) {
      this.cfa = cfa;
      this.rules = rules;
    }
  }

  private FrameProgram(FrameDescription description) {
    this.description = description;
    this.common = description.common();
    this.location = description.start();
  }

  /// Runs the program.
  ///
  /// @param wanted is given each row; the first that it wants is returned
  /// @return `null` when none is wanted
  static @Nullable FrameRow run(FrameDescription description, Predicate<FrameRow> wanted) {
    FrameProgram program = new FrameProgram(description);
    // Initial instructions move no location: only the second program makes rows.
    FrameRow row = program.execute(common(description), 0, wanted);
    if (row != null) {
      return row;
    }
    program.initialRules = program.state.rules;
    row = program.execute(description.instructions(), description.instructionsAddress(), wanted);
    if (row != null) {
      return row;
    }
    return program.rowUpTo(description.end(), wanted);
  }

  private static Bytes common(FrameDescription description) {
    return description.common().instructions();
  }

  private @Nullable FrameRow rowUpTo(long end, Predicate<FrameRow> wanted) {
    if (location == end) {
      return null;
    }
    FrameRow row = new FrameRow(location, end, description, state.cfa, state.rules);
    return wanted.test(row) ? row : null;
  }

  private @Nullable FrameRow execute(Bytes program, long address, Predicate<FrameRow> wanted) {
    Cursor at = program.cursor(0);
    while (at.hasRemaining()) {
      int offset = at.position();
      int opcode = at.u8();
      long next = location;
      int low = opcode & 0x3f;
      switch (opcode >> 6) {
        case 1 -> next = advanced(low); // DW_CFA_advance_loc
        case 2 -> set(at, low, offset(at.uleb())); // DW_CFA_offset
        case 3 -> set(at, low, initial(low)); // DW_CFA_restore
        default -> {
          switch (opcode) {
            case 0x01 -> next = PointerEncoding.read(at, common.pointerEncoding(), address, 0);
            case 0x02 -> next = advanced(at.u8());
            case 0x03 -> next = advanced(at.u16());
            case 0x04 -> next = advanced(at.u32());
            case 0x1d -> next = advanced(at.u64()); // DW_CFA_MIPS_advance_loc8
            default -> instruction(opcode, at);
          }
        }
      }
      if (next != location) {
        if (Long.compareUnsigned(next, location) < 0) {
          throw program.malformed(offset, "the table's addresses go back");
        }
        long end = Long.compareUnsigned(next, description.end()) < 0 ? next : description.end();
        FrameRow row = rowUpTo(end, wanted);
        if (row != null) {
          return row;
        }
        location = end;
        if (end != next) {
          return null; // The rest is about addresses that the entry does not cover.
        }
      }
    }
    return null;
  }

  private long advanced(long delta) {
    return location + delta * common.codeAlignment();
  }

  private void instruction(int opcode, Cursor at) {
    switch (opcode) {
      case 0x00 -> {} // DW_CFA_nop
      case 0x05 -> set(at, register(at), offset(at.uleb())); // DW_CFA_offset_extended
      case 0x06 -> { // DW_CFA_restore_extended
        int register = register(at);
        set(at, register, initial(register));
      }
      case 0x07 -> set(at, register(at), RegisterRule.UNDEFINED);
      case 0x08 -> set(at, register(at), RegisterRule.SAME_VALUE);
      case 0x09 -> set(at, register(at), new RegisterRule.InRegister(register(at)));
      case 0x0a -> remember(at);
      case 0x0b -> { // DW_CFA_restore_state
        if (rememberedCount == 0) {
          throw malformed(at, "restores a state that was not remembered");
        }
        state = remembered[--rememberedCount];
      }
      case 0x0c -> setCfa(new CfaRule.RegisterOffset(register(at), at.uleb()));
      case 0x0d -> { // DW_CFA_def_cfa_register
        int register = register(at);
        setCfa(new CfaRule.RegisterOffset(register, cfaRegister(at).offset()));
      }
      case 0x0e -> // DW_CFA_def_cfa_offset
          setCfa(new CfaRule.RegisterOffset(cfaRegister(at).register(), at.uleb()));
      case 0x0f -> setCfa(new CfaRule.Expression(at.take(at.uleb())));
      case 0x10 -> set(at, register(at), new RegisterRule.Expression(at.take(at.uleb())));
      case 0x11 -> set(at, register(at), offset(at.sleb())); // DW_CFA_offset_extended_sf
      case 0x12 -> // DW_CFA_def_cfa_sf
          setCfa(new CfaRule.RegisterOffset(register(at), at.sleb() * common.dataAlignment()));
      case 0x13 -> // DW_CFA_def_cfa_offset_sf
          setCfa(
              new CfaRule.RegisterOffset(
                  cfaRegister(at).register(), at.sleb() * common.dataAlignment()));
      case 0x14 -> set(at, register(at), valueOffset(at.uleb())); // DW_CFA_val_offset
      case 0x15 -> set(at, register(at), valueOffset(at.sleb())); // DW_CFA_val_offset_sf
      case 0x16 -> set(at, register(at), new RegisterRule.ValueExpression(at.take(at.uleb())));
      case 0x2d -> {} // DW_CFA_GNU_window_save: means nothing on x86-64
      case 0x2e -> at.uleb(); // DW_CFA_GNU_args_size: for throwing exceptions only
      case 0x2f -> // DW_CFA_GNU_negative_offset_extended
          set(at, register(at), offset(-at.uleb()));
      default -> throw malformed(at, "unknown instruction 0x" + Integer.toHexString(opcode));
    }
  }

  private void remember(Cursor at) {
    if (rememberedCount == MAX_REMEMBERED) {
      throw malformed(at, "remembers more than " + MAX_REMEMBERED + " states");
    }
    if (rememberedCount == remembered.length) {
      remembered = Arrays.copyOf(remembered, rememberedCount * 2);
    }
    remembered[rememberedCount++] = state;
  }

  private RegisterRule offset(long factored) {
    return new RegisterRule.Offset(factored * common.dataAlignment());
  }

  private RegisterRule valueOffset(long factored) {
    return new RegisterRule.ValueOffset(factored * common.dataAlignment());
  }

  private RegisterRule initial(int register) {
    return register < initialRules.length ? initialRules[register] : RegisterRule.UNSPECIFIED;
  }

  private void setCfa(CfaRule cfa) {
    state = new State(cfa, state.rules);
  }

  private void set(Cursor at, int register, RegisterRule rule) {
    if (register > MAX_REGISTER) {
      throw malformed(at, "no such register: " + register);
    }
    RegisterRule[] rules = state.rules;
    int length = rules.length;
    RegisterRule[] changed = Arrays.copyOf(rules, Math.max(length, register + 1));
    Arrays.fill(changed, length, changed.length, RegisterRule.UNSPECIFIED);
    changed[register] = rule;
    state = new State(state.cfa, changed);
  }

  private CfaRule.RegisterOffset cfaRegister(Cursor at) {
    if (state.cfa instanceof CfaRule.RegisterOffset rule) {
      return rule;
    }
    throw malformed(at, "changes a frame address that is not in a register");
  }

  private static int register(Cursor at) {
    long number = at.uleb();
    if (number < 0 || number > MAX_REGISTER) {
      throw malformed(at, "no such register: " + number);
    }
    return (int) number;
  }

  private static trapline.model.MalformedBinary malformed(Cursor at, String what) {
    return at.bytes().malformed(at.position(), "call frame instructions: " + what);
  }
}
