package trapline.demangle;

import java.util.ArrayList;
import java.util.List;

/// The text that grows while a name is printed. It knows where the lists of template arguments are,
/// so that they can be folded without guessing which `<` is an operator's.
final class PrintedName {
  /// Where a list of template arguments stands, its angle brackets not included.
  record Span(int start, int end) {}

  private static final int MAX_LENGTH = 50_000;

  private final StringBuilder text = new StringBuilder();

  /// The last character that was written, be it cut off again: c++filt goes by it, too, where it
  /// keeps two `>` apart.
  private char last;

  /// In the order of their ends: a list inside of another comes before it.
  private final List<Span> lists = new ArrayList<>();

  void append(String part) {
    text.append(part);
    if (!part.isEmpty()) {
      last = part.charAt(part.length() - 1);
    }
    check();
  }

  void append(char c) {
    text.append(c);
    last = c;
    check();
  }

  void append(long number) {
    append(Long.toString(number));
  }

  private void check() {
    if (text.length() > MAX_LENGTH) {
      throw NotMangled.INSTANCE;
    }
  }

  /// The last character that was written, 0 at the beginning.
  char last() {
    return last;
  }

  int length() {
    return text.length();
  }

  void cutTo(int length) {
    text.setLength(length);
  }

  void listEnds(int start) {
    lists.add(new Span(start, text.length()));
  }

  /// The same behind another text.
  PrintedName shifted(String before) {
    PrintedName shifted = new PrintedName();
    shifted.append(before);
    shifted.append(text.toString());
    for (Span list : lists) {
      shifted.lists.add(new Span(list.start + before.length(), list.end + before.length()));
    }
    return shifted;
  }

  List<Span> lists() {
    return lists;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
