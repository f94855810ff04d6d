package trapline.decode;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.abi.Parameter;
import trapline.model.Abi;

/// The parameters of one call with the values that it was made with.
final class CallScope implements Scope {
  private final Abi abi;
  private final List<Parameter> parameters;
  private final long[] raw;
  private final boolean returned;
  private final long result;
  private final ValueDecoder decoder;

  /// @param raw the argument registers; `null` elements are not possible, unknown ones are not in
  ///     the array
  CallScope(
      Abi abi,
      List<Parameter> parameters,
      long[] raw,
      boolean returned,
      long result,
      ValueDecoder decoder) {
    this.abi = abi;
    this.parameters = parameters;
    this.raw = raw;
    this.returned = returned;
    this.result = result;
    this.decoder = decoder;
  }

  boolean returned() {
    return returned;
  }

  long result() {
    return result;
  }

  @Override
  public @Nullable Long number(ArgFormat length) {
    String name = length.name();
    if (name.equals("ret")) {
      return returned ? result : null;
    }
    if (Character.isDigit(name.charAt(0))) {
      return Long.parseLong(name);
    }
    int index = indexOf(name);
    if (index < 0 || index >= raw.length) {
      return null;
    }
    CType type = CType.of(parameters.get(index).type(), abi);
    if (type.isPointer()) {
      CType target = type.target(abi);
      Long value = decoder.memory().number(raw[index], target.size() == 8 ? 8 : 4);
      return value == null ? null : target.narrow(value);
    }
    return type.narrow(raw[index]);
  }

  @Override
  public List<String> constants(String name) {
    int index = indexOf(name);
    if (index < 0 || index >= raw.length) {
      return List.of();
    }
    Parameter parameter = parameters.get(index);
    return ValueDecoder.names(
        decoder.decode(parameter.format(), CType.of(parameter.type(), abi), raw[index], this));
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
