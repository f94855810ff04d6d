package trapline.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import trapline.bytes.ByteText;

/// The command line and the environment as bytes: the virtual machine passes them on as characters,
/// which loses what is not UTF-8.
public final class ExactArguments {
  private static final String LOST = "\ufffd";

  private ExactArguments() {}

  /// The arguments of this process, as [ByteText] has them.
  ///
  /// @param args as the virtual machine has read them
  public static String[] of(String[] args) {
    boolean lost = false;
    for (String each : args) {
      lost |= each.contains(LOST);
    }
    if (!lost) {
      return args;
    }
    List<String> all = strings("/proc/self/cmdline");
    return all.size() < args.length
        ? args
        : all.subList(all.size() - args.length, all.size()).toArray(String[]::new);
  }

  /// The variables of which the virtual machine has lost something.
  static Map<String, String> environment() {
    Map<String, String> exact = new HashMap<>();
    if (System.getenv().values().stream().anyMatch(value -> value.contains(LOST))) {
      for (String each : strings("/proc/self/environ")) {
        int sign = each.indexOf('=', 1);
        if (sign > 0 && ByteText.hasBytes(each)) {
          exact.put(each.substring(0, sign), each.substring(sign + 1));
        }
      }
    }
    return exact;
  }

  /// Strings that end with a NUL each.
  private static List<String> strings(String file) {
    List<String> strings = new ArrayList<>();
    try {
      byte[] bytes = Files.readAllBytes(Path.of(file));
      int start = 0;
      for (int i = 0; i < bytes.length; i++) {
        if (bytes[i] == 0) {
          strings.add(ByteText.decode(bytes, start, i));
          start = i + 1;
        }
      }
    } catch (IOException e) {
      // Without /proc nothing could be traced either.
      return List.of();
    }
    return strings;
  }
}
