package trapline.follow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import trapline.abi.Parameter;
import trapline.abi.SyscallSignature;
import trapline.abi.SyscallTable;
import trapline.model.KeyArgument;
import trapline.model.KeyArgument.Kind;
import trapline.model.SyscallId;

/// Which arguments of a call may differ in another run of the program (descriptors, process ids,
/// addresses), as the call's signature says.
final class KeyArguments {
  /// Larger values count as addresses, times or random numbers.
  private static final long SMALL = 1L << 20;

  /// The standard streams are the same in every run, and no run has so many files open.
  private static final int FIRST_DESCRIPTOR = 3;

  private static final int NO_DESCRIPTOR = 1024;

  /// Names of the parameters that hold process ids, and ids of other objects.
  private static final Set<String> PROCESSES = Set.of("pid", "upid", "tid", "tgid", "pgid");

  private static final Set<String> OBJECTS =
      Set.of("shmid", "msqid", "semid", "timer_id", "wd", "ctx_id");

  private static final Map<SyscallId, List<Meaning>> KNOWN = new ConcurrentHashMap<>();

  private enum Meaning {
    NUMBER,
    FLAGS,
    DESCRIPTOR,
    PROCESS,
    OBJECT,
    ADDRESS,
    UNKNOWN
  }

  private KeyArguments() {}

  /// What can be said about a call's arguments.
  ///
  /// @param arguments the six argument registers
  static List<KeyArgument> of(SyscallId id, List<Long> arguments) {
    List<Meaning> meanings = known(id);
    List<KeyArgument> told = new ArrayList<>(meanings.size());
    for (int i = 0; i < meanings.size() && i < arguments.size(); i++) {
      told.add(of(meanings.get(i), arguments.get(i)));
    }
    return told;
  }

  private static KeyArgument of(Meaning meaning, long value) {
    int number = (int) value;
    Kind kind =
        switch (meaning) {
          case NUMBER, UNKNOWN -> isSmall(value) ? Kind.NUMBER : Kind.ADDRESS;
          case FLAGS -> Kind.NUMBER;
          case ADDRESS -> value == 0 || isSmall(value) ? Kind.NUMBER : Kind.ADDRESS;
          case DESCRIPTOR ->
              number >= FIRST_DESCRIPTOR && number < NO_DESCRIPTOR ? Kind.DESCRIPTOR : Kind.NUMBER;
          case PROCESS -> number > 1 ? Kind.PROCESS : Kind.NUMBER;
          case OBJECT -> number >= 0 ? Kind.OBJECT : Kind.NUMBER;
        };
    return new KeyArgument(kind, kind == Kind.ADDRESS ? value : number);
  }

  private static boolean isSmall(long value) {
    return Math.abs((int) value) < SMALL && (value == (int) value || value >>> 32 == 0);
  }

  /// Remembers only calls that there are: a program can make up numbers without end.
  private static List<Meaning> known(SyscallId id) {
    List<Meaning> known = KNOWN.get(id);
    if (known != null) {
      return known;
    }
    SyscallSignature signature = SyscallTable.of(id.abi()).byNumber(id.number());
    if (signature == null) {
      return List.of();
    }
    List<Meaning> meanings = signature.parameters().stream().map(KeyArguments::meaning).toList();
    KNOWN.put(id, meanings);
    return meanings;
  }

  private static Meaning meaning(Parameter parameter) {
    if (parameter.type().contains("*")) {
      return Meaning.ADDRESS;
    }
    if (parameter.type().contains("pid_t") || PROCESSES.contains(parameter.name())) {
      return Meaning.PROCESS;
    }
    if (OBJECTS.contains(parameter.name())) {
      return Meaning.OBJECT;
    }
    return switch (parameter.format().name()) {
      case "fd", "dirfd" -> Meaning.DESCRIPTOR;
      case "const", "mode", "signal", "ioctl" -> Meaning.FLAGS;
      case "ptr", "hex" -> Meaning.ADDRESS;
      case "int", "uint" -> Meaning.NUMBER;
      default -> Meaning.UNKNOWN;
    };
  }
}
