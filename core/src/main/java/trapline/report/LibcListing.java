package trapline.report;

import java.util.List;
import tools.jackson.core.JsonGenerator;

/// The C libraries of a machine, as text and as JSON.
///
/// @param libraries those that are there
/// @param unfinished names of builds that can be gone on with
public record LibcListing(List<Library> libraries, List<String> unfinished) {
  private static final int LABEL = 14;

  public LibcListing {
    libraries = List.copyOf(libraries);
    unfinished = List.copyOf(unfinished);
  }

  /// Whether something is at hand, and from where.
  ///
  /// @param at where it is; empty when it is not at hand
  /// @param how it was found, or why it is not there
  /// @param remedy what would bring it; empty when it is there or nothing is known to
  public record Finding(String at, String how, String remedy) {
    boolean isThere() {
      return !at.isEmpty();
    }
  }

  /// One library.
  ///
  /// @param name as it is registered; empty for one of the system's
  /// @param kind `glibc` or `musl`
  /// @param version such as `2.36`; empty when the file does not tell
  /// @param path the file
  /// @param buildId in hex; empty when it has none
  /// @param problem why it cannot be used; empty when it can
  /// @param origin what it was built from, in words; empty when Trapline did not build it
  public record Library(
      String name,
      String kind,
      String version,
      String path,
      String buildId,
      String problem,
      Finding debug,
      Finding source,
      String origin) {}

  /// @return lines that end with `\n`
  public String text(Style style) {
    StringBuilder out = new StringBuilder();
    for (Library each : libraries) {
      if (!out.isEmpty()) {
        out.append('\n');
      }
      library(out, each, style);
    }
    for (String name : unfinished) {
      out.append(out.isEmpty() ? "" : "\n");
      out.append(Display.clean(name)).append("   unfinished\n");
      String how = "the command that began it goes on with it; trapline libc remove " + name;
      row(out, "", how + " removes it", style);
    }
    if (out.isEmpty()) {
      out.append("no C library was found\n");
    }
    return out.toString();
  }

  private static void library(StringBuilder out, Library library, Style style) {
    String title = library.kind() + (library.version().isEmpty() ? "" : " " + library.version());
    out.append(library.name().isEmpty() ? "system" : Display.clean(library.name()));
    out.append("   ").append(Display.clean(title.strip())).append('\n');
    row(out, "file", library.path(), style);
    if (!library.problem().isEmpty()) {
      row(out, "unusable", library.problem(), style);
      return;
    }
    row(out, "build-id", library.buildId().isEmpty() ? "none" : library.buildId(), style);
    finding(out, "debug", library.debug(), style);
    finding(out, "source", library.source(), style);
    if (!library.origin().isEmpty()) {
      row(out, "built from", library.origin(), style);
    }
  }

  private static void finding(StringBuilder out, String label, Finding finding, Style style) {
    if (finding.isThere()) {
      String how = finding.how().isEmpty() ? "" : " (" + finding.how() + ")";
      row(out, label, finding.at() + how, style);
    } else {
      row(out, label, "not at hand: " + finding.how(), style);
      if (!finding.remedy().isEmpty()) {
        row(out, "", (style.unicode() ? "→ " : "-> ") + finding.remedy(), style);
      }
    }
  }

  /// A label and a text that is broken between words.
  private static void row(StringBuilder out, String label, String text, Style style) {
    out.append("  ").append(label).append(" ".repeat(LABEL - 2 - label.length()));
    int column = LABEL;
    for (String word : Display.clean(text).split(" ")) {
      if (column > LABEL && column + 1 + word.length() > style.width()) {
        out.append('\n').append(" ".repeat(LABEL));
        column = LABEL;
      } else if (column > LABEL) {
        out.append(' ');
        column++;
      }
      out.append(word);
      column += word.length();
    }
    out.append('\n');
  }

  /// One JSON object a line, in the format that docs/FORMATS.md documents.
  public String json() {
    StringBuilder out = new StringBuilder();
    for (Library each : libraries) {
      out.append(json(each));
    }
    for (String name : unfinished) {
      out.append(
          JsonReport.line(
              json -> {
                json.writeStartObject();
                json.writeNumberProperty("trapline", JsonReport.FORMAT);
                json.writeStringProperty("name", name);
                json.writeBooleanProperty("unfinished", true);
                json.writeEndObject();
              }));
    }
    return out.toString();
  }

  private static String json(Library library) {
    return JsonReport.line(
        json -> {
          json.writeStartObject();
          json.writeNumberProperty("trapline", JsonReport.FORMAT);
          nullable(json, "name", library.name());
          json.writeStringProperty("kind", library.kind());
          nullable(json, "version", library.version());
          json.writeStringProperty("path", library.path());
          if (library.problem().isEmpty()) {
            nullable(json, "buildId", library.buildId());
            finding(json, "debug", library.debug());
            finding(json, "source", library.source());
          } else {
            json.writeStringProperty("problem", library.problem());
          }
          if (!library.origin().isEmpty()) {
            json.writeStringProperty("origin", library.origin());
          }
          json.writeEndObject();
        });
  }

  private static void finding(JsonGenerator json, String member, Finding finding) {
    json.writeObjectPropertyStart(member);
    nullable(json, "at", finding.at());
    if (!finding.how().isEmpty()) {
      json.writeStringProperty("how", finding.how());
    }
    if (!finding.remedy().isEmpty()) {
      json.writeStringProperty("remedy", finding.remedy());
    }
    json.writeEndObject();
  }

  private static void nullable(JsonGenerator json, String member, String value) {
    if (value.isEmpty()) {
      json.writeNullProperty(member);
    } else {
      json.writeStringProperty(member, value);
    }
  }
}
