package trapline.report;

import java.util.Locale;
import tools.jackson.core.JsonGenerator;
import trapline.model.ErrorOrigin;
import trapline.model.Explanation;
import trapline.model.KernelRun;
import trapline.model.LocalCause;
import trapline.model.Place;
import trapline.model.RanFunction;

/// The JSON form of what ran in the kernel and of who said an error.
final class JsonExplanation {
  private JsonExplanation() {}

  /// The member `error` of a failed call.
  static void write(JsonGenerator json, Explanation explanation) {
    ErrorOrigin origin = explanation.origin();
    json.writeObjectPropertyStart("error");
    json.writeStringProperty("kind", label(origin.kind()));
    JsonReport.errno(json, origin.errno());
    json.writeNumberProperty("times", explanation.times());
    json.writeArrayPropertyStart("road");
    for (ErrorOrigin.Teller teller : origin.road()) {
      json.writeStartObject();
      place(json, teller.function());
      json.writeNumberProperty("returned", teller.value());
      if (teller.offset() >= 0) {
        json.writeNumberProperty("offset", teller.offset());
        JsonHops.optional(json, "instruction", teller.instruction());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("candidates");
    for (ErrorOrigin.Candidate candidate : origin.candidates()) {
      json.writeStartObject();
      JsonHops.place(json, candidate.place());
      JsonHops.string(json, "text", candidate.text());
      JsonHops.optional(json, "how", candidate.how());
      if (candidate.helper() != null) {
        JsonHops.string(json, "helper", candidate.helper());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    JsonHops.optional(json, "explanation", origin.explanation());
    if (!explanation.causes().isEmpty()) {
      json.writeArrayPropertyStart("causes");
      for (LocalCause cause : explanation.causes()) {
        json.writeStartObject();
        JsonHops.string(json, "text", cause.text());
        JsonHops.evidence(json, cause.evidence());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    KernelRun run = explanation.run();
    if (run != null) {
      json.writeObjectPropertyStart("observed");
      observation(json, run, explanation.placesFrom());
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  /// The members of a hop of kind `kernel-function`.
  static void run(JsonGenerator json, KernelRun run, String placesFrom) {
    observation(json, run, placesFrom);
    json.writeStringProperty("unit", run.unit().name().toLowerCase(Locale.ROOT));
    json.writeName("root");
    function(json, run.root());
  }

  private static void observation(JsonGenerator json, KernelRun run, String placesFrom) {
    JsonHops.string(json, "release", run.release());
    json.writeStringProperty(
        "where", run.where().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    json.writeNumberProperty("result", run.result());
    JsonHops.optional(json, "difference", run.difference());
    JsonHops.optional(json, "note", run.note());
    JsonHops.optional(json, "places", placesFrom);
  }

  private static void function(JsonGenerator json, RanFunction function) {
    json.writeStartObject();
    place(json, function);
    if (function.cost() >= 0) {
      json.writeNumberProperty("cost", function.cost());
    }
    Long returned = function.returned();
    if (returned != null) {
      json.writeNumberProperty("returned", returned);
    }
    JsonHops.optional(json, "returnType", function.returnType());
    if (!function.calls().isEmpty()) {
      json.writeArrayPropertyStart("calls");
      for (RanFunction call : function.calls()) {
        function(json, call);
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private static void place(JsonGenerator json, RanFunction function) {
    JsonHops.symbol(json, "function", function.name());
    if (function.address() == 0) {
      json.writeNullProperty("address");
    } else {
      json.writeStringProperty("address", Numbers.hex(function.address()));
    }
    JsonHops.place(json, function.place());
    if (function.places().size() > 1) {
      json.writeArrayPropertyStart("places");
      for (Place place : function.places()) {
        json.writeStartObject();
        JsonHops.place(json, place);
        json.writeEndObject();
      }
      json.writeEndArray();
    }
  }

  private static String label(ErrorOrigin.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
