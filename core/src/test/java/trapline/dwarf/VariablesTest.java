package trapline.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.bytes.Bytes;
import trapline.elf.ElfFile;
import trapline.elf.Section;
import trapline.elf.Symbol;
import trapline.model.LinkAddress;
import trapline.model.Place;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// Parameters and variables, with their types, as gdb sees them.
@Tag("host")
class VariablesTest {
  /// Prints, for each address, the variables of the blocks around it: how many functions out,
  /// name, type, size, whether it is a parameter, line.
  private static final String LIST_VARIABLES =
      """
      import gdb
      for address in ADDRESSES:
          block = gdb.block_for_pc(address)
          depth = 0
          while block is not None and not block.is_global and not block.is_static:
              for symbol in block:
                  if symbol.is_variable or symbol.is_argument or symbol.is_constant:
                      gone = symbol.addr_class == gdb.SYMBOL_LOC_OPTIMIZED_OUT
                      print("%s|%d|%d|%s|%s|%d|%d|%d" % ("OUT" if gone else "VAR", address, depth,
                          symbol.name, str(symbol.type).split(" {")[0].replace(chr(10), " "),
                          symbol.type.sizeof, symbol.is_argument, symbol.line))
              if block.function is not None:
                  depth += 1
              block = block.superblock
      """;

