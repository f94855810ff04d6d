package trapline.decode;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.abi.CType;
import trapline.abi.Parameter;
import trapline.abi.SyscallSignature;
import trapline.model.Abi;
import trapline.model.ArgValue;
import trapline.model.Argument;

/// The parameters of one call with the values that it was made with.
final class CallScope implements Scope {
  private final Abi abi;
  private final List<Parameter> parameters;
  private final long[] raw;
  private final boolean returned;
  private final long result;
  private final ValueDecoder decoder;
  private final List<Argument> atEntry;

  /// @param raw the argument registers; `null` elements are not possible, unknown ones are not in
  ///     the array
  /// @param atEntry the arguments before the call; empty while it has not returned
  CallScope(
      SyscallSignature signature,
      long[] raw,
      boolean returned,
      long result,
      ValueDecoder decoder,
      List<Argument> atEntry) {
    this.abi = signature.layouts();
    this.parameters = signature.parameters();
    this.raw = raw;
    this.returned = returned;
    this.result = result;
    this.decoder = decoder;
    this.atEntry = atEntry;
  }

  boolean returned() {
    return returned;
  }

  long result() {
    return result;
  }

  @Override
  public @Nullable Long named(String name) {
    if (name.equals("ret")) {
      return returned ? result : null;
    }
    int index = indexOf(name);
    if (index < 0 || index >= raw.length) {
      return null;
    }
    CType type = CType.inRegister(parameters.get(index).type(), abi);
    if (type.isPointer()) {
      CType target = type.target(abi);
      Long value = decoder.memory().number(raw[index], target.size() == 8 ? 8 : 4);
      return value == null ? null : target.narrow(value);
    }
    return type.narrow(raw[index]);
  }

  @Override
  public @Nullable Long before(String name) {
    ArgValue value = beforehand(name);
    while (value instanceof ArgValue.Array cells && cells.elements().size() == 1) {
      value = cells.elements().getFirst();
    }
    return value instanceof ArgValue.Num number ? number.value() : null;
  }

  /// What a parameter was shown as before the call; `null` when that is not known.
  @Nullable ArgValue beforehand(String name) {
    for (Argument argument : atEntry) {
      if (argument.name().equals(name)) {
        return argument.value();
      }
    }
    return null;
  }

  @Override
  public List<String> constants(String name) {
    int index = indexOf(name);
    if (index < 0 || index >= raw.length) {
      return List.of();
    }
    Parameter parameter = parameters.get(index);
    return ValueDecoder.names(
        decoder.decode(
            parameter.format(), CType.inRegister(parameter.type(), abi), raw[index], this));
  }

  /// The raw value of a parameter, or 0 when it is not known.
  long raw(String name) {
    int index = indexOf(name);
    return index < 0 || index >= raw.length ? 0 : raw[index];
  }

  private int indexOf(String name) {
    for (int i = 0; i < parameters.size(); i++) {
      if (parameters.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }
}
