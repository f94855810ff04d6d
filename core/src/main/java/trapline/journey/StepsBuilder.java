package trapline.journey;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trapline.code.Instruction;
import trapline.dwarf.DebugInfo;
import trapline.dwarf.LineEntry;
import trapline.model.CodeLine;
import trapline.model.Hop;
import trapline.model.LinkAddress;
import trapline.model.MalformedBinary;
import trapline.model.Place;
import trapline.model.Registers;
import trapline.model.RemoteAddress;
import trapline.model.Step;
import trapline.model.Unsupported;

/// Turns the states that a thread went through into steps to show.
public final class StepsBuilder {
  /// Slots of `user_regs_struct` whose change is shown: the general registers and the segment
  /// bases.
  private static final int[] SHOWN = {10, 5, 11, 12, 13, 14, 4, 19, 9, 8, 7, 6, 3, 2, 1, 0, 21, 22};

  private final AddressSpace space;
  private final Quotes quotes;
  private final boolean collapseLoader;

  /// The line of each instruction that was met; `null` for one without.
  private final Map<Long, @Nullable Place> places = new HashMap<>();

  private @Nullable Place last;

  StepsBuilder(AddressSpace space, Quotes quotes, boolean collapseLoader) {
    this.space = space;
    this.quotes = quotes;
    this.collapseLoader = collapseLoader;
  }

  /// The steps to a trap, the call, and the steps from there back to the caller and a little on.
  ///
  /// @param walked the states up to the trap
  /// @param call as it is shown
  public List<Step> around(List<Registers> walked, String call, ReturnTrace trace) {
    List<Registers> back = trace.states();
    List<Step> steps = new ArrayList<>(steps(walked));
    steps.addAll(steps(List.of(walked.getLast(), back.getFirst())));
    steps.add(new Step.Trap(call, Long.toString(back.getFirst().result())));
    int last = trace.caller() < 0 ? back.size() : trace.caller() + 2;
    steps.addAll(steps(back.subList(0, Math.min(last, back.size()))));
    return steps;
  }

  /// The steps from the first state to the last one, which is where the thread is, not run yet. A
  /// source line stands before the first of the instructions in a row that are of it, also when
  /// those before it were given by an earlier call.
  public List<Step> steps(List<Registers> states) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i + 1 < states.size(); ) {
      RemoteAddress pc = new RemoteAddress(states.get(i).instructionPointer());
      Image image = space.at(pc);
      if (collapseLoader && image != null && image.role() == Image.Role.LOADER) {
        int end = i;
        while (end + 1 < states.size() && isIn(image, states.get(end).instructionPointer())) {
          end++;
        }
        steps.add(collapsed(image, pc, end - i));
        last = null;
        i = end;
      } else {
        addSource(image, pc, steps);
        steps.add(step(image, states.get(i), states.get(i + 1)));
        i++;
      }
    }
    return steps;
  }

  private void addSource(@Nullable Image image, RemoteAddress pc, List<Step> steps) {
    Place place = image == null ? null : placeAt(image, pc);
    if (image != null && place != null && !place.equals(last)) {
      steps.add(new Step.Source(place, quotes.text(image, place)));
    } else if (place == null && last != null) {
      steps.add(new Step.Source(null, null));
    }
    last = place;
  }

  private @Nullable Place placeAt(Image image, RemoteAddress pc) {
    if (places.containsKey(pc.value())) {
      return places.get(pc.value());
    }
    Place found = null;
    DebugInfo info = image.role() == Image.Role.VDSO ? null : image.debugInfo();
    if (info != null) {
      try {
        found =
            info.lineAt(image.link(pc))
                .filter(line -> line.line() > 0)
                .map(LineEntry::place)
                .orElse(null);
      } catch (MalformedBinary | Unsupported e) {
        found = null; // the instruction is shown without its line
      }
    }
    places.put(pc.value(), found);
    return found;
  }

  private boolean isIn(Image image, long pc) {
    return image.equals(space.at(new RemoteAddress(pc)));
  }

  private static Step collapsed(Image image, RemoteAddress pc, int count) {
    String name = image.describe(image.link(pc));
    String what = name == null || name.isEmpty() ? pc.toString() : name;
    return new Step.Collapsed(what + " (" + image.shortName() + ")", count);
  }

  private Step step(@Nullable Image image, Registers before, Registers after) {
    RemoteAddress pc = new RemoteAddress(before.instructionPointer());
    Instruction filed = image == null ? null : FunctionCode.single(image, pc);
    Instruction instruction = filed == null ? MemoryCode.at(space, pc) : filed;
    CodeLine line =
        instruction == null
            ? new CodeLine(pc, new LinkAddress(pc.value()), "", "(unreadable)", "", false)
            : image == null || filed == null
                ? MemoryCode.line(space, instruction, "", false)
                : FunctionCode.line(image, instruction, "", false);
    List<Hop.RegisterValue> changed = new ArrayList<>();
    for (int slot : SHOWN) {
      if (before.slot(slot) != after.slot(slot)) {
        changed.add(new Hop.RegisterValue(after.architecture().slotName(slot), after.slot(slot)));
      }
    }
    return new Step.Executed(line, image == null ? "" : image.shortName(), changed);
  }
}
