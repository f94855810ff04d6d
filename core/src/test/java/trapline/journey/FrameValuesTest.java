package trapline.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.bytes.Bytes;
import trapline.dwarf.DebugInfo;
import trapline.dwarf.DwarfFiles;
import trapline.dwarf.LocationDescription;
import trapline.dwarf.Subprogram;
import trapline.dwarf.Variable;
import trapline.dwarf.expression.Location;
import trapline.model.Architecture;
import trapline.model.LinkAddress;
import trapline.model.Place;
import trapline.model.Registers;
import trapline.model.RemoteAddress;
import trapline.model.RemoteMemory;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;
import trapline.unwind.Stack;
import trapline.unwind.Unwinder;

/// Variables have the values that gdb finds in them, in memory and in registers, at each of many
/// instructions; what gdb says is optimised out is nowhere for us, too.
@Tag("host")
class FrameValuesTest {
  private static final String OUT = "OUT";

  @TempDir Path folder;

  /// The thread at one instruction.
  private static final class Stop {
    final long pc;
    final long cfa;
    final Map<String, String> values = new TreeMap<>();
    Registers registers = new Registers(Architecture.X86_64, new long[Architecture.X86_64.slots()]);
    final Map<Long, byte[]> memory = new TreeMap<>();

    Stop(long pc, long cfa) {
      this.pc = pc;
      this.cfa = cfa;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gcc, -O0 -g",
    "gcc, -O2 -gdwarf-5",
    "gcc, -O2 -gdwarf-4",
    "clang, -O2 -gdwarf-5",
    "clang, -O2 -gdwarf-4",
  })
  void areThoseOfGdb(String compiler, String options) throws IOException {
    Tools.require("gdb");
    List<String> all = new ArrayList<>(List.of(options.split(" ")));
    all.add("-no-pie");
    Path program =
        Programs.compileWith(
            compiler,
            folder,
            "values",
            DwarfFiles.resource("inlining.c"),
            all.toArray(new String[0]));
    Comparison found = compare(program);
    assertThat(found.different).isEmpty();
    assertThat(found.equal).isGreaterThan(200);
    assertThat(found.entered).isGreaterThan(options.contains("-O0") ? -1 : 10);
    assertThat(found.out).isGreaterThanOrEqualTo(options.contains("-O0") ? 0 : 50);
  }

  /// What a reference led to when the function was called is stated by the caller alone
  /// (`DW_AT_call_data_value`).
  @ParameterizedTest
  @ValueSource(strings = {"-O2 -gdwarf-5", "-O2 -gdwarf-4"})
  void ofWhatAReferenceLedTo(String options) throws IOException {
    Tools.require("gdb", "g++");
    List<String> all = new ArrayList<>(List.of(options.split(" ")));
    all.add("-no-pie");
    Path program =
        Programs.compileWith(
            "g++",
            folder,
            "references",
            """
            volatile int sink;
            __attribute__((noinline)) int touch(int by) { sink += by; return sink; }
            __attribute__((noinline)) int seen(int &given, int *other) {
              int kept = given;
              sink = kept;
              *other = touch(4);
              sink = touch(5);
              return 1;
            }
            __attribute__((noipa)) int pass(int number) {
              int other, value = number + 41;
              value = seen(value, &other);
              return value + other;
            }
            int main(int count, char **) { return pass(3) + pass(5) == 9; }
            """,
            all.toArray(new String[0]));
    Comparison found = compare(program);
    assertThat(found.different).isEmpty();
    assertThat(found.ledTo).isPositive();
  }

  /// How often both had the same, and of what kind that was.
  private static final class Comparison {
    int equal;
    int out;
    int entered;
    int ledTo;
    final List<String> different = new ArrayList<>();
  }

  private Comparison compare(Path program) throws IOException {
    Comparison found = new Comparison();
    DebugInfo info = DwarfFiles.open(program);
    Image image =
        new Image(
            program.toString(),
            0,
            DwarfFiles.elf(program),
            Image.Role.PROGRAM,
            () -> new Image.Debug(info, null, "", List.of(), "", () -> ""));
    for (Stop stop : gdb(program)) {
      LinkAddress pc = new LinkAddress(stop.pc);
      Subprogram function = info.subprogramAt(pc).orElse(null);
      RemoteMemory memory = memory(stop, image);
      FrameValues values =
          new FrameValues(
              FrameValues.of(stop.registers),
              memory,
              image,
              stop.cfa,
              function,
              entryValues(stop, memory, image));
      for (Variable variable : info.variablesAt(pc)) {
        Place place = variable.declaration();
        String key =
            variable.inlineDepth()
                + "|"
                + variable.name()
                + "|"
                + (place == null ? 0 : place.line());
        String theirs = stop.values.get(key);
        if (theirs == null) {
          continue;
        }
        String ours = value(variable, pc, values, stop.registers, memory);
        boolean passed =
            variable.locationAt(pc) instanceof LocationDescription.Expression passing
                && isEntryValue(passing.code());
        if (passed && theirs.equals(OUT)) {
          // The caller does not state it; or its call site does not name the function, which is
          // enough for gdb to give up, and the call instruction does.
          continue;
        }
        found.entered += passed ? 1 : 0;
        if (!ours.equals(theirs)) {
          found.different.add("0x%x %s: %s, gdb %s".formatted(stop.pc, key, ours, theirs));
        } else if (theirs.equals(OUT)) {
          found.out++;
        } else {
          found.equal++;
          found.ledTo +=
              variable.locationAt(pc) instanceof LocationDescription.Expression led
                      && isEntryValue(led.code())
                      && isBasedOnRegister(led.code().u8(2))
                  ? 1
                  : 0;
        }
      }
    }
    return found;
  }

