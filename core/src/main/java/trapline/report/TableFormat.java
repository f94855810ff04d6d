package trapline.report;

import java.util.List;
import java.util.Optional;

/// How a table is written.
public enum TableFormat {
  /// Aligned columns for people.
  TABLE("table"),
  /// Fields between tabs, one header line.
  TSV("tsv"),
  /// RFC 4180, with a header line; lines end with CR and LF, as that says.
  CSV("csv"),
  /// One JSON object a line.
  JSON("json"),
  /// A pipe table as GitHub draws it.
  MARKDOWN("markdown");

  private final String label;

  TableFormat(String label) {
    this.label = label;
  }

  /// The name on the command line.
  public String label() {
    return label;
  }

  /// The format of that name.
  public static Optional<TableFormat> named(String name) {
    for (TableFormat format : values()) {
      if (format.label.equals(name)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }

  /// A header line and rows of as many fields, in one of the formats made of plain fields.
  String write(List<String> header, List<List<String>> rows) {
    StringBuilder out = new StringBuilder(100 * (rows.size() + 2));
    row(out, header);
    if (this == MARKDOWN) {
      out.append('|').repeat(" --- |", header.size()).append('\n');
    }
    for (List<String> row : rows) {
      row(out, row);
    }
    return out.toString();
  }

  private void row(StringBuilder out, List<String> fields) {
    out.append(this == MARKDOWN ? "| " : "");
    String between =
        switch (this) {
          case CSV -> ",";
          case MARKDOWN -> " | ";
          case TSV, TABLE, JSON -> "\t";
        };
    for (int i = 0; i < fields.size(); i++) {
      out.append(i == 0 ? "" : between).append(field(fields.get(i)));
    }
    out.append(this == MARKDOWN ? " |\n" : this == CSV ? "\r\n" : "\n");
  }

  private String field(String text) {
    return switch (this) {
      case CSV -> quoted(text);
      case MARKDOWN -> escaped(Display.clean(text));
      // Line feeds and tabs come out as escapes, so that a field never ends early.
      case TSV, TABLE, JSON -> Display.clean(text);
    };
  }

  private static String quoted(String text) {
    for (int i = 0; i < text.length(); i++) {
      if ("\",\r\n".indexOf(text.charAt(i)) >= 0) {
        return '"' + text.replace("\"", "\"\"") + '"';
      }
    }
    return text;
  }

  /// Backslash before what Markdown would act on.
  private static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ("\\|`*_<>[]".indexOf(c) >= 0) {
        out.append('\\');
      }
      out.append(c);
    }
    return out.toString();
  }
}
