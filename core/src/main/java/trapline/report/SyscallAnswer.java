package trapline.report;

import java.util.List;
import java.util.Optional;
import trapline.kernel.AbiNumber;
import trapline.kernel.KernelVersion;
import trapline.kernel.RunningCall;
import trapline.kernel.SyscallFacts;
import trapline.kernel.SyscallHistory;

/// All that is known about one call of one ABI.
///
/// @param facts what the source says
/// @param version which source that is
/// @param origin where the facts are from: `embedded index`, or the path of an index or a tree
/// @param relation how that source relates to the running kernel, or to the version that the user
///     asked for, without its full stop
/// @param numbers the number of that name in every ABI of the same source
/// @param history the call over the indexed versions
/// @param manual the manual page's one-line description; empty when the page is not installed
/// @param running what the running kernel says; empty when the ABI is none of this machine's
public record SyscallAnswer(
    SyscallFacts facts,
    KernelVersion version,
    String origin,
    String relation,
    List<AbiNumber> numbers,
    SyscallHistory history,
    String manual,
    Optional<RunningCall> running) {
  public SyscallAnswer {
    numbers = List.copyOf(numbers);
  }
}
