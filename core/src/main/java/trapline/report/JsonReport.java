package trapline.report;

import java.io.StringWriter;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import trapline.bytes.ByteText;
import trapline.model.Argument;
import trapline.model.Diagnostic;
import trapline.model.Errno;
import trapline.model.Explanation;
import trapline.model.Hop;
import trapline.model.Journey;
import trapline.model.KernelFacts;
import trapline.model.Outcome;
import trapline.model.StartedProgram;
import trapline.model.Step;

/// Journeys as JSON, one object a line, in the format that docs/FORMATS.md documents.
@SuppressWarnings("IfChainToSwitch") // see CallHeader.outcome
public final class JsonReport {
  /// The value of the member `trapline`: grows when a consumer of the format must change.
  public static final int FORMAT = 2;

  /// ASCII only: what reaches a terminal or a file is the same in every locale, and no control
  /// character of the traced program's data among it.
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .characterEscapes(new DeleteEscape())
          .build();

  /// The standard escapes and one for DEL, which is ASCII and a control character.
  private static final class DeleteEscape extends CharacterEscapes {
    private static final long serialVersionUID = 1;

    @Override
    public int[] getEscapeCodesForAscii() {
      int[] escapes = standardAsciiEscapesForJSON();
      escapes[0x7f] = ESCAPE_STANDARD;
      return escapes;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int character) {
      return null;
    }
  }

  private JsonReport() {}

  /// The journey as one JSON object in one line of ASCII that ends with `\n`.
  public static String render(Journey journey) {
    return line(json -> write(json, journey));
  }

  /// What is written, in one line of ASCII that ends with `\n`.
  static String line(Consumer<JsonGenerator> writer) {
    StringWriter out = new StringWriter(4096);
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      writer.accept(json);
    }
    return out.append('\n').toString();
  }

  /// A failed call with its explanation, in the same form: the journey with a member `error`.
  public static String render(Explanation explanation) {
    return line(
        json -> {
          json.writeStartObject();
          members(json, explanation.journey());
          JsonExplanation.write(json, explanation);
          json.writeEndObject();
        });
  }

  private static void write(JsonGenerator json, Journey journey) {
    json.writeStartObject();
    members(json, journey);
    json.writeEndObject();
  }

  private static void members(JsonGenerator json, Journey journey) {
    json.writeNumberProperty("trapline", FORMAT);
    json.writeObjectPropertyStart("syscall");
    json.writeNumberProperty("number", journey.id().number());
    json.writeStringProperty("name", journey.name());
    json.writeStringProperty("abi", journey.id().abi().label());
    json.writeEndObject();
    json.writeObjectPropertyStart("thread");
    json.writeNumberProperty("pid", journey.processId());
    json.writeNumberProperty("tid", journey.threadId());
    json.writeStringProperty("name", text(journey.command()));
    json.writeEndObject();
    StartedProgram program = journey.program();
    if (!program.equals(StartedProgram.UNKNOWN)) {
      json.writeObjectPropertyStart("program");
      json.writeStringProperty("name", text(program.name()));
      json.writeStringProperty("file", text(program.file()));
      json.writeEndObject();
    }
    json.writeNumberProperty("occurrence", journey.occurrence());
    if (journey.nanoseconds() < 0) {
      json.writeNullProperty("nanoseconds");
    } else {
      json.writeNumberProperty("nanoseconds", journey.nanoseconds());
    }
    arguments(json, journey.arguments());
    outcome(json, journey.outcome());
    kernel(json, journey.kernel());
    json.writeArrayPropertyStart("hops");
    for (Hop hop : journey.hops()) {
      JsonHops.write(json, hop);
    }
    json.writeEndArray();
    if (!journey.steps().isEmpty()) {
      json.writeArrayPropertyStart("steps");
      for (Step step : journey.steps()) {
        JsonHops.write(json, step);
      }
      json.writeEndArray();
    }
    json.writeArrayPropertyStart("diagnostics");
    for (Diagnostic diagnostic : journey.diagnostics()) {
      json.writeStartObject();
      json.writeStringProperty("where", text(diagnostic.where()));
      json.writeStringProperty("what", text(diagnostic.what()));
      if (!diagnostic.remedy().isEmpty()) {
        json.writeStringProperty("remedy", text(diagnostic.remedy()));
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void arguments(JsonGenerator json, List<Argument> arguments) {
    json.writeArrayPropertyStart("arguments");
    for (Argument argument : arguments) {
      json.writeStartObject();
      json.writeStringProperty("name", text(argument.name()));
      json.writeStringProperty("type", text(argument.type()));
      json.writeStringProperty("raw", Numbers.hex(argument.raw()));
      json.writeStringProperty("text", text(argument.value().text()));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void outcome(JsonGenerator json, Outcome outcome) {
    json.writeObjectPropertyStart("outcome");
    json.writeStringProperty("kind", outcome.kind());
    if (outcome instanceof Outcome.Returned returned) {
      String text = returned.text();
      json.writeNumberProperty("value", returned.value());
      json.writeNullProperty("errno");
      json.writeStringProperty(
          "text", text.isEmpty() ? Long.toString(returned.value()) : text(text));
    } else if (outcome instanceof Outcome.Failed failed) {
      Errno errno = failed.errno();
      json.writeNumberProperty("value", -errno.number());
      errno(json, errno);
      json.writeStringProperty("text", text("-1 " + errno.name() + " (" + errno.text() + ")"));
    } else if (outcome instanceof Outcome.Restarted restarted) {
      withoutValue(json, restarted.code());
    } else if (outcome instanceof Outcome.NeverReturned never) {
      withoutValue(json, never.why());
    } else if (outcome instanceof Outcome.NeverRan never) {
      withoutValue(json, never.why());
    } else {
      withoutValue(json, "still running");
    }
    json.writeEndObject();
  }

  static void errno(JsonGenerator json, Errno errno) {
    json.writeObjectPropertyStart("errno");
    json.writeNumberProperty("number", errno.number());
    json.writeStringProperty("name", text(errno.name()));
    json.writeStringProperty("text", text(errno.text()));
    json.writeEndObject();
  }

  private static void withoutValue(JsonGenerator json, String text) {
    json.writeNullProperty("value");
    json.writeNullProperty("errno");
    json.writeStringProperty("text", text(text));
  }

  private static void kernel(JsonGenerator json, KernelFacts kernel) {
    json.writeObjectPropertyStart("kernel");
    json.writeStringProperty("running", text(kernel.running()));
    if (kernel.source().isEmpty()) {
      json.writeNullProperty("source");
    } else {
      json.writeStringProperty("source", text(kernel.source()));
      json.writeStringProperty("origin", text(kernel.origin()));
    }
    json.writeBooleanProperty("exact", kernel.exact());
    json.writeEndObject();
  }

  /// The text without halves of surrogate pairs, which JSON cannot carry: those that stand for
  /// bytes that are not UTF-8 become `\x80` to `\xff`, others U+FFFD.
  static String text(String text) {
    int length = text.length();
    int i = 0;
    while (i < length && !Character.isSurrogate(text.charAt(i))) {
      i++;
    }
    if (i == length) {
      return text;
    }
    StringBuilder out = new StringBuilder(length);
    for (int at = 0; at < length; ) {
      int codePoint = text.codePointAt(at);
      boolean half = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
      if (ByteText.isByte(codePoint)) {
        out.append("\\x").append(Integer.toHexString(ByteText.byteOf(codePoint)));
      } else {
        out.appendCodePoint(half ? 0xfffd : codePoint);
      }
      at += Character.charCount(codePoint);
    }
    return out.toString();
  }
}
