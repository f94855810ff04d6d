package trapline.follow;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.abi.Errnos;
import trapline.model.ArgValue;
import trapline.model.Argument;
import trapline.model.Evidence;
import trapline.model.LocalCause;

/// Calls whose errors a later call on the same descriptor is told: a datagram that nobody took, a
/// connection that was still being made, data that could not be stored. The kernel keeps such an
/// error with the socket (`SO_ERROR`, socket(7)) or the file (fsync(2)) until somebody asks.
final class EarlierCalls {
  private static final int MOST = 10_000;
  private static final int LONGEST = 160;

  private static final Set<String> SENDS =
      Set.of("sendto", "sendmsg", "sendmmsg", "write", "writev", "pwrite64", "pwritev");

  private static final Set<String> OF_DATAGRAMS =
      Set.of("ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "EPROTO", "EMSGSIZE");

  private static final Set<String> OF_CONNECTIONS =
      Set.of("ECONNREFUSED", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH");

  private static final Set<String> OF_STORAGE = Set.of("EIO", "ENOSPC", "EDQUOT");

  private static final Set<String> STORES =
      Set.of("fsync", "fdatasync", "sync_file_range", "close");

  private record Open(int process, int descriptor) {}

  /// @param connects whether it began a connection; else it sent or wrote
  private record Earlier(String name, List<Argument> arguments, long result, boolean connects) {
    String text() {
      StringBuilder text = new StringBuilder(name).append('(');
      for (int i = 0; i < arguments.size(); i++) {
        text.append(i == 0 ? "" : ", ").append(arguments.get(i).value().text());
      }
      String whole =
          text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text.append(')').toString();
      return whole + " = " + (result >= 0 ? result : "-1 " + Errnos.of((int) -result).name());
    }
  }

  private final Map<Open, Earlier> calls = new HashMap<>();

  /// A call has returned.
  ///
  /// @param arguments as they were before it
  /// @param result its value, or the negative error number
  void returned(int process, String name, List<Argument> arguments, long result) {
    boolean connects =
        name.equals("connect") && "EINPROGRESS".equals(Errnos.of((int) -result).name());
    boolean isKept = connects || (result >= 0 && SENDS.contains(name));
    boolean isClosed = name.equals("close") && result >= 0;
    if (!isKept && !isClosed) {
      return;
    }
    ArgValue.Descriptor descriptor = descriptor(arguments);
    if (descriptor == null) {
      return;
    }
    Open open = new Open(process, descriptor.fd());
    if (isClosed) {
      calls.remove(open);
    } else if (calls.size() < MOST || calls.containsKey(open)) {
      calls.put(open, new Earlier(name, arguments, result, connects));
    }
  }

  /// The earlier call that an error goes back to; `null` when there is none that is known.
  @Nullable LocalCause cause(int process, String name, List<Argument> arguments, String errno) {
    ArgValue.Descriptor descriptor = descriptor(arguments);
    if (descriptor == null) {
      return null;
    }
    Earlier earlier = calls.get(new Open(process, descriptor.fd()));
    if (earlier == null || !leaves(earlier, descriptor.target(), name, errno)) {
      return null;
    }
    return new LocalCause(
        "by rule, not observed: the kernel keeps such an error for the next call on the descriptor;"
            + " the last one that sent, wrote or connected was "
            + earlier.text(),
        new Evidence.Inferred("it was the last such call on this descriptor"));
  }

  /// Whether a call leaves an error of that kind to the one that failed.
  private static boolean leaves(Earlier earlier, String target, String name, String errno) {
    if (STORES.contains(name)) {
      return OF_STORAGE.contains(errno) && target.startsWith("/");
    }
    if (target.startsWith("TCP")) {
      return earlier.connects() && OF_CONNECTIONS.contains(errno);
    }
    boolean keepsErrors =
        target.startsWith("UDP") || target.startsWith("PING") || target.startsWith("RAW");
    // What a send is refused at once has no earlier cause, but for this one.
    boolean isLater = !SENDS.contains(name) || errno.equals("ECONNREFUSED");
    return keepsErrors && isLater && OF_DATAGRAMS.contains(errno);
  }

  private static ArgValue.@Nullable Descriptor descriptor(List<Argument> arguments) {
    return !arguments.isEmpty() && arguments.getFirst().value() instanceof ArgValue.Descriptor first
        ? first
        : null;
  }
}
