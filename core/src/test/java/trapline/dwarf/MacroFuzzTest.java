package trapline.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.bytes.Bytes;
import trapline.model.LinkAddress;
import trapline.model.Place;

/// What a program says of its macros, broken by chance or on purpose: every question gets an answer
/// in a short time.
@Tag("unit")
class MacroFuzzTest {
  /// gcc 12, `-g3 -undef -O0 -nostdlib -static -Wl,-Ttext=0x1000` of `fuzz/macros.c`.
  private static final List<String> SEEDS =
      List.of("fuzz/gcc-macros-dwarf4.bin", "fuzz/gcc-macros-dwarf5.bin", "fuzz/gcc-macinfo.bin");

  private static final List<String> NAMES = List.of("TWICE", "LEVEL", "__STDC__");

  /// The input is a seed's number, and changes to its sections: which, where, and the new byte.
  @FuzzTest
  void changedMacros(byte[] input) {
    if (input.length == 0) {
      return;
    }
    Map<String, byte[]> sections = sections(SEEDS.get((input[0] & 0xff) % SEEDS.size()));
    List<String> names = sections.keySet().stream().sorted().toList();
    for (int i = 1; i + 4 <= input.length; i += 4) {
      byte[] section = sections.get(names.get((input[i] & 0xff) % names.size()));
      int at = (input[i + 1] & 0xff) << 8 | (input[i + 2] & 0xff);
      if (section.length > 0) {
        section[at % section.length] = input[i + 3];
      }
    }
    ask(sections);
  }

  @Test
  void theSeedsSayWhatTheSourceHas() {
    for (String seed : SEEDS) {
      assertThat(ask(sections(seed)))
          .as(seed)
          .contains("TWICE(x) ((x) + (x))", "LEVEL 3", "__STDC__ 1")
          .doesNotContain("LEVEL 1", "LEVEL 2");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void changesByChance(int seed) {
    Random random = new Random(seed);
    Map<String, byte[]> original = sections(SEEDS.get(seed));
    for (int round = 0; round < 1000; round++) {
      Map<String, byte[]> changed = new HashMap<>();
      original.forEach((name, bytes) -> changed.put(name, bytes.clone()));
      for (int change = random.nextInt(1, 4); change > 0; change--) {
        boolean macros = random.nextInt(3) > 0;
        for (Map.Entry<String, byte[]> each : changed.entrySet()) {
          if (each.getKey().startsWith(".debug_mac") == macros && each.getValue().length > 0) {
            int at = random.nextInt(each.getValue().length);
            each.getValue()[at] = (byte) (random.nextBoolean() ? random.nextInt(16) : -1);
          }
        }
      }
      ask(changed);
    }
  }

  private static List<String> ask(Map<String, byte[]> sections) {
    DebugInfo info =
        DebugInfo.of(
            name -> Bytes.of(name, sections.getOrDefault(name, new byte[0])),
            SupplementaryFiles.NONE);
    List<String> texts = new ArrayList<>();
    for (long address = 0x1000; address < 0x1020; address += 3) {
      LinkAddress at = new LinkAddress(address);
      Place line = info.lineAt(at).map(LineEntry::place).orElse(new Place("/t/m.c", 4));
      for (MacroDefinition each : info.macrosAt(at, line, NAMES)) {
        texts.add(each.text());
      }
    }
    return texts;
  }

  private static Map<String, byte[]> sections(String resource) {
    return DwarfFiles.sections(resource, name -> name.startsWith(".debug_"));
  }
}
