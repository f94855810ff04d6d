package trapline.decode;

import java.util.List;
import trapline.model.ArgValue;
import trapline.model.Argument;
import trapline.model.Outcome;
import trapline.model.Registers;
import trapline.model.SyscallId;

/// Turns the registers and the memory of a stopped thread into the arguments and the result of its
/// system call. The text of values follows strace 6.1.
///
/// Memory that cannot be read never fails a call: the value is then [ArgValue.Pointer] or
/// [ArgValue.Unreadable]. Has no state; safe for use by many threads.
public final class ArgumentDecoder {
  /// A decoder; it needs nothing.
  public ArgumentDecoder() {}

  /// The arguments at the entry of a call. What the kernel has yet to fill in is an address.
  ///
  /// A call without a signature has its six registers as [ArgValue.Raw] arguments named `arg0` to
  /// `arg5`.
  public List<Argument> onEntry(SyscallId id, Registers registers, DecodeContext context) {
    return List.of();
  }

  /// The arguments after the call: those of the entry, with what the kernel filled in.
  ///
  /// @param atEntry what [#onEntry] gave
  /// @param registers those of the entry
  /// @param result `rax` at the exit
  /// @param context its memory is that of the exit
  public List<Argument> onExit(
      SyscallId id,
      List<Argument> atEntry,
      Registers registers,
      long result,
      DecodeContext context) {
    return atEntry;
  }

  /// How a call ended, by its result alone.
  ///
  /// @param rax at the exit
  public Outcome outcome(SyscallId id, long rax) {
    return new Outcome.Returned(rax, Long.toString(rax));
  }

  /// How a call ended, with what strace prints behind the result, such as the flags that
  /// `fcntl(F_GETFL)` returned.
  ///
  /// @param registers those of the entry
  /// @param rax at the exit
  /// @param context its memory is that of the exit
  public Outcome outcome(SyscallId id, Registers registers, long rax, DecodeContext context) {
    return outcome(id, rax);
  }

  /// What a value means as one parameter of a call, without looking at any memory: `2` for the
  /// first parameter of `socket` is `AF_INET`.
  ///
  /// @param parameter its index from 0; one that the call does not have gives [ArgValue.Raw]
  public ArgValue decodeValue(SyscallId id, int parameter, long raw) {
    return new ArgValue.Raw(raw);
  }

  /// The same, following pointers. Lengths that other parameters give are unknown here, so a
  /// buffer stays an address.
  public ArgValue decodeValue(SyscallId id, int parameter, long raw, DecodeContext context) {
    return new ArgValue.Raw(raw);
  }
}
