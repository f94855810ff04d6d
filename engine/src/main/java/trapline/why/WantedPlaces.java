package trapline.why;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import trapline.follow.RunThread;
import trapline.follow.RunTree;
import trapline.linux.vm.CallPattern;
import trapline.linux.vm.CallSelection;
import trapline.model.CallKey;
import trapline.model.KeyArgument;

/// What a guest must be stopped at so that none of the wanted calls is missed.
///
/// @param selection all calls that match a wanted one, but for what differs between runs
/// @param crowded places with so many calls that the guest stops only at those with the wanted
///     descriptors
record WantedPlaces(CallSelection selection, Set<CallKey.Place> crowded) {
  /// How many calls that match a wanted one may be stopped at: this many take a second.
  private static final int MANY = 1000;

  /// @param here the run that the wanted calls are of
  static WantedPlaces of(List<CallKey> wanted, RunTree here) {
    Set<CallKey.Place> crowded = new HashSet<>();
    Set<CallPattern> patterns = new LinkedHashSet<>();
    for (CallKey each : wanted) {
      CallKey.Place place = each.place();
      long calls = 0;
      for (RunThread thread : here.threads()) {
        calls += thread.count(place);
      }
      boolean isCrowded = calls > MANY;
      if (isCrowded) {
        crowded.add(place);
      }
      patterns.add(pattern(each, isCrowded));
    }
    return new WantedPlaces(CallSelection.like(List.copyOf(patterns)), crowded);
  }

  private static CallPattern pattern(CallKey call, boolean withDescriptors) {
    int compared = 0;
    List<Integer> values = new ArrayList<>();
    for (int i = 0; i < CallPattern.ARGUMENTS; i++) {
      KeyArgument argument = i < call.arguments().size() ? call.arguments().get(i) : null;
      boolean isFixed =
          argument != null
              && (argument.kind() == KeyArgument.Kind.NUMBER
                  || (withDescriptors && argument.kind() == KeyArgument.Kind.DESCRIPTOR));
      compared |= isFixed ? 1 << i : 0;
      values.add(argument != null && isFixed ? (int) argument.value() : 0);
    }
    return new CallPattern(
        (int) call.id().number(), CallKey.offset(call.instruction()), compared, values);
  }
}
