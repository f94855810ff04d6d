package trapline.decode;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.abi.Errnos;
import trapline.abi.FormatChoice;
import trapline.abi.Parameter;
import trapline.abi.Phase;
import trapline.abi.SyscallSignature;
import trapline.abi.SyscallTable;
import trapline.model.Abi;
import trapline.model.ArgValue;
import trapline.model.Argument;
import trapline.model.Errno;
import trapline.model.Outcome;
import trapline.model.Registers;
import trapline.model.SyscallId;

/// Turns the registers and the memory of a stopped thread into the arguments and the result of its
/// system call. The text of values follows strace 6.1.
///
/// Memory that cannot be read never fails a call: the value is then [ArgValue.Pointer] or
/// [ArgValue.Unreadable]. Has no state; safe for use by many threads.
public final class ArgumentDecoder {
  private static final int MOST_ARGUMENTS = 6;

  /// A decoder; it needs nothing.
  public ArgumentDecoder() {}

  /// The arguments at the entry of a call. What the kernel has yet to fill in is an address. A
  /// parameter that means nothing in this call, such as the mode of an `open` that creates nothing,
  /// is left out.
  ///
  /// A call without a signature has its six registers as [ArgValue.Raw] arguments named `arg0` to
  /// `arg5`.
  public List<Argument> onEntry(SyscallId id, Registers registers, DecodeContext context) {
    SyscallSignature signature = signature(id);
    long[] raw = argumentRegisters(id.abi(), registers);
    if (signature == null) {
      return unknown(raw);
    }
    ValueDecoder decoder = new ValueDecoder(signature.layouts(), context);
    CallScope scope = new CallScope(signature, raw, false, 0, decoder, List.of());
    List<Argument> arguments = new ArrayList<>(signature.parameters().size());
    if (id.abi() == Abi.NATIVE && signature.name().equals("rt_sigreturn")) {
      arguments.add(SignalSets.frame(decoder, registers.stackPointer()));
    }
    for (int i = 0; i < signature.parameters().size() && i < raw.length; i++) {
      Parameter parameter = signature.parameters().get(i);
      FormatChoice.Choice choice = choice(parameter, scope);
      CType type = CType.inRegister(parameter.type(), decoder.abi());
      ArgValue value =
          choice.phase() == Phase.EXIT
              ? new ArgValue.Pointer(type.narrow(raw[i]))
              : decoder.decode(choice.format(), type, raw[i], scope);
      if (!ValueDecoder.isOmitted(value)) {
        arguments.add(new Argument(parameter.name(), parameter.type(), raw[i], value));
      }
    }
    return List.copyOf(arguments);
  }

  /// The arguments after the call: those of the entry, with what the kernel filled in. When the
  /// call failed they are those of the entry.
  ///
  /// @param atEntry what [#onEntry] gave
  /// @param registers those of the entry
  /// @param result the register of the result at the exit
  /// @param context its memory is that of the exit
  public List<Argument> onExit(
      SyscallId id,
      List<Argument> atEntry,
      Registers registers,
      long result,
      DecodeContext context) {
    SyscallSignature signature = signature(id);
    if (signature == null) {
      return atEntry;
    }
    long returned = id.abi().result(result);
    long[] raw = argumentRegisters(id.abi(), registers);
    ValueDecoder decoder = new ValueDecoder(signature.layouts(), context);
    CallScope scope = new CallScope(signature, raw, true, returned, decoder, atEntry);
    List<Argument> arguments = new ArrayList<>(atEntry.size());
    for (Argument argument : atEntry) {
      int index = indexOf(signature, argument.name());
      arguments.add(
          index < 0 || index >= raw.length
              ? argument
              : afterwards(signature.parameters().get(index), argument, scope, decoder));
    }
    return List.copyOf(arguments);
  }

  private static Argument afterwards(
      Parameter parameter, Argument atEntry, CallScope scope, ValueDecoder decoder) {
    FormatChoice.Choice choice = choice(parameter, scope);
    ArgFormat format = choice.format();
    ArgFormat after = Afterwards.format(format);
    if (choice.phase() == Phase.ENTRY || !Afterwards.isStored(format, scope)) {
      return atEntry;
    }
    CType type = CType.inRegister(parameter.type(), decoder.abi());
    ArgValue value = decoder.decode(after, type, atEntry.raw(), scope);
    if (choice.phase() == Phase.BOTH && !Afterwards.replaces(format)) {
      value = changed(atEntry.value(), value);
    }
    return new Argument(atEntry.name(), atEntry.type(), atEntry.raw(), value);
  }

