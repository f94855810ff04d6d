package trapline.kernel.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import trapline.model.RanFunction;

@Tag("unit")
class FoldingTest {
  private static RanFunction function(String name, long cost, RanFunction... calls) {
    return new RanFunction(name, 0, List.of(), cost, 0L, "int", List.of(calls));
  }

  private static final RanFunction TREE =
      function(
          "vfs_read",
          100,
          function("_raw_spin_lock", 10, function("helper", 4)),
          function("rw_verify_area", 20, function("security_file_permission", 15)),
          function("kmem_cache_alloc", 5),
          function("touch", 3),
          function("touch", 4),
          function("touch", 5),
          function("asm_sysvec_apic_timer_interrupt", 30, function("tick", 20)));

  private static List<String> text(List<Folding.Row> rows) {
    return rows.stream()
        .map(
            row ->
                "  ".repeat(row.depth())
                    + row.function().name()
                    + " hidden="
                    + row.hidden()
                    + "/"
                    + row.hiddenCost()
                    + " times="
                    + row.times()
                    + "/"
                    + row.totalCost())
        .toList();
  }

  @Test
  void noiseIsCountedForItsCaller() {
    assertThat(text(Folding.rows(TREE, 10, false)))
        .containsExactly(
            "vfs_read hidden=5/45 times=1/100",
            "  rw_verify_area hidden=0/0 times=1/20",
            "    security_file_permission hidden=0/0 times=1/15",
            "  touch hidden=0/0 times=3/12");
  }

  @Test
  void depthIsLimited() {
    assertThat(text(Folding.rows(TREE, 2, false)))
        .containsExactly(
            "vfs_read hidden=5/45 times=1/100",
            "  rw_verify_area hidden=1/15 times=1/20",
            "  touch hidden=0/0 times=3/12");
    assertThat(text(Folding.rows(TREE, 0, true)))
        .containsExactly("vfs_read hidden=" + (TREE.size() - 1) + "/77 times=1/100");
  }

  @Test
  void everythingIsShownWhenAsked() {
    List<Folding.Row> rows = Folding.rows(TREE, 100, true);
    assertThat(rows.stream().mapToInt(Folding.Row::times).sum()).isEqualTo(TREE.size());
    assertThat(rows.stream().mapToInt(Folding.Row::hidden).sum()).isZero();
  }

  /// Whatever is folded, no function is lost from the count.
  @Test
  void realTreesAreCountedWhole() {
    RanFunction tree =
        Recorded.tree("connect-refused").toModel(Recorded.returns(), name -> List.of());
    for (int depth = 1; depth < 30; depth++) {
      for (boolean full : new boolean[] {true, false}) {
        int counted = 0;
        for (Folding.Row row : Folding.rows(tree, depth, full)) {
          counted += row.times() + row.hidden();
        }
        assertThat(counted).isEqualTo(tree.size());
      }
    }
  }
}
