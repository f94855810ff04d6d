package trapline.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import trapline.model.LinkAddress;
import trapline.testing.Tools;

/// Stubs are where `objdump -d` names them `…@plt`, and jump through the slot that it prints.
@Tag("host")
class PltTableTest {
  private static final Pattern LABEL = Pattern.compile("^([0-9a-f]{16}) <(.+)@plt>:$");
  private static final Pattern JUMP =
      Pattern.compile(
          "^ +([0-9a-f]+):\\s.*\\bjmp +\\*0x[0-9a-f]+\\(%rip\\) +# ([0-9a-f]+) (<.*>)$");

  @TempDir static Path folder;

  static Stream<Arguments> files() {
    return Stream.concat(
        Stream.of(ElfPrograms.Build.values()).map(build -> arguments(build.name())),
        Stream.of(
                "/lib/x86_64-linux-gnu/libc.so.6",
                "/usr/lib/x86_64-linux-gnu/libcrypto.so.3",
                "/usr/bin/gdb")
            .map(Arguments::arguments));
  }

  private static Path path(String name) {
    if (name.startsWith("/")) {
      Tools.require(name);
      return Path.of(name);
    }
    return ElfPrograms.Build.valueOf(name).in(folder);
  }

  @ParameterizedTest
  @MethodSource("files")
  void stubsAreThoseOfObjdump(String name) {
    Path path = path(name);
    ElfFile elf = ElfPrograms.read(path);
    // The linker gives the stubs of a static program no names.
    boolean named = !elf.isStatic();
    TreeMap<String, String> expected = new TreeMap<>();
    for (String section : List.of(".plt", ".plt.sec", ".plt.got")) {
      if (elf.section(section) != null) {
        disassemble(path, section, named, expected);
      }
    }
    TreeMap<String, String> stubs = new TreeMap<>();
    for (PltStub stub : elf.plt().stubs()) {
      assertThat(elf.plt().stubAt(stub.address())).isEqualTo(stub);
      assertThat(elf.plt().stubAt(new LinkAddress(stub.address().value() + stub.size() - 1)))
          .isEqualTo(stub);
      if (stub.slot() != null && stub.kind() != PltStub.Kind.RESOLVE) {
        stubs.put(
            hex(stub.address()), (named ? stub.name() : "") + " " + hex(stub.slot().address()));
      }
    }
    assertThat(stubs).isEqualTo(expected);
    if (name.equals(ElfPrograms.Build.PLAIN.name()) || name.startsWith("/")) {
      assertThat(stubs).hasSizeGreaterThan(5);
    }
  }

  private static void disassemble(
      Path path, String section, boolean named, TreeMap<String, String> into) {
    String text = ElfPrograms.run("objdump", "-d", "-j", section, path.toString());
    String address = "";
    String stub = "";
    for (String line : text.split("\n")) {
      Matcher label = LABEL.matcher(line);
      Matcher jump = JUMP.matcher(line);
      if (label.matches()) {
        address = Long.toHexString(Long.parseLong(label.group(1), 16));
        stub = label.group(2) + "@plt";
      } else if (line.endsWith(">:")) {
        stub = "";
      } else if (jump.matches() && !stub.isEmpty()) {
        into.put(address, stub + " " + jump.group(2));
        stub = "";
      } else if (jump.matches() && !named && isSlot(jump)) {
        into.put(jump.group(1), " " + jump.group(2));
      }
    }
  }

  /// All but the header, which jumps through the third word of the table of slots, and what is left
  /// of a stub that the linker found needless.
  private static boolean isSlot(Matcher jump) {
    return Long.parseLong(jump.group(2), 16) % 8 == 0 && !jump.group(3).endsWith("_+0x10>");
  }

  private static String hex(LinkAddress address) {
    return Long.toHexString(address.value());
  }

  @ParameterizedTest
  @MethodSource("files")
  void stubsAreTheSameWithoutSections(String name) {
    Path path = path(name);
    ElfFile whole = ElfPrograms.read(path);
    ElfFile bare = ElfPrograms.withoutSections(path);
    assertThat(bare.sections()).isEmpty();
    for (PltStub stub : whole.plt().stubs()) {
      PltStub found = bare.plt().stubAt(stub.address());
      assertThat(found).as(stub.toString()).isNotNull();
      assertThat(described(found)).isEqualTo(described(stub));
    }
    List<String> all = new ArrayList<>();
    bare.plt().stubs().forEach(stub -> all.add(described(stub)));
    List<String> expected = new ArrayList<>();
    whole.plt().stubs().forEach(stub -> expected.add(described(stub)));
    assertThat(all).isEqualTo(expected);
  }

