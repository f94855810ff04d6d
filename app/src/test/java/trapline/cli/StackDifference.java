package trapline.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The stacks of a thread at its calls, ours and gdb's, matched call by call and frame by frame.
final class StackDifference {
  /// A frame with its levels, innermost first; the last one is the function itself.
  ///
  /// @param interrupted whether a signal's handler has interrupted it
  private record Frame(List<JsonNode> levels, boolean interrupted) {
    JsonNode last() {
      return levels.getLast();
    }

    boolean isTailCall() {
      return last().get("tailCall").asBoolean();
    }

    /// The return address of a frame of a tail call may be anything: gdb has the one behind the
    /// jump.
    int matches(Frame other) {
      boolean same =
          isTailCall() == other.isTailCall() && last().get("pc").equals(other.last().get("pc"));
      return same ? 1 : 0;
    }

    @Override
    public String toString() {
      return Stacks.levels(levels) + " " + last().get("pc").asText();
    }

    boolean isIn(String evidence) {
      return last().get("evidence").asText().equals(evidence);
    }
  }

  private static final long LOWEST_ADDRESS = 0x40_0000;

  private final boolean timed;
  private final Map<StackRule, Integer> reasons = new EnumMap<>(StackRule.class);
  private final Set<String> differences = new LinkedHashSet<>();
  private int equal;
  private int ruled;
  private int missing;
  private int wrong;
  private int unpaired;

  /// @param timed whether threads and clocks decide which calls are made
  /// @param ours journeys in their order
  /// @param theirs gdb's stops in theirs
  StackDifference(boolean timed, List<JsonNode> ours, List<JsonNode> theirs) {
    this.timed = timed;
    List<Alignment.Pair> pairs = Alignment.of(ours, theirs, this::likeness);
    int last = pairs.size();
    while (last > 0 && !pairs.get(last - 1).isWhole()) {
      last--; // One of the runs was only looked at so far.
    }
    for (Alignment.Pair pair : pairs.subList(0, last)) {
      if (!pair.isWhole()) {
        unpaired++;
        continue;
      }
      JsonNode journey = ours.get(pair.ours());
      JsonNode frames = theirs.get(pair.theirs()).get("frames");
      if (!journey.get("hops").isEmpty()) {
        compare(journey, frames);
      }
    }
  }

  /// Levels that are the same as they stand.
  int equal() {
    return equal;
  }

  /// Levels of either side that a rule explains.
  int ruled() {
    return ruled;
  }

  /// Levels that only gdb has, and no rule says why.
  int missing() {
    return missing;
  }

  /// Levels that only we have, and no rule says why.
  int wrong() {
    return wrong;
  }

  /// Calls that only one of the runs made.
  int unpaired() {
    return unpaired;
  }

  /// How many levels each rule explains.
  Map<StackRule, Integer> reasons() {
    return reasons;
  }

  /// Each kind of difference that no rule explains.
  Set<String> differences() {
    return differences;
  }

  /// Calls of one number can be the same one; those with the same stack are so more likely. Where
  /// threads and clocks decide which calls are made, they must have the same arguments, too.
  private int likeness(JsonNode journey, JsonNode stop) {
    if (journey.at("/syscall/number").asInt() != stop.get("call").asInt()
        || (timed && !hasSameArguments(journey, stop))) {
      return 0;
    }
    if (journey.get("hops").isEmpty()) {
      return 1000;
    }
    Set<JsonNode> places = new HashSet<>();
    stop.get("frames").forEach(level -> places.add(level.get("pc")));
    JsonNode stack = Follow.hop(journey, "source-line").get("stack");
    int common = 0;
    for (JsonNode level : stack) {
      common += places.contains(level.get("pc")) ? 1 : 0;
    }
    return 1000 + 2000 * common / stack.size();
  }

  /// Addresses may differ, as the environment is on the stack and blocks are had in another order;
  /// but what is waited for is known by its address.
  private static boolean hasSameArguments(JsonNode journey, JsonNode stop) {
    boolean addresses = !Follow.name(journey).equals("futex");
    int number = 0;
    for (JsonNode argument : journey.get("arguments")) {
      long ours = Long.parseUnsignedLong(argument.get("raw").asText().substring(2), 16);
      long theirs = stop.get("arguments").get(number++).bigIntegerValue().longValue();
      boolean both =
          Long.compareUnsigned(ours, LOWEST_ADDRESS) >= 0
              && Long.compareUnsigned(theirs, LOWEST_ADDRESS) >= 0;
      if ((int) ours != (int) theirs && !(both && addresses)) {
        return false;
      }
    }
    return true;
  }

  private void explain(StackRule rule, int levels) {
    ruled += levels;
    reasons.merge(rule, levels, Integer::sum);
  }

