package trapline.report;

import java.util.List;
import java.util.Locale;

/// What a machine can give, for people: one item a line, with what it rests on and the remedy.
///
/// @param machine the machine in a few words
public record Checkup(String machine, List<Item> items) {
  /// How much of something there is.
  public enum State {
    YES,
    PART,
    NO
  }

  /// One thing that Trapline can use.
  ///
  /// @param name a word for it that stays the same from version to version; empty until it is named
  /// @param what the thing
  /// @param finding what was found
  /// @param remedy what would bring the rest; empty when nothing is missing
  public record Item(State state, String name, String what, String finding, String remedy) {
    /// The same item with a name.
    public Item named(String word) {
      return new Item(state, word, what, finding, remedy);
    }
  }

  public Checkup {
    items = List.copyOf(items);
  }

  public static Item yes(String what, String finding) {
    return new Item(State.YES, "", what, finding, "");
  }

  public static Item part(String what, String finding, String remedy) {
    return new Item(State.PART, "", what, finding, remedy);
  }

  public static Item no(String what, String finding, String remedy) {
    return new Item(State.NO, "", what, finding, remedy);
  }

  /// @return lines that end with `\n`
  public String render(Style style) {
    StringBuilder out = new StringBuilder();
    out.append(SafeText.lines(machine)).append("\n\n");
    for (Item item : items) {
      out.append("  ")
          .append(mark(item.state(), style))
          .append(' ')
          .append(Display.clean(item.what()))
          .append('\n');
      wrap(out, item.finding(), style.width());
      if (!item.remedy().isEmpty()) {
        wrap(
            out,
            "→ ".substring(style.unicode() ? 0 : 2)
                + (style.unicode() ? "" : "-> ")
                + item.remedy(),
            style.width());
      }
    }
    return out.toString();
  }

  /// One JSON object a line, in the format that docs/FORMATS.md documents.
  public String json() {
    StringBuilder out = new StringBuilder();
    for (Item item : items) {
      out.append(
          JsonReport.line(
              json -> {
                json.writeStartObject();
                json.writeNumberProperty("trapline", JsonReport.FORMAT);
                json.writeStringProperty("check", item.name());
                json.writeStringProperty("state", item.state().name().toLowerCase(Locale.ROOT));
                json.writeStringProperty("what", item.what());
                json.writeStringProperty("finding", item.finding());
                if (!item.remedy().isEmpty()) {
                  json.writeStringProperty("remedy", item.remedy());
                }
                json.writeEndObject();
              }));
    }
    return out.toString();
  }

  private static String mark(State state, Style style) {
    String mark =
        switch (state) {
          case YES -> style.unicode() ? "✓" : "+";
          case PART -> "~";
          case NO -> style.unicode() ? "✗" : "-";
        };
    if (!style.colour()) {
      return mark;
    }
    String colour =
        switch (state) {
          case YES -> "32";
          case PART -> "33";
          case NO -> "31";
        };
    return "\u001b[" + colour + "m" + mark + "\u001b[0m";
  }

  /// Breaks a sentence between words.
  private static void wrap(StringBuilder out, String text, int width) {
    int column = 0;
    for (String word : Display.clean(text).split(" ")) {
      if (column == 0 || column + 1 + word.length() > width) {
        if (column > 0) {
          out.append('\n');
        }
        out.append("      ").append(word);
        column = 6 + word.length();
      } else {
        out.append(' ').append(word);
        column += 1 + word.length();
      }
    }
    out.append('\n');
  }
}
