package trapline.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A kernel function that ran for one call, with the functions that it called.
///
/// @param name as the kernel's symbol table has it, without the suffixes that the compiler adds
///     (`.isra.0`, `.constprop.0`, `.cold`)
/// @param address of its first instruction, where the kernel that was observed had it; 0 when it
///     is not known
/// @param place where its source defines it; `null` when no index names exactly one place
/// @param cost from entry to return with all that it called, in the unit of the [KernelRun]; -1
///     when it is not known
/// @param returned the return value as its type wants it (an `int` sign-extended); `null` when it
///     returns nothing, did not return, or its return was not seen
/// @param returnType the C type of what it returns; empty when the kernel's type information does
///     not tell
/// @param calls in their order
public record RanFunction(
    String name,
    long address,
    @Nullable Place place,
    long cost,
    @Nullable Long returned,
    String returnType,
    List<RanFunction> calls) {
  public RanFunction {
    calls = List.copyOf(calls);
  }

  /// How many functions this is, itself included.
  public int size() {
    int size = 1;
    for (RanFunction call : calls) {
      size += call.size();
    }
    return size;
  }
}
