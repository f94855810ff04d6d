package trapline.dwarf;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.model.LinkAddress;
import trapline.model.MalformedBinary;

/// Answers about calls from the entries of one unit's functions.
final class CallSiteFinder {
  private static final int MAX_ENTRIES = 1 << 20;
  private static final int MAX_DEPTH = 256;

  private final Unit unit;
  private final List<Entry> calls = new ArrayList<>();
  private int visited;

  private CallSiteFinder(Unit unit) {
    this.unit = unit;
  }

  /// The call that returns to an address; `null` when none is described.
  static @Nullable CallSite returningTo(Unit unit, LinkAddress address) {
    FunctionIndex index = unit.functions();
    int function = index.function(address.value() - 1);
    if (function < 0) {
      return null;
    }
    for (Entry call : calls(unit, index.entry(function))) {
      if (returnAddress(call) == address.value()) {
        return read(call);
      }
    }
    return null;
  }

  /// The tail calls of the function that is entered at an address; `null` when none is.
  static CallSite.@Nullable TailCalls tailCalls(Unit unit, LinkAddress address) {
    FunctionIndex index = unit.functions();
    int function = index.function(address.value());
    if (function < 0) {
      return null;
    }
    Entry entry = index.entry(function);
    if (FrameFinder.entry(entry, index.ranges(function)) != address.value()) {
      return null;
    }
    List<CallSite> found = new ArrayList<>();
    for (Entry call : calls(unit, entry)) {
      if (isTail(call)) {
        try {
          CallSite site = read(call);
          if (site != null) {
            found.add(site);
          }
        } catch (MalformedBinary broken) {
          unit.file.diagnostics().add("a call of " + unit, broken);
        }
      }
    }
    boolean complete =
        entry.flag(Attribute.CALL_ALL_CALLS)
            || entry.flag(Attribute.CALL_ALL_TAIL_CALLS)
            || entry.flag(Attribute.GNU_ALL_CALL_SITES)
            || entry.flag(Attribute.GNU_ALL_TAIL_CALL_SITES);
    return new CallSite.TailCalls(found, complete);
  }

  private static List<Entry> calls(Unit unit, Entry function) {
    CallSiteFinder finder = new CallSiteFinder(unit);
    unit.allowLists();
    finder.collect(function, 0);
    return finder.calls;
  }

  /// Calls stand in the function, in its blocks and in the calls that were inlined into it.
  private void collect(Entry scope, int depth) {
    for (Entry child : Children.of(scope)) {
      if (++visited > MAX_ENTRIES) {
        throw unit.section.malformed(scope.offset, "a function with too many entries");
      }
      switch (child.tag()) {
        case Tag.CALL_SITE, Tag.GNU_CALL_SITE -> calls.add(child);
        case Tag.LEXICAL_BLOCK, Tag.INLINED_SUBROUTINE, Tag.TRY_BLOCK, Tag.CATCH_BLOCK -> {
          if (depth == MAX_DEPTH) {
            throw unit.section.malformed(child.offset, "entries are nested too deeply");
          }
          collect(child, depth + 1);
        }
        default -> {}
      }
    }
  }

  /// The address behind a call; 0 when it is not stated.
  private static long returnAddress(Entry call) {
    if (call.has(Attribute.CALL_RETURN_PC)) {
      return call.address(Attribute.CALL_RETURN_PC);
    }
    return call.tag() == Tag.GNU_CALL_SITE && call.has(Attribute.LOW_PC)
        ? call.address(Attribute.LOW_PC)
        : 0;
  }

  private static boolean isTail(Entry call) {
    return call.flag(Attribute.CALL_TAIL_CALL) || call.flag(Attribute.GNU_TAIL_CALL);
  }

  private static @Nullable CallSite read(Entry call) {
    long address = returnAddress(call);
    boolean isCall = address == 0 && call.has(Attribute.CALL_PC);
    if (isCall) {
      address = call.address(Attribute.CALL_PC);
    }
    if (address == 0) {
      return null;
    }
    List<CallSite.Parameter> parameters = new ArrayList<>();
    for (Entry child : Children.of(call)) {
      if (child.tag() == Tag.CALL_SITE_PARAMETER || child.tag() == Tag.GNU_CALL_SITE_PARAMETER) {
        Bytes location = child.block(Attribute.LOCATION);
        parameters.add(
            new CallSite.Parameter(
                location == null ? Bytes.empty("no location") : location,
                formal(child),
                block(child, Attribute.CALL_VALUE, Attribute.GNU_CALL_SITE_VALUE),
                block(child, Attribute.CALL_DATA_VALUE, Attribute.GNU_CALL_SITE_DATA_VALUE)));
      }
    }
    return new CallSite(
        new LinkAddress(address),
        isCall,
        isTail(call),
        target(call),
        parameters,
        call.unit.context());
  }

  /// The offset in the unit of the called function's parameter (`DW_OP_GNU_parameter_ref`).
  private static long formal(Entry parameter) {
    Entry stated = parameter.reference(Attribute.CALL_PARAMETER);
    Entry formal = stated != null ? stated : parameter.reference(Attribute.ABSTRACT_ORIGIN);
    return formal == null || formal.unit != parameter.unit
        ? -1
        : formal.offset - formal.unit.offset;
  }

  private static @Nullable Bytes block(Entry entry, int attribute, int older) {
    Bytes block = entry.block(attribute);
    return block == null ? entry.block(older) : block;
  }

  private static CallSite.Target target(Entry call) {
    Bytes computed = block(call, Attribute.CALL_TARGET, Attribute.GNU_CALL_SITE_TARGET);
    if (computed != null && !computed.isEmpty()) {
      return new CallSite.Target.Computed(
          new LocationDescription.Expression(computed, call.unit.context()));
    }
    Entry called = call.reference(Attribute.CALL_ORIGIN);
    if (called == null) {
      called = call.reference(Attribute.ABSTRACT_ORIGIN);
    }
    if (called == null) {
      return new CallSite.Target.Unknown();
    }
    long[] ranges = RangeLists.of(called);
    if (ranges.length > 0) {
      List<LinkAddress> entries = new ArrayList<>();
      entries.add(new LinkAddress(FrameFinder.entry(called, ranges)));
      for (int i = 0; i < ranges.length; i += 2) {
        LinkAddress start = new LinkAddress(ranges[i]);
        if (!entries.contains(start)) {
          entries.add(start);
        }
      }
      return new CallSite.Target.Function(entries);
    }
    String symbol = Declaration.of(called).name().symbol();
    return symbol.isEmpty() ? new CallSite.Target.Unknown() : new CallSite.Target.Named(symbol);
  }
}
