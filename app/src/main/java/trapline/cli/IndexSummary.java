package trapline.cli;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import trapline.kernel.KernelIndex;
import trapline.kernel.SyscallRow;
import trapline.kernel.SyscallState;
import trapline.model.Abi;
import trapline.report.SafeText;

/// What `trapline index` says of the index that it made.
///
/// @param origin what was read
/// @param sha256 of the tarball; empty for a tree
record IndexSummary(KernelIndex index, String origin, String sha256) {
  /// @param written where the index is
  /// @param size in bytes
  /// @param seconds how long it took
  /// @param gaps how many places could not be indexed
  String text(String written, int size, double seconds, int gaps) {
    StringBuilder text = new StringBuilder();
    String distribution = index.version().distribution();
    line(text, "kernel", index.version().text());
    line(
        text,
        "source",
        origin + (distribution.isEmpty() ? "  pristine" : "  patched by " + distribution));
    if (!sha256.isEmpty()) {
      line(text, "sha256", sha256);
    }
    String label = "numberings";
    for (Abi abi : index.abis()) {
      line(text, label, numbering(abi));
      label = "";
    }
    line(text, "declared", index.declarations().size() + " prototypes");
    line(text, "defined", index.definitions().size() + " entry points");
    index
        .functions()
        .ifPresent(all -> line(text, "functions", String.format(Locale.ROOT, "%,d", all.size())));
    if (gaps > 0) {
      line(text, "gaps", gaps + " (listed on standard error)");
    }
    line(
        text,
        "written",
        String.format(Locale.ROOT, "%s  %,d KB in %.1f s", written, (size + 999) / 1000, seconds));
    return text.toString();
  }

  private static void line(StringBuilder text, String label, String what) {
    text.append(String.format(Locale.ROOT, "  %-11s %s%n", label, SafeText.line(what)));
  }

  private String numbering(Abi abi) {
    Map<SyscallState, Integer> counts = new EnumMap<>(SyscallState.class);
    int rows = 0;
    for (SyscallRow row : index.rows(abi)) {
      counts.merge(index.facts(abi, row).state(), 1, Integer::sum);
      rows++;
    }
    StringBuilder text =
        new StringBuilder(String.format(Locale.ROOT, "%-12s %4d rows ", abi.label(), rows));
    String separator = " ";
    for (Map.Entry<SyscallState, Integer> count : counts.entrySet()) {
      String state = count.getKey().name().toLowerCase(Locale.ROOT).replace('_', ' ');
      text.append(separator).append(count.getValue()).append(' ').append(state);
      separator = ", ";
    }
    return text.toString();
  }
}
