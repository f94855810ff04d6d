package trapline.report;

import trapline.demangle.Demangler;
import trapline.model.Frame;
import trapline.model.Place;

/// Short names of files, functions and places.
final class Names {
  private Names() {}

  static String baseName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /// A text with the symbols in it as they were written in C++ or Rust, long template arguments
  /// folded. What is no mangled name stays.
  ///
  /// @param dots what stands for folded arguments
  static String shown(String text, String dots) {
    return Demangler.within(text, symbol -> Demangler.brief(symbol, dots));
  }

  /// As [#shown(String, String)], but in full, as `c++filt` says it.
  static String demangled(String text) {
    return Demangler.within(text, Demangler::demangle);
  }

  /// A frame's function, or what stands for one that no symbol names.
  ///
  /// @param dots what stands for folded template arguments
  static String function(Frame frame, String dots) {
    if (frame.signal()) {
      return "<signal handler called>";
    }
    if (frame.function().isEmpty()) {
      return "??";
    }
    String function = Demangler.folded(shown(frame.function(), dots), dots);
    if (frame.tailCall() && !frame.inlined()) {
      return function + " (tail call)";
    }
    return frame.inlined() ? function + " (inlined)" : function;
  }

  /// Where a frame is: its line, else the offset in its file, else the address.
  static String where(Frame frame) {
    Place place = frame.place();
    if (place != null) {
      return place.toString();
    }
    if (frame.module().isEmpty()) {
      return frame.own() ? frame.pc() + ", made at run time" : frame.pc().toString();
    }
    return baseName(frame.module()) + "+" + Numbers.hex(frame.moduleOffset());
  }

  /// The function in which `main+34` is.
  static String functionOf(String symbol) {
    int plus = offsetAt(symbol);
    return plus < 0 ? symbol : symbol.substring(0, plus);
  }

  /// Where the offset of `main+34` begins, -1 without one; an `operator+` has none.
  static int offsetAt(String symbol) {
    int at = symbol.length();
    while (at > 0 && Character.isDigit(symbol.charAt(at - 1))) {
      at--;
    }
    return at > 0 && at < symbol.length() && symbol.charAt(at - 1) == '+' ? at - 1 : -1;
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
