package trapline.linux.cause;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import trapline.linux.proc.ProcFile;

/// Capabilities that a call asks for and the thread does not have, and settings that forbid the
/// call: `privileges.txt`.
final class PrivilegeCause {
  private static final String TABLE = "privileges.txt";
  private static final int CAPABILITY = 1;
  private static final int SETTINGS = 2;

  private PrivilegeCause() {}

  static void look(FailedCall call, Findings findings) {
    boolean isRefused = call.errno().equals("EPERM") || call.errno().equals("EACCES");
    if (!isRefused || !findings.isEmpty()) {
      return; // what was found before says more
    }
    for (String line : table().split("\n")) {
      String[] fields = line.split("\t");
      if (!line.startsWith("#") && fields[0].equals(call.name())) {
        capability(call, fields[CAPABILITY], findings);
        for (int i = SETTINGS; i < fields.length; i++) {
          setting(fields[i], findings);
        }
      }
    }
  }

  /// @param needed `CAP_NAME=NUMBER`; `-` for none
  private static void capability(FailedCall call, String needed, Findings findings) {
    int equals = needed.indexOf('=');
    if (equals < 0) {
      return;
    }
    Subject subject = Subject.of(call.thread());
    if (!subject.has(Integer.parseInt(needed.substring(equals + 1)))) {
      findings.inferred(
          "the thread, " + subject.text() + ", has no " + needed.substring(0, equals),
          "capabilities(7) names it for " + call.name());
    }
  }

  /// @param setting `name>VALUE` or `name=VALUE`: when it forbids the call
  private static void setting(String setting, Findings findings) {
    int at = Math.max(setting.indexOf('>'), setting.indexOf('='));
    String name = setting.substring(0, at);
    String text = ProcFile.text("/proc/sys/" + name.replace('.', '/'));
    long value = text.startsWith("-") ? -1 : ProcFile.number(text, 10, -1);
    long bound = Long.parseLong(setting.substring(at + 1));
    if (setting.charAt(at) == '>' ? value > bound : value == bound) {
      findings.inferred(name + " is " + text, "the setting restricts the call");
    }
  }

  private static String table() {
    try (InputStream in =
        Objects.requireNonNull(PrivilegeCause.class.getResourceAsStream(TABLE), TABLE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
