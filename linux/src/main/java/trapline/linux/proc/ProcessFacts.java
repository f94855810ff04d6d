package trapline.linux.proc;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What `/proc` says of one process.
///
/// @param processId the thread group
/// @param command the short name, at most 15 bytes (`comm`)
/// @param executable the file that it runs; `null` when unknown
/// @param directory its working directory; `null` when unknown
/// @param state the letter in `/proc/PID/status`, such as `S` or `T`; `?` when unknown
/// @param parent the process that made it
/// @param tracer the process that traces it, or 0
/// @param userId its effective user
/// @param auxiliary the auxiliary vector, by `AT_` type ([#AT_ENTRY] …); empty when unreadable
@SuppressWarnings({"DoNotCallSuggester", "UnusedMethod", "UnusedVariable"})
public record ProcessFacts(
    int processId,
    String command,
    @Nullable String executable,
    @Nullable String directory,
    char state,
    int parent,
    int tracer,
    int userId,
    Map<Long, Long> auxiliary) {
  /// Address of the program headers (getauxval(3)).
  public static final long AT_PHDR = 3;

  /// How many program headers.
  public static final long AT_PHNUM = 5;

  /// Base address of the dynamic linker; 0 when there is none.
  public static final long AT_BASE = 7;

  /// The program's first instruction, after the dynamic linker.
  public static final long AT_ENTRY = 9;

  /// Address of the vDSO.
  public static final long AT_SYSINFO_EHDR = 33;

  public ProcessFacts {
    auxiliary = Map.copyOf(auxiliary);
  }

  /// An entry of the auxiliary vector, or 0.
  public long auxiliary(long type) {
    Long value = auxiliary.get(type);
    return value == null ? 0 : value;
  }

  /// Reads the facts.
  ///
  /// @param threadId a living thread of the process
  /// @return `null` when there is no such thread
  public static @Nullable ProcessFacts of(int threadId) {
    throw new UnsupportedOperationException();
  }

  /// The ids of all threads, rising; empty when the process is gone.
  public static int[] threadIds(int processId) {
    throw new UnsupportedOperationException();
  }
}
