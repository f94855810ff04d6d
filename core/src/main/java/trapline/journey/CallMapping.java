package trapline.journey;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which parameter of a system call each parameter of a C library function becomes.
///
/// @param function the function's plain name
/// @param parameters for each parameter of the function the index of the call's, or -1
/// @param sameCall whether the function is named after the call that it makes
record CallMapping(String function, List<Integer> parameters, boolean sameCall) {
  private static final List<Integer> IDENTITY = List.of(0, 1, 2, 3, 4, 5);

  /// What `syscall(number, …)` does: every argument moves up by one.
  private static final List<Integer> SHIFTED = List.of(-1, 0, 1, 2, 3, 4);

  /// What glibc calls a function for its own use, which is no cancellation point.
  private static final String INTERNAL = "_nocancel";

  /// The mapping from a function to the call that it made.
  ///
  /// @param symbol the function's symbol, such as `socket` or `__GI___libc_write`
  /// @param syscall the call's name
  /// @return `null` when it is not known
  static @Nullable CallMapping of(String symbol, String syscall) {
    String function = plain(symbol);
    if (function.equals("syscall")) {
      return new CallMapping(function, SHIFTED, false);
    }
    List<Integer> listed = listed(function, syscall);
    if (listed != null) {
      return new CallMapping(function, listed, false);
    }
    // Where off_t has 64 bits anyway, open64 is open by another name.
    return function.equals(syscall) || function.equals(syscall + "64")
        ? new CallMapping(function, IDENTITY, true)
        : null;
  }

  /// A C library function's name without the decoration that glibc gives its internal aliases.
  static String plain(String symbol) {
    String name = symbol;
    int at = name.indexOf('@');
    if (at > 0) {
      name = name.substring(0, at);
    }
    if (name.endsWith(INTERNAL)) {
      name = name.substring(0, name.length() - INTERNAL.length());
    }
    name = cut(name, "__GI_");
    name = cut(name, "__libc_");
    name = cut(name, "__new_");
    return cut(name, "__");
  }

  private static String cut(String name, String prefix) {
    return name.startsWith(prefix) && name.length() > prefix.length()
        ? name.substring(prefix.length())
        : name;
  }

  private static @Nullable List<Integer> listed(String function, String syscall) {
    InputStream table = CallMapping.class.getResourceAsStream("libc-functions.txt");
    if (table == null) {
      throw new IllegalStateException("libc-functions.txt is not part of this build");
    }
    String prefix = function + " " + syscall + " ";
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(table, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(prefix)) {
          List<Integer> parameters = new ArrayList<>();
          for (String field : line.substring(prefix.length()).split(" ")) {
            parameters.add(field.equals("-") ? -1 : Integer.parseInt(field));
          }
          return parameters;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return null;
  }
}
