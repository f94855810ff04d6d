package trapline.report;

import trapline.model.Frame;
import trapline.model.Place;

/// Short names of files, functions and places.
final class Names {
  private Names() {}

  static String baseName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /// A frame's function, or what stands for one that no symbol names.
  static String function(Frame frame) {
    if (frame.signal()) {
      return "<signal handler called>";
    }
    if (frame.function().isEmpty()) {
      return "??";
    }
    return frame.inlined() ? frame.function() + " (inlined)" : frame.function();
  }

  /// Where a frame is: its line, else the offset in its file, else the address.
  static String where(Frame frame) {
    Place place = frame.place();
    if (place != null) {
      return place.toString();
    }
    if (frame.module().isEmpty()) {
      return frame.pc().toString();
    }
    return baseName(frame.module()) + "+" + Numbers.hex(frame.moduleOffset());
  }

  /// The function in which `main+34` is.
  static String functionOf(String symbol) {
    int plus = symbol.lastIndexOf('+');
    return plus < 0 ? symbol : symbol.substring(0, plus);
  }

  /// The weaker of two marks.
  static char weaker(char a, char b) {
    String order = "ods i~";
    if (a == Page.NO_MARK) {
      return b;
    }
    return order.indexOf(a) >= order.indexOf(b) ? a : b;
  }
}