  private static final Pattern INT_BEHIND = Pattern.compile("\\b(long|short)( unsigned)? int\\b");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "gcc, inlining.c, -O0 -g",
    "gcc, inlining.c, -O2 -gdwarf-4",
    "gcc, inlining.c, -O2 -gdwarf-5",
    "gcc, inlining.c, -O2 -gdwarf-3 -gstrict-dwarf",
    "clang, inlining.c, -O0 -g",
    "clang, inlining.c, -O2 -gdwarf-5",
  })
  void agreeWithGdb(String compiler, String source, String options) throws Exception {
    Tools.require(compiler, "gdb");
    Path program = compile(compiler, source, options);
    List<Long> addresses = everyAddress(program, 3);
    Map<Long, List<String>> expected = askGdb(program, addresses, "VAR|");
    Map<Long, List<String>> optimisedOut = askGdb(program, addresses, "OUT|");
    DebugInfo info = DwarfFiles.open(program);
    int compared = 0;
    for (long address : addresses) {
      List<String> ours =
          info.variablesAt(new LinkAddress(address)).stream().map(VariablesTest::text).toList();
      List<String> gdb = expected.getOrDefault(address, List.of());
      assertThat(ours).as("%s: 0x%x", options, address).containsAll(gdb).doesNotHaveDuplicates();
      // gdb lists some that are optimised out twice, or where another block has them.
      List<String> others = new ArrayList<>(ours);
      others.removeAll(gdb);
      assertThat(optimisedOut.getOrDefault(address, List.of()))
          .as("%s: 0x%x", options, address)
          .containsAll(others);
      compared += gdb.size();
    }
    assertThat(compared).isGreaterThan(500);
    assertThat(info.diagnostics()).isEmpty();
  }

  /// Innermost first, and only where the scope is.
  @Test
  void blocksNest() {
    Path program = compile("gcc", "inlining.c", "-O0 -g");
    DebugInfo info = DwarfFiles.open(program);
    Symbol shapes = DwarfFiles.elf(program).symbols().named("shapes").getFirst();
    AddressRange whole =
        AddressRange.of(shapes.address().value(), shapes.address().value() + shapes.size());
    List<Variable> all = info.variablesIn(whole);
    assertThat(all.stream().map(Variable::name))
        .containsExactly(
            "nested", "unnamed", "p", "q", "names", "grid", "paint", "w", "small", "buffer",
            "fixed", "n", "ratio", "flag", "calls");
    Variable nested = all.getFirst();
    assertThat(nested.function().name()).isEqualTo("shapes");
    LinkAddress inside = nested.scope().getFirst().start();
    assertThat(info.variablesAt(inside).stream().map(Variable::name))
        .hasSize(15)
        .startsWith("nested", "unnamed", "p");
    assertThat(info.variablesAt(whole.start())).hasSize(13);
    assertThat(all.get(1).type().name()).isEqualTo("struct {...}");
  }

  /// At -O0 every variable is at a constant distance from the frame, or at an address.
  @Test
  void placesAreWhereGdbFindsThem() throws Exception {
    Tools.require("gcc", "gdb");
    Path program = compile("gcc", "inlining.c", "-O0 -g -no-pie");
    Symbol shapes = DwarfFiles.elf(program).symbols().named("shapes").getFirst();
    DebugInfo info = DwarfFiles.open(program);
    Variable nested =
        info.variablesIn(
                AddressRange.of(shapes.address().value(), shapes.address().value() + shapes.size()))
            .getFirst();
    LinkAddress stop = nested.scope().getFirst().start();
    Path script = folder.resolve("places.py");
    Files.writeString(
        script,
        """
        import gdb
        gdb.execute("set startup-with-shell off")
        gdb.execute("break *%d")
        gdb.execute("run")
        frame = gdb.selected_frame()
        print("CFA|%%d" %% (int(frame.read_register("rbp")) + 16))
        block = frame.block()
        while block is not None and not block.is_global and not block.is_static:
            for symbol in block:
                if symbol.is_variable or symbol.is_argument:
                    print("AT|%%s|%%d" %% (symbol.name, int(symbol.value(frame).address)))
            block = block.superblock
        """
            .formatted(stop.value()));
    Command gdb = Command.run("gdb", "-nx", "-batch", "-x", script.toString(), program.toString());
    Map<String, Long> places = new TreeMap<>();
    long cfa = 0;
    for (String line : gdb.out().lines().toList()) {
      if (line.startsWith("CFA|")) {
        cfa = Long.parseLong(line.substring(4));
      } else if (line.startsWith("AT|")) {
        String[] parts = line.split("\\|", -1);
        places.put(parts[1], Long.parseLong(parts[2]));
      }
    }
    Tools.requireHost(cfa != 0, "a gdb that can run programs: " + gdb.err());
    List<Variable> variables = info.variablesAt(stop);
    assertThat(variables).hasSize(places.size());
    for (Variable variable : variables) {
      LocationDescription.Expression place =
          (LocationDescription.Expression) variable.locationAt(stop);
      Bytes code = place.code();
      long address =
          switch (code.u8(0)) {
            case 0x91 -> cfa + code.cursor(1).sleb(); // DW_OP_fbreg, of DW_OP_call_frame_cfa
            case 0x03 -> code.u64(1); // DW_OP_addr
            default -> throw new AssertionError("operation " + code.u8(0));
          };
      assertThat(address).as(variable.name()).isEqualTo(places.get(variable.name()));
    }
    Bytes frameBase =
        ((LocationDescription.Expression)
                info.subprogramAt(stop).orElseThrow().frameBase().at(stop))
            .code();
    assertThat(frameBase.u8(0)).isEqualTo(0x9c);
  }

  private static String text(Variable variable) {
    Place place = variable.declaration();
    return variable.inlineDepth()
        + "|"
        + variable.name()
        + "|"
        + asGdb(variable.type().name())
        + "|"
        + variable.type().byteSize()
        + "|"
        + (variable.parameter() ? 1 : 0)
        + "|"
        + (place == null ? 0 : place.line());
  }

  /// gdb leaves out `int` where C allows that, and the members of types without a name.
  private static String asGdb(String type) {
    String shorter =
        INT_BEHIND
            .matcher(type)
            .replaceAll(m -> m.group(2) == null ? m.group(1) : "unsigned " + m.group(1));
    return shorter.replace(" {...}", "");
  }

  private Map<Long, List<String>> askGdb(Path program, List<Long> addresses, String kind)
      throws IOException {
    Path script = folder.resolve("variables.py");
    Files.writeString(script, "ADDRESSES = " + addresses + "\n" + LIST_VARIABLES);
    String out =
        Command.run("gdb", "-nx", "-batch", "-x", script.toString(), program.toString()).orFail();
    Map<Long, List<String>> answers = new TreeMap<>();
    for (String line : out.lines().toList()) {
      if (line.startsWith(kind)) {
        int end = line.indexOf('|', 4);
        String rest = line.substring(end + 1);
        answers
            .computeIfAbsent(Long.parseLong(line.substring(4, end)), a -> new ArrayList<>())
            .add(rest);
      }
    }
    return answers;
  }

  private Path compile(String compiler, String source, String options) {
    return Programs.compileWith(
        compiler, folder, "program", DwarfFiles.resource(source), options.split(" "));
  }

  private static List<Long> everyAddress(Path program, int step) {
    ElfFile elf = DwarfFiles.elf(program);
    Section text = elf.section(".text");
    List<Long> addresses = new ArrayList<>();
    for (long i = 0; i < text.size(); i += step) {
      addresses.add(text.address().value() + i);
    }
    return addresses;
  }
}
