package trapline.report;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import trapline.model.CodeLine;
import trapline.model.Evidence;
import trapline.model.Frame;
import trapline.model.Hop;
import trapline.model.Place;
import trapline.model.Step;

/// The JSON form of each hop and step.
@SuppressWarnings("IfChainToSwitch") // see CallHeader.outcome
final class JsonHops {
  private JsonHops() {}

  static void write(JsonGenerator json, Hop hop) {
    json.writeStartObject();
    json.writeStringProperty("kind", hop.kind().label());
    if (hop instanceof Hop.Missing missing) {
      string(json, "missing", missing.why());
      optional(json, "remedy", missing.remedy());
    } else {
      established(json, hop);
    }
    json.writeEndObject();
  }

  private static void established(JsonGenerator json, Hop hop) {
    switch (hop.kind()) {
      case SOURCE_LINE -> sourceLine(json, (Hop.SourceLine) hop);
      case CALL_SITE -> callSite(json, (Hop.CallSite) hop);
      case PLT -> plt(json, (Hop.Plt) hop);
      case WRAPPER -> wrapper(json, (Hop.Wrapper) hop);
      case SYSCALL_INSTRUCTION -> trap(json, (Hop.SyscallInstruction) hop);
      case KERNEL_ENTRY -> kernelEntry(json, (Hop.KernelEntry) hop);
      case TABLE_ROW -> tableRow(json, (Hop.TableRow) hop);
      case DECLARATION -> declaration(json, (Hop.Declaration) hop);
      case IMPLEMENTATION -> implementation(json, (Hop.Implementation) hop);
      case KERNEL_FUNCTION -> kernelFunctions(json, (Hop.KernelFunctions) hop);
      case RETURN -> back(json, (Hop.Return) hop);
    }
  }

  private static void callSite(JsonGenerator json, Hop.CallSite site) {
    evidence(json, site.evidence());
    string(json, "module", site.module());
    symbol(json, "function", site.function());
    code(json, site.code());
  }

  private static void tableRow(JsonGenerator json, Hop.TableRow row) {
    evidence(json, row.evidence());
    json.writeNumberProperty("number", row.number());
    string(json, "abi", row.abi());
    string(json, "name", row.name());
    optional(json, "entry", row.entry());
    place(json, row.place());
  }

