package trapline.linux.tracefs;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import trapline.linux.proc.Owner;

/// The name of an instance that Trapline made: whose it is, and what it changed that is not the
/// instance's own, so that the name alone is enough to undo it.
///
/// `trapline-PID-START-NAMESPACE-NUMBER`, and for each option `,OPTION=VALUE` with the value that
/// it
/// had before.
///
/// @param number tells apart several of one process
/// @param before options of the tracer, which all instances share, and their values from before
record InstanceName(Owner owner, int number, Map<String, String> before) {
  private static final String PREFIX = "trapline-";
  private static final AtomicInteger NEXT = new AtomicInteger();

  InstanceName {
    before = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(before));
  }

  /// A new one of this process.
  static InstanceName next(Map<String, String> before) {
    return new InstanceName(Owner.self(), NEXT.getAndIncrement(), before);
  }

  String text() {
    StringBuilder text = new StringBuilder(PREFIX);
    text.append(owner.text('-')).append('-').append(number);
    before.forEach((option, value) -> text.append(',').append(option).append('=').append(value));
    return text.toString();
  }

  /// The group of its probes: the same in letters that a group's name may have.
  String group() {
    return "trapline_" + owner.text('_') + "_" + number;
  }

  /// Whose group of probes this is; `null` when it is none of Trapline's.
  static @Nullable Owner ownerOfGroup(String group) {
    return group.startsWith("trapline_")
        ? Owner.parse(group.substring("trapline_".length()), '_')
        : null;
  }

  /// Reads a name; `null` when it is none of Trapline's.
  static @Nullable InstanceName parse(String text) {
    if (!text.startsWith(PREFIX)) {
      return null;
    }
    String[] parts = text.substring(PREFIX.length()).split(",", -1);
    Owner owner = Owner.parse(parts[0], '-');
    if (owner == null) {
      return null;
    }
    Map<String, String> before = new LinkedHashMap<>();
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      if (equals > 0 && SharedOptions.isOne(parts[i].substring(0, equals))) {
        before.put(parts[i].substring(0, equals), parts[i].substring(equals + 1));
      }
    }
    int number = 0;
    int dash = parts[0].lastIndexOf('-');
    try {
      number = Integer.parseInt(parts[0].substring(dash + 1));
    } catch (NumberFormatException e) {
      return null;
    }
    return new InstanceName(owner, number, before);
  }
}
