package trapline.report;

import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import trapline.kernel.AbiNumber;
import trapline.kernel.EntryPath;
import trapline.kernel.KernelVersion;
import trapline.kernel.RunningCall;
import trapline.kernel.SourceLink;
import trapline.kernel.SyscallChange;
import trapline.kernel.SyscallDeclaration;
import trapline.kernel.SyscallDefinition;
import trapline.kernel.SyscallFacts;
import trapline.kernel.SyscallHistory;
import trapline.model.Abi;
import trapline.model.Place;

/// Calls and changes of calls as JSON, one object a line, in the formats that docs/FORMATS.md
/// documents.
public final class SyscallJson {
  private SyscallJson() {}

  /// Everything about one call, in one line of ASCII that ends with `\n`.
  public static String render(SyscallAnswer answer) {
    return JsonReport.line(
        json -> {
          json.writeStartObject();
          facts(json, answer.facts(), answer.version(), answer.running());
          string(json, "origin", answer.origin());
          string(json, "relation", answer.relation());
          if (!answer.manual().isEmpty()) {
            string(json, "manual", answer.manual());
          }
          json.writeArrayPropertyStart("numbers");
          for (AbiNumber each : answer.numbers()) {
            json.writeStartObject();
            json.writeStringProperty("abi", each.abi().label());
            if (each.number().isPresent()) {
              json.writeNumberProperty("number", each.abi().passed(each.number().get()));
            } else {
              json.writeNullProperty("number");
            }
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeArrayPropertyStart("history");
          for (SyscallHistory.Station station : answer.history().stations()) {
            station(json, station);
          }
          json.writeEndArray();
          if (answer.running().isPresent()) {
            running(json, answer.running().get());
          }
          json.writeEndObject();
        });
  }

  /// What the source says of one call, in one line of ASCII that ends with `\n`.
  public static String render(SyscallFacts facts, KernelVersion version) {
    return JsonReport.line(
        json -> {
          json.writeStartObject();
          facts(json, facts, version, Optional.empty());
          json.writeEndObject();
        });
  }

  /// One difference between two versions, in one line of ASCII that ends with `\n`.
  public static String render(SyscallChange change, KernelVersion before, KernelVersion after) {
    return JsonReport.line(
        json -> {
          SyscallFacts facts = change.facts();
          json.writeStartObject();
          json.writeNumberProperty("trapline", JsonReport.FORMAT);
          json.writeStringProperty("change", change.kind().label());
          json.writeStringProperty("abi", facts.abi().label());
          json.writeNumberProperty("number", facts.abi().passed(facts.row().number()));
          string(json, "name", facts.row().name());
          side(json, "before", change.before().isPresent(), change.was(), before);
          side(json, "after", change.after().isPresent(), change.is(), after);
          json.writeEndObject();
        });
  }

  private static void side(
      JsonGenerator json, String name, boolean there, String text, KernelVersion version) {
    json.writeObjectPropertyStart(name);
    string(json, "version", version.release());
    if (there) {
      string(json, "text", text);
    } else {
      json.writeNullProperty("text");
    }
    json.writeEndObject();
  }

  private static void facts(
      JsonGenerator json,
      SyscallFacts facts,
      KernelVersion version,
      Optional<RunningCall> running) {
    Abi abi = facts.abi();
    json.writeNumberProperty("trapline", JsonReport.FORMAT);
    string(json, "name", facts.row().name());
    json.writeStringProperty("abi", abi.label());
    json.writeNumberProperty("number", abi.passed(facts.row().number()));
    json.writeObjectPropertyStart("version");
    string(json, "release", version.release());
    string(json, "package", version.packageVersion());
    string(json, "distribution", version.distribution());
    json.writeEndObject();
    json.writeStringProperty("state", facts.state().label());
    json.writeBooleanProperty("optional", facts.optional());
    json.writeObjectPropertyStart("calling");
    string(json, "instruction", abi.instruction());
    nullable(json, "numberRegister", abi.numberRegister());
    strings(json, "argumentRegisters", abi.argumentRegisters());
    string(json, "resultRegister", abi.resultRegister());
    nullable(json, "failureFlag", abi.failureFlag());
    json.writeEndObject();
    json.writeObjectPropertyStart("row");
    json.writeNumberProperty("number", facts.row().number());
    string(json, "abi", facts.row().tableAbi());
    nullable(json, "entry", facts.row().entry());
    nullable(json, "compat", facts.row().compat());
    json.writeBooleanProperty("noReturn", facts.row().noReturn());
    place(json, facts.row().place());
    json.writeEndObject();
    nullable(json, "entry", facts.entry());
    nullable(json, "symbol", facts.symbol());
    json.writeArrayPropertyStart("declarations");
    for (SyscallDeclaration declaration : facts.declarations()) {
      json.writeStartObject();
      string(json, "text", declaration.text());
      place(json, declaration.place());
      json.writeEndObject();
    }
    json.writeEndArray();
    definitions(json, "definitions", facts.definitions(), version, running);
    definitions(json, "ruledOut", facts.ruledOut(), version, running);
    path(json, facts.path());
    List<EntryPath> paths = facts.paths();
    if (paths.size() > 1) {
      json.writeArrayPropertyStart("otherPaths");
      for (EntryPath path : paths.subList(1, paths.size())) {
        json.writeStartObject();
        string(json, "instruction", path.instruction());
        path(json, path);
        json.writeEndObject();
      }
      json.writeEndArray();
    }
  }

  private static void path(JsonGenerator json, EntryPath path) {
    json.writeArrayPropertyStart("path");
    for (EntryPath.Stage stage : path.stages()) {
      json.writeStartObject();
      string(json, "function", stage.symbol());
      place(json, stage.place());
      json.writeBooleanProperty("inlined", stage.inlined());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void definitions(
      JsonGenerator json,
      String name,
      List<SyscallDefinition> definitions,
      KernelVersion version,
      Optional<RunningCall> running) {
    json.writeArrayPropertyStart(name);
    for (SyscallDefinition definition : definitions) {
      json.writeStartObject();
      string(json, "signature", definition.signature());
      place(json, definition.place());
      json.writeArrayPropertyStart("arguments");
      for (SyscallDefinition.Parameter argument : definition.arguments()) {
        json.writeStartObject();
        string(json, "type", argument.type());
        string(json, "name", argument.name());
        json.writeEndObject();
      }
      json.writeEndArray();
      strings(json, "gates", definition.gates());
      strings(json, "conditions", definition.conditions());
      nullable(json, "online", SourceLink.of(version, definition.place()));
      Optional<Boolean> here = running.flatMap(call -> call.built(definition));
      if (here.isPresent()) {
        json.writeBooleanProperty("builtHere", here.get());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void station(JsonGenerator json, SyscallHistory.Station station) {
    json.writeStartObject();
    string(json, "version", station.version().release());
    json.writeBooleanProperty("there", station.facts().isPresent());
    json.writeArrayPropertyStart("changes");
    for (SyscallChange change : station.changes()) {
      json.writeStartObject();
      json.writeStringProperty("change", change.kind().label());
      string(json, "before", change.was());
      string(json, "after", change.is());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void running(JsonGenerator json, RunningCall call) {
    json.writeObjectPropertyStart("running");
    string(json, "release", call.release());
    json.writeStringProperty("presence", call.presence().label());
    string(json, "symbol", call.symbol());
    if (call.address() == 0) {
      json.writeNullProperty("address");
    } else {
      json.writeStringProperty("address", Numbers.hex(call.address()));
    }
    if (!call.reason().isEmpty()) {
      string(json, "reason", call.reason());
    }
    nullable(json, "tracepoint", call.tracepoint());
    strings(json, "differences", call.differences());
    if (!call.configFrom().isEmpty()) {
      string(json, "configFrom", call.configFrom());
    }
    json.writeObjectPropertyStart("settings");
    call.settings().forEach((symbol, value) -> string(json, symbol, value));
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void place(JsonGenerator json, Place place) {
    string(json, "file", place.file());
    json.writeNumberProperty("line", place.line());
  }

  private static void strings(JsonGenerator json, String name, List<String> values) {
    json.writeArrayPropertyStart(name);
    for (String value : values) {
      json.writeString(JsonReport.text(value));
    }
    json.writeEndArray();
  }

  private static void string(JsonGenerator json, String name, String value) {
    json.writeStringProperty(name, JsonReport.text(value));
  }

  private static void nullable(JsonGenerator json, String name, String value) {
    if (value.isEmpty()) {
      json.writeNullProperty(name);
    } else {
      string(json, name, value);
    }
  }
}