  private static boolean isBasedOnRegister(int operation) {
    return operation >= 0x70 && operation < 0x90;
  }

  private static boolean isEntryValue(Bytes expression) {
    return !expression.isEmpty() && (expression.u8(0) == 0xa3 || expression.u8(0) == 0xf3);
  }

  private static EntryValues entryValues(Stop stop, RemoteMemory memory, Image image) {
    AddressSpace space =
        new AddressSpace() {
          @Override
          public @Nullable Image at(RemoteAddress address) {
            return image.elf().bytesAt(image.link(address), 1) == null ? null : image;
          }

          @Override
          public @Nullable Image program() {
            return image;
          }

          @Override
          public boolean isExecutable(RemoteAddress address) {
            return at(address) != null;
          }

          @Override
          public @Nullable Image named(String path) {
            return null;
          }

          @Override
          public RemoteMemory memory() {
            return memory;
          }
        };
    Registers registers = stop.registers.withDwarf(16, stop.pc);
    Stack stack = Unwinder.unwind(registers, memory, space, 8);
    return EntryValues.of(stack.frames(), 0, memory, space);
  }

  private static String value(
      Variable variable,
      LinkAddress pc,
      FrameValues values,
      Registers registers,
      RemoteMemory memory) {
    int size = (int) variable.type().byteSize();
    long mask = size >= 8 ? -1 : (1L << 8 * size) - 1;
    if (variable.locationAt(pc) instanceof LocationDescription.Constant constant) {
      return Long.toUnsignedString(constant.value() & mask);
    }
    return switch (values.locate(variable, pc)) {
      case Location.Memory at -> {
        byte[] bytes = memory.readExactly(at.address(), size);
        yield bytes == null
            ? "unreadable"
            : Long.toUnsignedString(Bytes.of("", java.util.Arrays.copyOf(bytes, 8)).u64(0));
      }
      case Location.Register in -> Long.toUnsignedString(registers.dwarf(in.number()) & mask);
      case Location.Value value -> Long.toUnsignedString(value.bits() & mask);
      case Location.Implicit implicit ->
          Long.toUnsignedString(
              Bytes.of(
                          "",
                          java.util.Arrays.copyOf(
                              implicit.bytes().copy(0, implicit.bytes().size()), 8))
                      .u64(0)
                  & mask);
      case Location.Unavailable gone -> gone.reason().equals("optimised out") ? OUT : gone.reason();
      case null -> OUT;
      default -> "other";
    };
  }

  private static RemoteMemory memory(Stop stop, Image image) {
    return (address, into, offset, length) -> {
      for (var part : stop.memory.entrySet()) {
        long distance = address - part.getKey();
        if (distance >= 0 && distance + length <= part.getValue().length) {
          System.arraycopy(part.getValue(), (int) distance, into, offset, length);
          return length;
        }
      }
      Bytes bytes = image.elf().bytesAt(new LinkAddress(address), length);
      if (bytes == null) {
        return 0;
      }
      System.arraycopy(bytes.copy(0, length), 0, into, offset, length);
      return length;
    };
  }

  private List<Stop> gdb(Path program) throws IOException {
    Path script = folder.resolve("values.py");
    try (var in = Objects.requireNonNull(FrameValuesTest.class.getResourceAsStream("values.py"))) {
      Files.write(script, in.readAllBytes());
    }
    Command run = Command.run("gdb", "-nx", "-batch", "-x", script.toString(), program.toString());
    List<Stop> stops = new ArrayList<>();
    Map<String, Integer> seen = new HashMap<>();
    for (String line : run.out().lines().toList()) {
      String[] parts = line.split("\\|", -1);
      Stop last = stops.isEmpty() ? null : stops.getLast();
      if (parts[0].equals("STOP")) {
        stops.add(new Stop(Long.parseLong(parts[1]), Long.parseLong(parts[2])));
        seen.clear();
      } else if (last != null && parts[0].equals("REG")) {
        last.registers =
            last.registers.withDwarf(Integer.parseInt(parts[1]), Long.parseUnsignedLong(parts[2]));
      } else if (last != null && parts[0].equals("MEM")) {
        last.memory.put(Long.parseLong(parts[1]), HexFormat.of().parseHex(parts[2]));
      } else if (last != null && parts[0].equals("VAR") && !parts[4].equals("ERROR")) {
        String key = parts[1] + "|" + parts[2] + "|" + parts[3];
        // One that is listed twice is not told apart by its name.
        if (seen.merge(key, 1, Integer::sum) == 1) {
          last.values.put(key, parts[4]);
        } else {
          last.values.remove(key);
        }
      }
    }
    assertThat(stops).as(run.out() + run.err()).isNotEmpty();
    return stops;
  }
}
