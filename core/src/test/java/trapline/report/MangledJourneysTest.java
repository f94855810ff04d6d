package trapline.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import trapline.model.CodeLine;
import trapline.model.Frame;
import trapline.model.Hop;
import trapline.model.Journey;
import trapline.model.Step;

/// Journeys whose every symbol is mangled: none is left in the text, and JSON has both.
@Tag("unit")
class MangledJourneysTest {
  private static final Set<Class<?>> WITH_SYMBOLS =
      Set.of(
          Hop.SourceLine.class,
          Hop.CallSite.class,
          Hop.Plt.class,
          Hop.Wrapper.class,
          Hop.Return.class,
          Hop.Missing.class,
          Hop.InlinedCall.class,
          Step.Executed.class,
          Step.Collapsed.class,
          Frame.class,
          CodeLine.class);

  @BeforeAll
  static void readSchema() throws IOException {
    JsonReportTest.readSchema();
  }

  static Stream<Journey> journeys() {
    return SampleJourneys.all().values().stream().map(MangledJourneysTest::mangled);
  }

  @ParameterizedTest
  @MethodSource("journeys")
  void theTextHasNoneLeft(Journey journey) {
    for (int width : new int[] {60, 100, 160}) {
      Style style = Style.PLAIN.withWidth(width);
      assertThat(TextReport.render(journey, style)).doesNotContain("_ZN4user");
      assertThat(TextReport.renderRepeat(journey, style)).doesNotContain("_ZN4user");
      assertThat(StepsReport.render(journey, style)).doesNotContain("_ZN4user");
    }
  }

  @ParameterizedTest
  @MethodSource("journeys")
  void jsonHasBoth(Journey journey) {
    JsonReportTest.assertValid(JsonReport.render(journey));
    for (Hop hop : journey.hops()) {
      if (hop instanceof Hop.SourceLine line && line.frame().function().matches("_ZN4user\\w+")) {
        String symbol = line.frame().function();
        assertThat(JsonReport.render(journey))
            .contains("\"function\":\"" + symbol + "\",\"functionDemangled\":\"user::");
      }
    }
  }

  @Test
  void theTextOfASourceLineIsNoSymbol() {
    Journey journey = SampleJourneys.socket();
    for (Hop hop : journey.hops()) {
      if (hop instanceof Hop.SourceLine line) {
        String asm = "asm(\"call _ZN4user1fEv\");";
        Hop other =
            new Hop.SourceLine(
                line.evidence(), line.user(), asm, "", line.stack(), line.stackEnd());
        assertThat(TextReport.render(journey.withHop(other), Style.PLAIN)).contains(asm);
      }
    }
  }

  private static Journey mangled(Journey journey) {
    Set<String> symbols = new LinkedHashSet<>();
    for (Hop hop : journey.hops()) {
      if (hop instanceof Hop.SourceLine line) {
        line.stack().forEach(frame -> symbols.add(frame.function()));
      } else if (hop instanceof Hop.Plt plt) {
        symbols.add(plt.symbol());
      } else if (hop instanceof Hop.Wrapper wrapper) {
        symbols.addAll(wrapper.path());
        symbols.add(wrapper.function());
        wrapper.inlined().forEach(call -> symbols.add(call.callee()));
      }
    }
    symbols.remove("");
    List<Hop> hops = new ArrayList<>();
    journey.hops().forEach(hop -> hops.add((Hop) mangled(hop, symbols)));
    List<Step> steps = new ArrayList<>();
    journey.steps().forEach(step -> steps.add((Step) mangled(step, symbols)));
    return new Journey(
        journey.id(),
        journey.name(),
        journey.processId(),
        journey.threadId(),
        journey.command(),
        journey.program(),
        journey.arguments(),
        journey.outcome(),
        journey.nanoseconds(),
        journey.occurrence(),
        journey.kernel(),
        hops,
        steps,
        List.of());
  }

  /// The same with every symbol in every text mangled; lines of source are left out.
  private static @Nullable Object mangled(@Nullable Object value, Set<String> symbols) {
    if (value instanceof String text) {
      return mangled(text, symbols);
    } else if (value instanceof List<?> list) {
      List<@Nullable Object> others = new ArrayList<>();
      list.forEach(each -> others.add(mangled(each, symbols)));
      return others;
    } else if (value == null || !WITH_SYMBOLS.contains(value.getClass())) {
      return value;
    }
    try {
      RecordComponent[] components = value.getClass().getRecordComponents();
      Class<?>[] types = new Class<?>[components.length];
      Object[] values = new Object[components.length];
      for (int i = 0; i < components.length; i++) {
        types[i] = components[i].getType();
        Object part = components[i].getAccessor().invoke(value);
        boolean source = components[i].getName().equals("text") && !(value instanceof CodeLine);
        boolean file = Set.of("module", "library").contains(components[i].getName());
        values[i] = source ? null : file ? part : mangled(part, symbols);
      }
      Constructor<?> constructor = value.getClass().getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static String mangled(String text, Set<String> symbols) {
    StringBuilder out = new StringBuilder();
    for (String word : text.split("(?<![A-Za-z0-9_])|(?![A-Za-z0-9_])", -1)) {
      out.append(symbols.contains(word) ? "_ZN4user" + word.length() + word + "Ev" : word);
    }
    return out.toString();
  }

  @Test
  void theTestMangles() {
    assertThat(mangled("call 1030 <main+3>, main", Map.of("main", 1).keySet()))
        .isEqualTo("call 1030 <_ZN4user4mainEv+3>, _ZN4user4mainEv");
  }
}
