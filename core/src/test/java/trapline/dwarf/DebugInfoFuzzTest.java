package trapline.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.bytes.Bytes;
import trapline.model.LinkAddress;
import trapline.model.MalformedBinary;

/// Debug information that somebody broke, by chance or on purpose: every question gets an answer,
/// and nothing but [MalformedBinary] comes out.
@Tag("unit")
class DebugInfoFuzzTest {
  private static final List<String> NAMES =
      List.of(
          ".debug_info",
          ".debug_abbrev",
          ".debug_line",
          ".debug_aranges",
          ".debug_rnglists",
          ".debug_ranges",
          ".debug_loclists",
          ".debug_loc",
          ".debug_str",
          ".debug_line_str",
          ".debug_addr",
          ".debug_str_offsets",
          ".debug_types",
          ".debug_info.dwo",
          ".debug_abbrev.dwo",
          ".debug_rnglists.dwo",
          ".debug_loclists.dwo",
          ".debug_str.dwo",
          ".debug_str_offsets.dwo",
          ".debug_cu_index",
          ".debug_tu_index",
          ".gnu_debugaltlink",
          ".debug_sup");

  /// The input is a list of changes to the sections of a small program of clang or gcc: which
  /// section, where, and the new bytes; or what a section is cut to.
  @FuzzTest
  void changedSections(byte[] input) {
    if (input.length < 1) {
      return;
    }
    Map<String, byte[]> sections = sections(seed(input[0] & 0xff));
    for (int i = 1; i + 5 <= input.length; i += 5) {
      String name = NAMES.get((input[i] & 0x7f) % NAMES.size());
      byte[] section = sections.getOrDefault(name, new byte[0]);
      int at = (input[i + 1] & 0xff) << 16 | (input[i + 2] & 0xff) << 8 | (input[i + 3] & 0xff);
      if (section.length == 0) {
        section = new byte[Math.min(64, input.length)];
        System.arraycopy(input, 0, section, 0, section.length);
        sections.put(name, section);
      } else if (input[i] < 0) {
        sections.put(name, java.util.Arrays.copyOf(section, at % section.length));
      } else {
        section[at % section.length] = input[i + 4];
      }
    }
    askEverything(sections);
  }

  /// The same with changes by chance from a fixed seed, so that every run of the tests tries many.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void changesByChance(int seed) {
    Random random = new Random(seed);
    Map<String, byte[]> original = sections(seed(seed));
    assertThat(askEverything(copy(original))).isPositive();
    List<String> present =
        NAMES.stream().filter(n -> original.getOrDefault(n, new byte[0]).length > 0).toList();
    for (int round = 0; round < 300; round++) {
      Map<String, byte[]> changed = copy(original);
      for (int change = random.nextInt(1, 5); change > 0; change--) {
        byte[] section = changed.get(present.get(random.nextInt(present.size())));
        int at = random.nextInt(section.length);
        switch (random.nextInt(4)) {
          case 0 -> section[at] = (byte) random.nextInt();
          case 1 -> section[at] ^= (byte) (1 << random.nextInt(8));
          case 2 -> section[at] = (byte) (random.nextBoolean() ? 0xff : 0);
          default -> {
            for (int i = at; i < Math.min(section.length, at + 8); i++) {
              section[i] = (byte) (random.nextBoolean() ? 0xff : random.nextInt());
            }
          }
        }
      }
      askEverything(changed);
    }
  }

  private static Map<String, byte[]> copy(Map<String, byte[]> sections) {
    Map<String, byte[]> copy = new HashMap<>();
    sections.forEach((name, bytes) -> copy.put(name, bytes.clone()));
    return copy;
  }

  /// Asks for all that can be asked at addresses in and around the program.
  ///
  /// @return how many levels and variables were found
  private static int askEverything(Map<String, byte[]> sections) {
    DwarfSections own = name -> Bytes.of(name, sections.getOrDefault(name, new byte[0]));
    SupplementaryFiles others =
        new SupplementaryFiles() {
          @Override
          public Optional<DwarfSections> splitUnit(String name, String directory, long dwoId) {
            return Optional.of(own);
          }

          @Override
          public Optional<DwarfSections> packageFile() {
            return Optional.of(own);
          }

          @Override
          public Optional<DwarfSections> alternate(String name, Bytes buildId) {
            return Optional.of(own);
          }
        };
    DebugInfo info = DebugInfo.of(own, others);
    int found = 0;
    for (long address = 0x1000; address < 0x1200; address += 13) {
      LinkAddress at = new LinkAddress(address);
      info.lineAt(at);
      found += info.framesAt(at).size();
      info.statementAt(at);
      info.subprogramAt(at);
      info.callReturningTo(at);
      info.subprogramAt(at).ifPresent(function -> info.tailCallsOf(function.entry()));
      List<Variable> variables = info.variablesAt(at);
      found += variables.size();
      for (Variable variable : variables) {
        if (variable.locationAt(at) instanceof LocationDescription.Expression place) {
          try {
            place.context().address(address & 3);
            place.context().type(address);
            place.context().expression(address);
          } catch (MalformedBinary expected) {
            // The only thing that may leave.
          }
        }
      }
    }
    info.variablesIn(AddressRange.of(0x1100, 0x1200));
    info.diagnostics();
    return found;
  }

  private static Map<String, byte[]> sections(String resource) {
    return DwarfFiles.sections(resource, NAMES::contains);
  }

  private static String seed(int number) {
    return switch (number % 4) {
      case 0 -> "fuzz/gcc-dwarf5.bin";
      case 1 -> "fuzz/gcc-dwarf4.bin";
      case 2 -> "fuzz/clang-dwarf5-split.bin";
      default -> "fuzz/gcc-dwarf4-types.bin";
    };
  }
}
