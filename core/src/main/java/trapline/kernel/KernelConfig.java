package trapline.kernel;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;

/// A kernel's configuration, or as much of it as is known. Immutable.
public final class KernelConfig {
  /// What a symbol is set to.
  public enum Value {
    BUILT_IN,
    MODULE,
    OFF,
    UNKNOWN
  }

  private static final KernelConfig NOTHING = new KernelConfig(Map.of(), false, "");
  private static final int MAX_SYMBOLS = 1_000_000;

  private final Map<String, Value> values;
  private final boolean complete;
  private final String origin;

  /// What knows of symbols of which this says nothing; `null` when nothing does.
  private final @Nullable KernelConfig other;

  public KernelConfig(Map<String, Value> values, boolean complete) {
    this(values, complete, "");
  }

  private KernelConfig(Map<String, Value> values, boolean complete, String origin) {
    this(values, complete, origin, null);
  }

  private KernelConfig(
      Map<String, Value> values, boolean complete, String origin, @Nullable KernelConfig other) {
    this.values = values;
    this.complete = complete;
    this.origin = origin;
    this.other = other;
  }

  /// The value's number in an index file: its place in this list.
  private static final List<Value> CODES =
      List.of(Value.BUILT_IN, Value.MODULE, Value.OFF, Value.UNKNOWN);

  static int code(Value value) {
    return CODES.indexOf(value);
  }

  /// @param code two bits
  static Value ofCode(long code) {
    return CODES.get((int) (code & 3));
  }

  /// A configuration of which nothing is known.
  public static KernelConfig unknown() {
    return NOTHING;
  }

  /// Reads `/proc/config.gz` after decompression, or `/boot/config-*`: lines `CONFIG_X=y`,
  /// `CONFIG_X=m`, `CONFIG_X="text"`, `# CONFIG_X is not set`. A symbol that it does not mention is
  /// off.
  ///
  /// @throws trapline.model.MalformedBinary when it holds no setting at all
  public static KernelConfig parse(Bytes config) {
    String text = new String(config.copy(0, config.size()), StandardCharsets.UTF_8);
    Map<String, Value> values = new HashMap<>();
    int at = 0;
    while (at < text.length()) {
      int end = text.indexOf('\n', at);
      end = end < 0 ? text.length() : end;
      if (text.startsWith("CONFIG_", at)) {
        int equals = text.indexOf('=', at);
        if (equals > 0 && equals < end && values.size() < MAX_SYMBOLS) {
          String value = text.substring(equals + 1, end).trim();
          values.put(
              text.substring(at, equals),
              value.equals("m") ? Value.MODULE : value.equals("n") ? Value.OFF : Value.BUILT_IN);
        }
      }
      at = end + 1;
    }
    if (values.isEmpty()) {
      throw config.malformed(0, "no kernel configuration: it sets no CONFIG_ symbol");
    }
    return new KernelConfig(values, true, config.file());
  }

  /// The file that it was read from, such as `/proc/config.gz`; empty when it was not.
  public String origin() {
    return origin;
  }

  /// @param symbol with its prefix: `CONFIG_NET`. Of a complete configuration, a symbol with
  ///     another prefix is unknown.
  public Value value(String symbol) {
    Value value = values.get(symbol);
    if (value != null) {
      return value;
    }
    if (complete && symbol.startsWith("CONFIG_")) {
      return Value.OFF;
    }
    return other == null ? Value.UNKNOWN : other.value(symbol);
  }

  /// Whether every symbol's value is known.
  public boolean isComplete() {
    return complete;
  }

  /// This configuration, with another's word on what it says nothing of.
  public KernelConfig or(KernelConfig other) {
    return new KernelConfig(values, complete, origin, other);
  }
}
