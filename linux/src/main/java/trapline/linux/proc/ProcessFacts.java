package trapline.linux.proc;

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
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
/// @param tracer the thread that traces it, or 0
/// @param userId its effective user
/// @param auxiliary the auxiliary vector, by `AT_` type ([#AT_ENTRY] …); empty when unreadable
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

  /// Where the path is that was handed to execve(2).
  public static final long AT_EXECFN = 31;

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
    String directory = "/proc/" + threadId;
    String status = ProcFile.text(directory + "/status");
    if (status.isEmpty()) {
      return null;
    }
    String state = ProcFile.field(status, "State:");
    String user = ProcFile.field(status, "Uid:");
    int effective = user.indexOf('\t') + 1;
    return new ProcessFacts(
        integer(status, "Tgid:"),
        ProcFile.line(directory + "/comm"),
        ProcFile.link(directory + "/exe"),
        ProcFile.link(directory + "/cwd"),
        state.isEmpty() ? '?' : state.charAt(0),
        integer(status, "PPid:"),
        integer(status, "TracerPid:"),
        (int) ProcFile.number(user.substring(effective), 10, -1),
        auxiliaryVector(ProcFile.bytes(directory + "/auxv")));
  }

  /// A thread's name (comm), without a look at anything else; empty when there is no such thread.
  public static String command(int threadId) {
    return ProcFile.line("/proc/" + threadId + "/comm");
  }

  /// A thread's working directory, without a look at anything else; empty when it cannot be read.
  public static String directory(int threadId) {
    String directory = ProcFile.link("/proc/" + threadId + "/cwd");
    return directory == null ? "" : directory;
  }

  private static int integer(String status, String name) {
    return (int) ProcFile.number(ProcFile.field(status, name), 10, 0);
  }

  private static Map<Long, Long> auxiliaryVector(byte @Nullable [] bytes) {
    Map<Long, Long> vector = new HashMap<>();
    if (bytes != null) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      while (buffer.remaining() >= 16) {
        long type = buffer.getLong();
        long value = buffer.getLong();
        if (type == 0) {
          break;
        }
        vector.putIfAbsent(type, value);
      }
    }
    return vector;
  }

  /// A variable of the environment that the process's program was started with.
  ///
  /// @return `null` when it is not set, or the environment cannot be read
  public static @Nullable String environment(int threadId, String name) {
    byte[] bytes = ProcFile.bytes("/proc/" + threadId + "/environ");
    int start = 0;
    while (bytes != null && start < bytes.length) {
      int end = start;
      while (end < bytes.length && bytes[end] != 0) {
        end++;
      }
      String entry = new String(bytes, start, end - start, StandardCharsets.UTF_8);
      if (entry.startsWith(name) && entry.startsWith("=", name.length())) {
        return entry.substring(name.length() + 1);
      }
      start = end + 1;
    }
    return null;
  }

  /// The ids of all threads, rising; empty when the process is gone.
  ///
  /// @param processId the process, or one of its threads
  public static int[] threadIds(int processId) {
    String[] names = new File("/proc/" + processId + "/task").list();
    if (names == null) {
      return new int[0];
    }
    int[] ids = new int[names.length];
    for (int i = 0; i < names.length; i++) {
      ids[i] = (int) ProcFile.number(names[i], 10, 0);
    }
    Arrays.sort(ids);
    return ids;
  }

  /// Whether a thread has ended, also where something of it is left: a first thread stays until the
  /// others have ended, a process until its parent has waited for it.
  public static boolean hasEnded(int threadId) {
    String state = ProcFile.field(ProcFile.text("/proc/" + threadId + "/status"), "State:");
    return state.isEmpty() || state.startsWith("Z") || state.startsWith("X");
  }

  /// A living thread of a process: the first one that there is. What `/proc` says of memory, files
  /// and directories is empty for a thread that has ended.
  ///
  /// @param id the process, or one of its threads
  /// @return `id` itself when none lives
  public static int livingThread(int id) {
    for (int threadId : threadIds(id)) {
      if (!hasEnded(threadId)) {
        return threadId;
      }
    }
    return id;
  }

  /// The thread that traces a thread, or 0.
  public static int tracerOf(int threadId) {
    return integer(ProcFile.text("/proc/" + threadId + "/status"), "TracerPid:");
  }

  /// The process group of a thread's process; 0 when it is unknown.
  public static int groupOf(int threadId) {
    String stat = ProcFile.text("/proc/" + threadId + "/stat");
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", 4);
    return fields.length < 4 ? 0 : (int) ProcFile.number(fields[2], 10, 0);
  }

  /// A process's ids in the PID namespaces in which it has one, the outermost of those that can be
  /// seen first.
  public static int[] namespaceIds(int processId) {
    String status = ProcFile.text("/proc/" + processId + "/status");
    String ids = ProcFile.field(status, "NSpid:");
    return ids.isEmpty()
        ? new int[] {processId}
        : Arrays.stream(ids.split("\t")).mapToInt(id -> (int) ProcFile.number(id, 10, 0)).toArray();
  }

  /// Whether a seccomp filter looks at a thread's calls.
  public static boolean hasSeccompFilter(int threadId) {
    return ProcFile.field(ProcFile.text("/proc/" + threadId + "/status"), "Seccomp:").equals("2");
  }

  /// Whether a signal that the thread does not block waits to be delivered to it.
  public static boolean hasPendingSignal(int threadId) {
    String status = ProcFile.text("/proc/" + threadId + "/status");
    long pending = set(status, "SigPnd:") | set(status, "ShdPnd:");
    return (pending & ~set(status, "SigBlk:")) != 0;
  }

  /// What a process does with a signal.
  public enum Disposition {
    DEFAULT,
    IGNORED,
    HANDLED
  }

  /// What the process of a thread does with a signal.
  public static Disposition disposition(int threadId, int signal) {
    String status = ProcFile.text("/proc/" + threadId + "/status");
    long bit = 1L << (signal - 1);
    if ((set(status, "SigIgn:") & bit) != 0) {
      return Disposition.IGNORED;
    }
    return (set(status, "SigCgt:") & bit) != 0 ? Disposition.HANDLED : Disposition.DEFAULT;
  }

  /// Whether a thread blocks a signal, or its process ignores it.
  public static boolean withholds(int threadId, int signal) {
    String status = ProcFile.text("/proc/" + threadId + "/status");
    long withheld = set(status, "SigBlk:") | set(status, "SigIgn:");
    return (withheld >>> (signal - 1) & 1) != 0;
  }

  /// Whether a handler of the program's runs when a signal is delivered.
  public static boolean catches(int threadId, int signal) {
    String status = ProcFile.text("/proc/" + threadId + "/status");
    return (set(status, "SigCgt:") >>> (signal - 1) & 1) != 0;
  }

  private static long set(String status, String name) {
    return ProcFile.number(ProcFile.field(status, name), 16, 0);
  }
}
