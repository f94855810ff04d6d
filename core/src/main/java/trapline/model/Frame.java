package trapline.model;

import org.jspecify.annotations.Nullable;

/// One level of a call stack. An inlined call is a level of its own, as gdb shows it.
///
/// @param pc where this level is: the trap in the innermost, the return address in the others
/// @param function its name; empty when no symbol covers the address
/// @param place the line being executed there; `null` without debug information
/// @param module the object file that holds the code, by its path; empty when mapped from no file
/// @param moduleOffset the address inside that file as its symbols count (link address)
/// @param functionOffset bytes from the function's start; -1 when unknown
/// @param inlined whether this level was inlined into the next one
/// @param signal whether this is the frame that the kernel pushed to call a signal handler
/// @param tailCall whether the function has left the stack by a jump to the next inner one, which
///     returns in its place; `pc` is then behind that jump
/// @param evidence how function and place are known
/// @param own whether it is the user's own code, and not a compiler's, a system's or a library's
public record Frame(
    RemoteAddress pc,
    String function,
    @Nullable Place place,
    String module,
    long moduleOffset,
    long functionOffset,
    boolean inlined,
    boolean signal,
    boolean tailCall,
    Evidence evidence,
    boolean own) {
  /// A level that is the user's own code where its line is known.
  public Frame(
      RemoteAddress pc,
      String function,
      @Nullable Place place,
      String module,
      long moduleOffset,
      long functionOffset,
      boolean inlined,
      boolean signal,
      boolean tailCall,
      Evidence evidence) {
    this(
        pc,
        function,
        place,
        module,
        moduleOffset,
        functionOffset,
        inlined,
        signal,
        tailCall,
        evidence,
        place != null);
  }

  /// The same level as the user's own code or as that of others.
  public Frame withOwn(boolean isOwn) {
    return new Frame(
        pc,
        function,
        place,
        module,
        moduleOffset,
        functionOffset,
        inlined,
        signal,
        tailCall,
        evidence,
        isOwn);
  }
}