  private void compare(JsonNode journey, JsonNode stop) {
    List<Frame> theirs = frames(stop);
    List<Frame> ours = frames(Follow.hop(journey, "source-line").get("stack"));
    if (Stacks.isEarly(stop)) {
      explain(StackRule.EARLY, ours.stream().mapToInt(each -> each.levels().size()).sum());
      return;
    }
    int start = start(theirs);
    explain(
        StackRule.BEHIND_START,
        theirs.subList(start, theirs.size()).stream().mapToInt(each -> each.levels().size()).sum());
    theirs = theirs.subList(0, start);
    String call = Follow.name(journey);
    int guessed = firstWithoutTable(ours);
    boolean proven = guessed < ours.size() && isProvenByGo(ours.subList(guessed, ours.size()));
    boolean lost = false;
    for (Alignment.Pair pair : Alignment.of(ours, theirs, Frame::matches)) {
      if (pair.isWhole()) {
        compare(call, ours, pair.ours(), theirs.get(pair.theirs()));
        lost |= pair.ours() >= guessed;
      } else if (pair.theirs() >= 0) {
        Frame frame = theirs.get(pair.theirs());
        if (lost && proven) {
          explain(StackRule.NO_TABLE, frame.levels().size());
        } else {
          missing += frame.levels().size();
          differences.add(call + ": gdb alone " + frame);
        }
      } else {
        Frame frame = ours.get(pair.ours());
        StackRule rule =
            isByCode(ours, pair.ours())
                ? StackRule.BY_CODE
                : lost && proven ? StackRule.NO_TABLE : null;
        if (rule != null) {
          explain(rule, frame.levels().size());
        } else {
          wrong += frame.levels().size();
          differences.add(call + ": ours alone " + frame);
        }
      }
    }
  }

  /// The index behind the frame with which the kernel started the process.
  private static int start(List<Frame> frames) {
    for (int i = 0; i < frames.size(); i++) {
      String function = frames.get(i).last().get("function").asText();
      if (function.equals("_start") || function.equals("_dl_start_user")) {
        return i + 1;
      }
    }
    return frames.size();
  }

  private static boolean isByCode(List<Frame> frames, int index) {
    Frame frame = frames.get(index);
    return frame.isTailCall()
        && frame.isIn("inferred")
        && index > 0
        && FrameCode.provesTailCall(
            frames.get(index - 1).last(),
            frame.last(),
            index + 1 < frames.size() ? frames.get(index + 1).last() : null);
  }

  private static int firstWithoutTable(List<Frame> frames) {
    int found = 0;
    while (found < frames.size()
        && (!frames.get(found).last().hasNonNull("module")
            || FrameCode.hasTable(frames.get(found).last().get("module").asText()))) {
      found++;
    }
    return found;
  }

  private static boolean isProvenByGo(List<Frame> frames) {
    for (int i = 0; i + 1 < frames.size(); i++) {
      if (!frames.get(i + 1).isTailCall()
          && !FrameCode.provesGoCall(frames.get(i).last(), frames.get(i + 1).last())) {
        return false;
      }
    }
    return FrameCode.isGoTop(frames.getLast().last());
  }

  private void compare(String call, List<Frame> all, int index, Frame theirs) {
    Frame ours = all.get(index);
    List<JsonNode> shown = ours.levels();
    if (ours.isTailCall()
        && shown.size() > theirs.levels().size()
        && shown.getFirst().get("inlined").asBoolean()) {
      explain(StackRule.INLINED_TAIL_CALL, shown.size() - theirs.levels().size());
      shown = shown.subList(0, theirs.levels().size());
    }
    List<String> mine = Stacks.levels(shown);
    List<String> gdbs = Stacks.levels(theirs.levels());
    if (mine.equals(gdbs)) {
      equal += mine.size();
      return;
    }
    StackRule rule = null;
    if (ours.isIn("debug-info") && Stacks.isProven(shown, "", ours.interrupted())) {
      rule = index == 0 ? StackRule.BEHIND_TRAP : StackRule.NO_STATEMENT;
    } else if (isRenamed(mine, gdbs)) {
      rule = StackRule.LARGE_FILE_NAME;
    }
    if (rule != null) {
      explain(rule, mine.size());
      return;
    }
    List<String> lacking = new ArrayList<>(gdbs);
    mine.forEach(lacking::remove);
    List<String> more = new ArrayList<>(mine);
    gdbs.forEach(more::remove);
    equal += mine.size() - more.size();
    missing += lacking.size();
    wrong += more.size();
    differences.add(call + ": gdb " + lacking + ", ours " + more);
  }

  private static boolean isRenamed(List<String> ours, List<String> theirs) {
    List<String> plain =
        theirs.stream().map(each -> each.replaceFirst("^(\\w+)64 ", "$1 ")).toList();
    return ours.equals(plain);
  }

  private static List<Frame> frames(JsonNode stack) {
    List<Frame> frames = new ArrayList<>();
    List<JsonNode> open = new ArrayList<>();
    boolean interrupted = false;
    for (JsonNode level : stack) {
      open.add(level);
      if (!level.get("inlined").asBoolean()) {
        frames.add(new Frame(open, interrupted));
        open = new ArrayList<>();
        interrupted = level.get("signal").asBoolean();
      }
    }
    return frames;
  }
}