  private static void declaration(JsonGenerator json, Hop.Declaration declaration) {
    evidence(json, declaration.evidence());
    json.writeArrayPropertyStart("declarations");
    for (Hop.Text text : declaration.declarations()) {
      json.writeStartObject();
      string(json, "text", text.text());
      place(json, text.place());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void kernelFunctions(JsonGenerator json, Hop.KernelFunctions functions) {
    evidence(json, functions.evidence());
    JsonExplanation.run(json, functions.run(), functions.placesFrom());
  }

  static void write(JsonGenerator json, Step step) {
    json.writeStartObject();
    if (step instanceof Step.Executed executed) {
      json.writeStringProperty("kind", "instruction");
      string(json, "module", executed.module());
      codeLine(json, executed.code());
      registers(json, "changed", executed.changed());
    } else if (step instanceof Step.Source source) {
      json.writeStringProperty("kind", "source");
      place(json, source.place());
      optional(json, "text", source.text() == null ? "" : source.text());
    } else if (step instanceof Step.Collapsed collapsed) {
      json.writeStringProperty("kind", "collapsed");
      string(json, "what", collapsed.what());
      json.writeNumberProperty("instructions", collapsed.instructions());
    } else if (step instanceof Step.Trap trap) {
      json.writeStringProperty("kind", "trap");
      string(json, "call", trap.call());
      string(json, "result", trap.result());
    }
    json.writeEndObject();
  }

  private static void sourceLine(JsonGenerator json, Hop.SourceLine line) {
    evidence(json, line.evidence());
    boolean known = line.user() >= 0 && line.user() < line.stack().size();
    Frame user = known ? line.frame() : null;
    place(json, user == null || !user.own() ? null : user.place());
    if (line.text() == null) {
      json.writeNullProperty("text");
    } else {
      string(json, "text", line.text());
    }
    symbol(json, "function", user == null ? "" : user.function());
    optional(json, "textMissing", line.textMissing());
    json.writeNumberProperty("user", line.user());
    json.writeArrayPropertyStart("stack");
    for (Frame frame : line.stack()) {
      frame(json, frame);
    }
    json.writeEndArray();
    optional(json, "stackEnd", line.stackEnd());
  }

  private static void frame(JsonGenerator json, Frame frame) {
    json.writeStartObject();
    evidence(json, frame.evidence());
    json.writeStringProperty("pc", Numbers.hex(frame.pc().value()));
    symbol(json, "function", frame.function());
    place(json, frame.place());
    string(json, "module", frame.module());
    json.writeStringProperty("moduleOffset", Numbers.hex(frame.moduleOffset()));
    if (frame.functionOffset() >= 0) {
      json.writeNumberProperty("functionOffset", frame.functionOffset());
    } else {
      json.writeNullProperty("functionOffset");
    }
    json.writeBooleanProperty("inlined", frame.inlined());
    json.writeBooleanProperty("signal", frame.signal());
    json.writeBooleanProperty("tailCall", frame.tailCall());
    json.writeBooleanProperty("own", frame.own());
    json.writeEndObject();
  }

  private static void plt(JsonGenerator json, Hop.Plt plt) {
    evidence(json, plt.evidence());
    symbol(json, "stub", plt.stub());
    if (plt.stubAddress().isPresent()) {
      json.writeStringProperty("stubAddress", Numbers.hex(plt.stubAddress().get().value()));
    } else {
      json.writeNullProperty("stubAddress");
    }
    string(json, "section", plt.section());
    json.writeStringProperty("slot", Numbers.hex(plt.slot().value()));
    json.writeStringProperty("slotLinkAddress", Numbers.hex(plt.slotLinkAddress().value()));
    string(json, "relocation", plt.relocation());
    symbol(json, "symbol", plt.symbol());
    optional(json, "version", plt.version());
    string(json, "library", plt.library());
    json.writeStringProperty("target", Numbers.hex(plt.target().value()));
    json.writeStringProperty("binding", binding(plt.binding()));
    optional(json, "note", plt.note());
  }

  private static String binding(Hop.Binding binding) {
    return switch (binding) {
      case ON_THIS_CALL -> "on-this-call";
      case SINCE_LAST_STOP -> "since-last-stop";
      case BY_EARLIER_CALL -> "by-earlier-call";
      case AT_LOAD -> "at-load";
      case BEFORE_SEEN -> "before-seen";
      case UNBOUND -> "unbound";
    };
  }

  private static void wrapper(JsonGenerator json, Hop.Wrapper wrapper) {
    evidence(json, wrapper.evidence());
    string(json, "module", wrapper.module());
    optional(json, "library", wrapper.library());
    symbol(json, "function", wrapper.function());
    strings(json, "path", wrapper.path());
    List<String> demangled = wrapper.path().stream().map(Names::demangled).toList();
    if (!demangled.equals(wrapper.path())) {
      strings(json, "pathDemangled", demangled);
    }
    place(json, wrapper.place());
    optional(json, "placeMissing", wrapper.placeMissing());
    optional(json, "text", wrapper.text() == null ? "" : wrapper.text());
    if (!wrapper.inlined().isEmpty()) {
      json.writeArrayPropertyStart("inlined");
      for (Hop.InlinedCall call : wrapper.inlined()) {
        json.writeStartObject();
        symbol(json, "function", call.function());
        place(json, call.place());
        optional(json, "text", call.text() == null ? "" : call.text());
        symbol(json, "callee", call.callee());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    if (!wrapper.macros().isEmpty()) {
      json.writeArrayPropertyStart("macros");
      for (Hop.Macro macro : wrapper.macros()) {
        json.writeStartObject();
        string(json, "text", macro.text());
        place(json, macro.place());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    code(json, wrapper.code());
    strings(json, "changes", wrapper.changes());
  }

  private static void trap(JsonGenerator json, Hop.SyscallInstruction trap) {
    evidence(json, trap.evidence());
    json.writeStringProperty("address", Numbers.hex(trap.address().value()));
    string(json, "module", trap.module());
    json.writeStringProperty("linkAddress", Numbers.hex(trap.linkAddress().value()));
    string(json, "instruction", trap.instruction());
    registers(json, "registers", trap.registers());
  }

  private static void kernelEntry(JsonGenerator json, Hop.KernelEntry entry) {
    evidence(json, entry.evidence());
    json.writeArrayPropertyStart("path");
    for (Hop.KernelSymbol symbol : entry.path()) {
      json.writeStartObject();
      string(json, "function", symbol.name());
      if (symbol.address() == 0) {
        json.writeNullProperty("address");
      } else {
        json.writeStringProperty("address", Numbers.hex(symbol.address()));
      }
      Place place = symbol.place();
      if (place != null) {
        place(json, place);
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    Evidence places = entry.places();
    if (places != null) {
      evidence(json, "placeEvidence", places);
    }
    optional(json, "note", entry.note());
  }

  private static void implementation(JsonGenerator json, Hop.Implementation implementation) {
    evidence(json, implementation.evidence());
    json.writeArrayPropertyStart("definitions");
    for (Hop.Definition definition : implementation.definitions()) {
      json.writeStartObject();
      string(json, "signature", definition.signature());
      place(json, definition.place());
      strings(json, "gates", definition.gates());
      if (!definition.source().isEmpty()) {
        strings(json, "source", definition.source());
      }
      Hop.Built built = definition.built();
      if (built != null) {
        json.writeBooleanProperty("builtHere", built.here());
        string(json, "builtFrom", built.from());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    optional(json, "confirmation", implementation.confirmation());
  }

  private static void back(JsonGenerator json, Hop.Return back) {
    evidence(json, back.evidence());
    json.writeStringProperty("result", Numbers.hex(back.result()));
    code(json, back.code());
    optionalSymbol(json, "branch", back.branch());
    optionalSymbol(json, "errnoStore", back.errnoStore());
    optionalSymbol(json, "assignment", back.assignment());
    optionalSymbol(json, "place", back.place());
    optional(json, "note", back.note());
  }

  static void evidence(JsonGenerator json, Evidence evidence) {
    evidence(json, "evidence", evidence);
  }

  static void evidence(JsonGenerator json, String name, Evidence evidence) {
    json.writeStringProperty(name, evidence.label());
    if (evidence instanceof Evidence.DebugInfo debug) {
      string(json, name + "From", debug.file());
    } else if (evidence instanceof Evidence.ObservedIn observed) {
      string(json, name + "From", observed.kernel());
    } else if (evidence instanceof Evidence.Symbols symbols) {
      string(json, name + "From", symbols.file());
    } else if (evidence instanceof Evidence.SourceIndex index) {
      string(json, name + "From", index.version());
    } else if (evidence instanceof Evidence.Inferred inferred) {
      string(json, name + "From", inferred.rule());
    }
  }

  /// `file` and `line`; both `null` when not known, `line` also when only the file is.
  static void place(JsonGenerator json, @Nullable Place place) {
    if (place == null) {
      json.writeNullProperty("file");
      json.writeNullProperty("line");
      return;
    }
    string(json, "file", place.file());
    if (place.line() > 0) {
      json.writeNumberProperty("line", place.line());
    } else {
      json.writeNullProperty("line");
    }
  }

  private static void code(JsonGenerator json, List<CodeLine> code) {
    json.writeArrayPropertyStart("code");
    for (CodeLine line : code) {
      json.writeStartObject();
      codeLine(json, line);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void codeLine(JsonGenerator json, CodeLine line) {
    json.writeStringProperty("address", Numbers.hex(line.address().value()));
    json.writeStringProperty("linkAddress", Numbers.hex(line.linkAddress().value()));
    optionalSymbol(json, "symbol", line.symbol());
    symbol(json, "text", line.text());
    optional(json, "note", line.note());
    if (line.here()) {
      json.writeBooleanProperty("here", true);
    }
  }

  private static void registers(
      JsonGenerator json, String name, List<Hop.RegisterValue> registers) {
    json.writeObjectPropertyStart(name);
    for (Hop.RegisterValue register : registers) {
      json.writeStringProperty(register.name(), Numbers.hex(register.value()));
    }
    json.writeEndObject();
  }

  private static void strings(JsonGenerator json, String name, List<String> values) {
    json.writeArrayPropertyStart(name);
    for (String value : values) {
      json.writeString(JsonReport.text(value));
    }
    json.writeEndArray();
  }

  /// A symbol, or a text with symbols in it; behind it, when C++ or Rust has mangled them, the same
  /// demangled.
  static void symbol(JsonGenerator json, String name, String value) {
    string(json, name, value);
    String demangled = Names.demangled(value);
    if (!demangled.equals(value)) {
      string(json, name + "Demangled", demangled);
    }
  }

  private static void optionalSymbol(JsonGenerator json, String name, String value) {
    if (!value.isEmpty()) {
      symbol(json, name, value);
    }
  }

  static void string(JsonGenerator json, String name, String value) {
    json.writeStringProperty(name, JsonReport.text(value));
  }

  /// Left out when it is empty.
  static void optional(JsonGenerator json, String name, String value) {
    if (!value.isEmpty()) {
      string(json, name, value);
    }
  }
}
