package trapline.linux.vm;

import java.util.List;
import trapline.model.Abi;

/// A system call that a thread of the guest's program has entered.
///
/// @param thread which thread, numbered from 1 in the order in which they were made; 1 is the
///     program's first thread. Threads of processes that the program started count too
/// @param number in the numbering of `abi`; as the program gave it, so perhaps of no known call
/// @param abi by which way it came into the kernel
/// @param arguments the six argument registers
/// @param ip the user address behind the instruction that entered the kernel
/// @param sp the user stack pointer
public record GuestCall(int thread, int number, Abi abi, List<Long> arguments, long ip, long sp) {
  public GuestCall {
    arguments = List.copyOf(arguments);
  }
}
