package trapline.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A kernel function that ran for one call, with the functions that it called.
///
/// @param name as the kernel's symbol table has it, without the suffixes that the compiler adds
///     (`.isra.0`, `.constprop.0`, `.cold`)
/// @param address of its first instruction, where the kernel that was observed had it; 0 when it
///     is not known
/// @param places where its source defines it: one, or several when the source has several functions
///     of that name and does not say which of them the kernel was built with; none when no index
///     knows it
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
    List<Place> places,
    long cost,
    @Nullable Long returned,
    String returnType,
    List<RanFunction> calls) {
  public RanFunction {
    places = List.copyOf(places);
    calls = List.copyOf(calls);
  }

  /// Where its source defines it; `null` when that is not known, or not which of several places.
  public @Nullable Place place() {
    return places.size() == 1 ? places.getFirst() : null;
  }

  /// The places as text: `mm/a.c:1 or mm/b.c:2`, `mm/a.c:1 or 9`, `mm/a.c:1 or 7 others`;
  /// empty when there is none.
  public String placeText() {
    if (places.size() < 2) {
      return places.isEmpty() ? "" : places.getFirst().toString();
    }
    Place first = places.getFirst();
    if (places.size() > 2) {
      return first + " or " + (places.size() - 1) + " others";
    }
    Place second = places.getLast();
    return first + " or " + (first.file().equals(second.file()) ? "" + second.line() : second);
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
