package trapline.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a run that has ended came to.
///
/// @param program its name
/// @param status what it passed to exit; 0 when a signal ended it
/// @param signal the name of the signal that ended it; empty when none did
/// @param calls the calls that were asked for, those of `startup` among them
/// @param startup the calls that came before the program's own code
/// @param followed how many of the others were looked at when they had returned
/// @param failures how many of `followed` failed, by call and error, such as `openat ENOENT`
/// @param sites where the calls came from
/// @param lost how many events could not be captured: calls are missing then
public record RunSummary(
    String program,
    int status,
    String signal,
    long calls,
    long startup,
    long followed,
    Map<String, Long> failures,
    List<Site> sites,
    long lost) {
  public RunSummary {
    failures = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(failures));
    sites = List.copyOf(sites);
  }

  /// A call site.
  ///
  /// @param call the call's name
  /// @param user the user's code; `null` when the stack is not known
  /// @param times how many calls came from there
  public record Site(String call, @Nullable Frame user, long times) {}
}
