package trapline.linux.vm;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import trapline.kernel.Kallsyms;

/// Where a kernel is stopped to watch its calls. Kernels have only some of these functions.
final class EntryPoints {
  /// Serves a `syscall` instruction: takes the number and the saved registers.
  static final String SYSCALL = "do_syscall_64";

  /// Serve `int $0x80`: the newer takes the number from `ax`, before it has saved it.
  static final String INT80 = "do_int80_emulation";

  static final String OLD_INT80 = "do_int80_syscall_32";

  /// Serves `sysenter`, and `syscall` of a 32-bit program.
  static final String FAST_32 = "do_fast_syscall_32";

  /// Lets a new thread run, in the thread that has made it: takes the new one's `task_struct`.
  static final String MADE = "wake_up_new_task";

  /// The last that an execve(2) that works does before the new program runs.
  static final String EXECUTED = "finalize_exec";

  /// Runs first on the stack of the thread that the processor is given to.
  static final String SWITCHED = "__switch_to";

  /// Where a `syscall` instruction leads, which calls [#SYSCALL].
  static final String GATE = "entry_SYSCALL_64";

  /// Runs when a call is over, before signals are looked at: the first of these that there is.
  static final List<String> EXITS =
      List.of("syscall_exit_to_user_mode", "exit_to_user_mode_prepare", "exit_to_user_mode_loop");

  /// The file that they are kept in.
  private static final String STOPS = "stops";

  private static final Set<String> WANTED =
      Set.of(
          SYSCALL,
          INT80,
          OLD_INT80,
          FAST_32,
          MADE,
          EXECUTED,
          GATE,
          SWITCHED,
          "syscall_exit_to_user_mode",
          "exit_to_user_mode_prepare",
          "exit_to_user_mode_loop");

  private final Map<Long, String> names = new LinkedHashMap<>();
  private final long exit;
  private final long gate;
  private final long switched;

  private EntryPoints(Map<String, Long> addresses) {
    for (String each : List.of(SYSCALL, INT80, OLD_INT80, FAST_32, MADE, EXECUTED)) {
      Long address = addresses.get(each);
      if (address != null) {
        names.put(address, each);
      }
    }
    long found = 0;
    for (String each : EXITS) {
      Long address = addresses.get(each);
      if (address != null) {
        found = address;
        break;
      }
    }
    this.exit = found;
    this.gate = addresses.getOrDefault(GATE, 0L);
    this.switched = addresses.getOrDefault(SWITCHED, 0L);
  }

  /// Those of a kernel; they are kept beside its symbols, which take a while to search.
  static EntryPoints of(GuestKernel kernel) throws IOException {
    Map<String, Long> addresses = new LinkedHashMap<>();
    if (kernel.directory().has(STOPS)) {
      for (String line : Files.readAllLines(kernel.directory().file(STOPS))) {
        String[] words = line.split(" ");
        addresses.put(words[1], Long.parseUnsignedLong(words[0], 16));
      }
    } else {
      try (InputStream in =
          new GZIPInputStream(
              new BufferedInputStream(Files.newInputStream(kernel.symbols())), 1 << 16)) {
        Kallsyms symbols = Kallsyms.search(in, WANTED);
        StringBuilder text = new StringBuilder();
        for (String each : WANTED) {
          symbols
              .symbol(each)
              .ifPresent(
                  found -> {
                    addresses.put(each, found.address());
                    text.append(Long.toHexString(found.address())).append(' ').append(each);
                    text.append('\n');
                  });
        }
        keep(kernel, text.toString());
      }
    }
    if (!addresses.containsKey(SYSCALL)) {
      throw new GuestFailure(
          GuestFailure.Kind.IMAGE,
          "the guest's kernel "
              + kernel.release()
              + " has no function "
              + SYSCALL
              + ", where its calls could be watched");
    }
    return new EntryPoints(addresses);
  }

  private static void keep(GuestKernel kernel, String text) {
    try {
      kernel.directory().write(STOPS, text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      return; // they are searched again next time
    }
  }

  /// Where calls come in, threads are made and programs begin.
  Set<Long> addresses() {
    return names.keySet();
  }

  /// Where a `syscall` instruction leads; 0 when that is not known.
  long gate() {
    return gate;
  }

  /// Where a thread goes on that was given the processor; 0 when that is not known.
  long switched() {
    return switched;
  }

  /// The function that serves it.
  long syscall() {
    for (Map.Entry<Long, String> each : names.entrySet()) {
      if (each.getValue().equals(SYSCALL)) {
        return each.getKey();
      }
    }
    return 0;
  }

  /// The function at an address; empty for any other.
  String nameAt(long address) {
    return names.getOrDefault(address, "");
  }

  /// Where calls are over; 0 when this kernel has no such function.
  long exit() {
    return exit;
  }
}
