package trapline.dwarf;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.model.LinkAddress;

/// A call as the debug information of the calling function describes it (DWARF 5, section 3.4.1).
///
/// @param address the instruction behind the call, or the call itself
/// @param isCall whether `address` is that of the call itself
/// @param tail whether it is a tail call: a jump that leaves the function
/// @param target what is called
/// @param parameters what is known of the values that are passed
/// @param context what the parameters' expressions need from their unit
public record CallSite(
    LinkAddress address,
    boolean isCall,
    boolean tail,
    Target target,
    List<Parameter> parameters,
    UnitContext context) {
  public CallSite {
    parameters = List.copyOf(parameters);
  }

  /// What a call leads to.
  public sealed interface Target {
    /// A function of the same object file.
    ///
    /// @param entries where it may be entered: the start of each of its parts, its entry first
    record Function(List<LinkAddress> entries) implements Target {
      public Function {
        entries = List.copyOf(entries);
      }
    }

    /// A function that is only declared here.
    ///
    /// @param symbol the name that the linker knows it by
    record Named(String symbol) implements Target {}

    /// An address that an expression computes with the registers at the call.
    record Computed(LocationDescription.Expression expression) implements Target {}

    /// It is not stated.
    record Unknown() implements Target {}
  }

  /// A value that is passed.
  ///
  /// @param location an expression for where the called function finds it; empty when not stated
  /// @param formal the offset of the parameter's entry in the unit; -1 when not stated
  /// @param value computes it with the calling function's registers as they are when it is called;
  ///     `null` when not stated
  /// @param dataValue the same for what the passed pointer points to; `null` when not stated
  public record Parameter(
      Bytes location, long formal, @Nullable Bytes value, @Nullable Bytes dataValue) {}

  /// The tail calls of a function.
  ///
  /// @param calls in the order of the debug information
  /// @param complete whether the debug information says that there are no others
  public record TailCalls(List<CallSite> calls, boolean complete) {
    public TailCalls {
      calls = List.copyOf(calls);
    }
  }
}
