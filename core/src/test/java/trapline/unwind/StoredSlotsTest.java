package trapline.unwind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Stored slots answer as a map does, and a branch's stores are not seen by another branch.
@Tag("unit")
final class StoredSlotsTest {
  private static final TrackedValue STACK = TrackedValue.initial(TrackedState.RSP);

  @Test
  void answersAsAMap() {
    SplittableRandom random = new SplittableRandom(11);
    List<@Nullable StoredSlots> versions = new ArrayList<>();
    List<Map<TrackedValue, TrackedValue>> maps = new ArrayList<>();
    versions.add(null);
    maps.add(Map.of());
    for (int i = 0; i < 2000; i++) {
      int from = random.nextInt(versions.size());
      TrackedValue address = address(random);
      TrackedValue value = TrackedValue.constant(i);
      Map<TrackedValue, TrackedValue> map = new HashMap<>(maps.get(from));
      map.put(address, value);
      maps.add(map);
      versions.add(StoredSlots.with(versions.get(from), address, value));
    }
    for (int i = 0; i < versions.size(); i++) {
      for (int asked = 0; asked < 20; asked++) {
        TrackedValue address = address(random);
        assertThat(StoredSlots.at(versions.get(i), address)).isEqualTo(maps.get(i).get(address));
      }
      for (var entry : maps.get(i).entrySet()) {
        assertThat(StoredSlots.at(versions.get(i), entry.getKey())).isEqualTo(entry.getValue());
      }
    }
  }

  /// Few enough that the same ones come again.
  private static TrackedValue address(SplittableRandom random) {
    TrackedValue base = TrackedValue.initial(random.nextInt(16)).plus(8 * random.nextInt(4));
    return random.nextInt(3) == 0 ? base.dereferenced().plus(random.nextInt(3)) : base;
  }

  @Test
  void addressesThatShareTheirBitsAreTold() {
    StoredSlots slots = null;
    for (int register = 0; register < 16; register++) {
      slots =
          StoredSlots.with(slots, TrackedValue.initial(register), TrackedValue.constant(register));
    }
    for (int register = 0; register < 16; register++) {
      assertThat(StoredSlots.at(slots, TrackedValue.initial(register)))
          .isEqualTo(TrackedValue.constant(register));
    }
  }

  @Test
  void aRegisterSavedTwiceIsTheOneNearestToTheReturnAddress() {
    StoredSlots slots = null;
    for (long offset : new long[] {-40, -16, -24}) {
      slots = StoredSlots.with(slots, STACK.plus(offset), TrackedValue.initial(3));
    }
    slots = StoredSlots.with(slots, TrackedValue.constant(8), TrackedValue.initial(3));
    slots = StoredSlots.with(slots, STACK.plus(-8), TrackedValue.initial(12));
    assertThat(StoredSlots.saved(slots, 3)).isEqualTo(STACK.plus(-16));
    assertThat(StoredSlots.saved(slots, 12)).isEqualTo(STACK.plus(-8));
    assertThat(StoredSlots.saved(slots, 13)).isNull();
  }
}