  private static ArgValue changed(ArgValue before, ArgValue after) {
    if (before.text().equals(after.text())) {
      return after;
    }
    if (after instanceof ArgValue.Struct struct && struct.fields().isEmpty()) {
      return before;
    }
    boolean cells =
        before instanceof ArgValue.Array one
            && after instanceof ArgValue.Array other
            && one.elements().size() == 1
            && other.elements().size() == 1;
    if (cells) {
      return new ArgValue.Array(
          List.of(
              new ArgValue.Changed(
                  ((ArgValue.Array) before).elements().getFirst(),
                  ((ArgValue.Array) after).elements().getFirst())),
          false);
    }
    return new ArgValue.Changed(before, after);
  }

  private static FormatChoice.Choice choice(Parameter parameter, Scope scope) {
    if (parameter.format().name().equals("by")) {
      FormatChoice.Choice found = ValueDecoder.choose(parameter.format(), scope);
      if (found != null) {
        return found;
      }
      return new FormatChoice.Choice(
          Phase.ENTRY, parameter.type().endsWith("*") ? ArgFormat.PTR : ArgFormat.INT);
    }
    return new FormatChoice.Choice(parameter.phase(), parameter.format());
  }

  private static int indexOf(SyscallSignature signature, String name) {
    for (int i = 0; i < signature.parameters().size(); i++) {
      if (signature.parameters().get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /// How a call ended, by its result alone.
  ///
  /// @param register the one of the result, at the exit
  public Outcome outcome(SyscallId id, long register) {
    return Results.outcome(signature(id), id, null, register, DecodeContext.NOTHING);
  }

  /// How a call ended, with what strace prints behind the result, such as the flags that
  /// `fcntl(F_GETFL)` returned.
  ///
  /// @param registers those of the entry
  /// @param register the one of the result, at the exit
  /// @param context its memory is that of the exit
  public Outcome outcome(SyscallId id, Registers registers, long register, DecodeContext context) {
    return Results.outcome(
        signature(id), id, argumentRegisters(id.abi(), registers), register, context);
  }

  /// What a value means as one parameter of a call, without looking at any memory: `2` for the
  /// first parameter of `socket` is `AF_INET`.
  ///
  /// @param parameter its index from 0; one that the call does not have gives [ArgValue.Raw]
  public ArgValue decodeValue(SyscallId id, int parameter, long raw) {
    return decodeValue(id, parameter, raw, DecodeContext.NOTHING);
  }

  /// The same, following pointers. What depends on other parameters, such as the length of a
  /// buffer, is not known here: a buffer stays an address.
  public ArgValue decodeValue(SyscallId id, int parameter, long raw, DecodeContext context) {
    SyscallSignature signature = signature(id);
    if (signature == null || parameter < 0 || parameter >= signature.parameters().size()) {
      return new ArgValue.Raw(raw);
    }
    Parameter wanted = signature.parameters().get(parameter);
    CType type = CType.inRegister(wanted.type(), signature.layouts());
    ValueDecoder decoder = new ValueDecoder(signature.layouts(), context);
    if (wanted.phase() == Phase.EXIT) {
      return new ArgValue.Pointer(type.narrow(raw));
    }
    CallScope scope = new CallScope(signature, new long[0], false, 0, decoder, List.of());
    FormatChoice.Choice choice = choice(wanted, scope);
    ArgValue value = decoder.decode(choice.format(), type, raw, scope);
    return ValueDecoder.isOmitted(value) ? ValueDecoder.number(type, type.narrow(raw)) : value;
  }

  private static @Nullable SyscallSignature signature(SyscallId id) {
    return SyscallTable.of(id.abi()).byNumber(id.number());
  }

  private static List<Argument> unknown(long[] raw) {
    List<Argument> arguments = new ArrayList<>(raw.length);
    for (int i = 0; i < raw.length; i++) {
      arguments.add(new Argument("arg" + i, "unsigned long", raw[i], new ArgValue.Raw(raw[i])));
    }
    return List.copyOf(arguments);
  }

  private static long[] argumentRegisters(Abi abi, Registers registers) {
    long[] raw = new long[MOST_ARGUMENTS];
    for (int i = 0; i < raw.length; i++) {
      raw[i] = registers.argument(abi, i);
    }
    return raw;
  }

  /// The errno of a failed call, or `null` when it did not fail.
  static @Nullable Errno errno(long result) {
    return Errnos.isError(result) ? Errnos.of((int) -result) : null;
  }
}