  private static String described(PltStub stub) {
    GotSlot slot = stub.slot();
    return hex(stub.address())
        + " "
        + stub.kind()
        + " "
        + stub.name()
        + (slot == null
            ? ""
            : " " + hex(slot.address()) + " " + hex(slot.initial()) + " " + slot.relocation());
  }

  @Test
  void anUnboundLazySlotLeadsBackIntoItsStub() {
    ElfFile elf = ElfPrograms.read(ElfPrograms.Build.PLAIN.in(folder));
    int lazy = 0;
    for (PltStub stub : elf.plt().stubs()) {
      if (stub.kind() == PltStub.Kind.LAZY) {
        assertThat(stub.slot().isLazy()).isTrue();
        assertThat(stub.slot().initial()).isEqualTo(new LinkAddress(stub.address().value() + 6));
        lazy++;
      }
    }
    assertThat(lazy).isGreaterThan(4);
  }

  @Test
  void anUnboundSlotOfAnIbtProgramLeadsToTheOtherTable() {
    ElfFile elf = ElfPrograms.read(ElfPrograms.Build.IBT.in(folder));
    PltStub called = stub(elf, "puts@plt", PltStub.Kind.DIRECT);
    PltStub other = elf.plt().stubAt(called.slot().initial());
    assertThat(called.section()).isEqualTo(".plt.sec");
    assertThat(other.kind()).isEqualTo(PltStub.Kind.RESOLVE);
    assertThat(other.name()).isEqualTo("puts@plt");
    assertThat(other.section()).isEqualTo(".plt");
  }

  private static PltStub stub(ElfFile elf, String name, PltStub.Kind kind) {
    return elf.plt().stubs().stream()
        .filter(stub -> stub.name().equals(name) && stub.kind() == kind)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void callsWithoutStubsHaveSlots() {
    Path path = ElfPrograms.Build.NO_PLT.in(folder);
    ElfFile elf = ElfPrograms.read(path);
    String text = ElfPrograms.run("objdump", "-d", "-j", ".text", path.toString());
    Matcher call =
        Pattern.compile("(?:call|jmp) +\\*0x[0-9a-f]+\\(%rip\\) +# ([0-9a-f]+) <(.*)>")
            .matcher(text);
    int calls = 0;
    while (call.find()) {
      GotSlot slot = elf.plt().slotAt(new LinkAddress(Long.parseLong(call.group(1), 16)));
      assertThat(slot).as(call.group()).isNotNull();
      assertThat(slot.relocation().type()).isEqualTo(Relocation.GLOB_DAT);
      assertThat(slot.isLazy()).isFalse();
      assertThat(call.group(2)).isEqualTo(slot.relocation().symbol().versionedName());
      calls++;
    }
    assertThat(calls).isGreaterThan(4);
  }

  @Test
  void indirectFunctionsOfStaticProgramsHaveTheirResolver() {
    for (ElfPrograms.Build build :
        List.of(ElfPrograms.Build.STATIC, ElfPrograms.Build.STATIC_PIE)) {
      ElfFile elf = ElfPrograms.read(build.in(folder));
      List<String> resolvers = new ArrayList<>();
      for (PltStub stub : elf.plt().stubs()) {
        if (stub.slot() != null && stub.slot().isIndirect()) {
          Symbol resolver =
              elf.indirectFunctionAt(new LinkAddress(stub.slot().relocation().addend()));
          assertThat(resolver).as(stub.toString()).isNotNull();
          assertThat(resolver.isIndirect()).isTrue();
          resolvers.add(resolver.name());
        }
      }
      assertThat(resolvers).contains("strlen");
    }
  }

  @Test
  void functionsAreNoStubs() {
    for (ElfFile elf :
        List.of(
            ElfPrograms.read(ElfPrograms.Build.NO_PLT.in(folder)),
            ElfPrograms.withoutSections(ElfPrograms.Build.NO_PLT.in(folder)))) {
      ElfFile named = ElfPrograms.read(ElfPrograms.Build.NO_PLT.in(folder));
      for (Symbol symbol : named.symbols()) {
        if (symbol.isFunction() && symbol.isDefined()) {
          assertThat(elf.plt().stubAt(symbol.address())).as(symbol.name()).isNull();
        }
      }
    }
  }
}
