package trapline.why;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import trapline.follow.FailureSession;
import trapline.follow.FailureSession.Failure;
import trapline.model.Errno;
import trapline.model.Outcome;

/// Which failed call a program gave up after. Programs usually say why: it is the last call whose
/// error the program's last message names, preferably one whose file the message names as well.
/// Without such a message it is the last failed call.
///
/// @param index of the call in the list
/// @param how the rule that chose it
record GivingUp(int index, String how) {
  /// @return `null` when the program did not give up, or nothing failed
  static @Nullable GivingUp of(FailureSession.Result run, List<Failure> failures) {
    if (failures.isEmpty() || (run.status() == 0 && run.signal() == 0)) {
      return null;
    }
    String message = run.lastWords().toLowerCase(Locale.ROOT);
    int best = -1;
    long bestScore = 0;
    for (int i = 0; i < failures.size(); i++) {
      long score = score(failures.get(i), message);
      if (score > 0 && score >= bestScore) {
        best = i;
        bestScore = score;
      }
    }
    return best < 0
        ? new GivingUp(failures.size() - 1, "it is the last call that failed")
        : new GivingUp(best, "its last message names the error");
  }

  /// The position of the error's last mention in the message, higher than any other when the call's
  /// file is named, too; 0 when the message does not mention the error.
  private static long score(Failure failure, String message) {
    if (!(failure.journey().outcome() instanceof Outcome.Failed failed)) {
      return 0;
    }
    Errno errno = failed.errno();
    long at =
        Math.max(
            message.lastIndexOf(errno.text().toLowerCase(Locale.ROOT)),
            message.lastIndexOf(errno.name().toLowerCase(Locale.ROOT)));
    if (at < 0) {
      return 0;
    }
    for (String path : failure.key().paths()) {
      if (!path.isEmpty() && message.contains(path.toLowerCase(Locale.ROOT))) {
        return at + 1 + message.length();
      }
    }
    return at + 1;
  }
}
