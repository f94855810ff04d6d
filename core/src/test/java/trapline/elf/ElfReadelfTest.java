package trapline.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import trapline.model.LinkAddress;
import trapline.testing.Tools;

/// Everything that the reader says of a file is what `readelf` says of it.
@Tag("host")
class ElfReadelfTest {
  private static final List<String> SYSTEM_FILES =
      List.of(
          "/lib/x86_64-linux-gnu/libc.so.6",
          "/usr/lib/x86_64-linux-gnu/libcrypto.so.3",
          "/lib64/ld-linux-x86-64.so.2");
  private static final String[] TYPES = {
    "NOTYPE", "OBJECT", "FUNC", "SECTION", "FILE", "COMMON", "TLS", "7", "8", "9", "IFUNC"
  };
  private static final String[] BINDINGS = {
    "LOCAL", "GLOBAL", "WEAK", "3", "4", "5", "6", "7", "8", "9", "UNIQUE"
  };
  private static final String[] VISIBILITIES = {"DEFAULT", "INTERNAL", "HIDDEN", "PROTECTED"};

  @TempDir static Path folder;

  static Stream<Arguments> files() {
    return Stream.concat(
        Stream.of(ElfPrograms.Build.values()).map(build -> arguments(build.name())),
        SYSTEM_FILES.stream().map(Arguments::arguments));
  }

  private static Path path(String name) {
    if (name.startsWith("/")) {
      Tools.require(name);
      return Path.of(name);
    }
    return ElfPrograms.Build.valueOf(name).in(folder);
  }

  private static String readelf(String option, Path path) {
    return ElfPrograms.run("readelf", "-W", option, path.toString());
  }

  @ParameterizedTest
  @MethodSource("files")
  void headerAndSegments(String name) {
    Path path = path(name);
    ElfFile elf = ElfPrograms.read(path);
    String text = readelf("-hl", path);
    assertThat(text)
        .contains("Entry point address:               " + elf.entry())
        .contains(elf.isPositionIndependent() ? " DYN (" : " EXEC (");
    Pattern line =
        Pattern.compile(
            "^  (\\w+) +0x(\\w+) 0x(\\w+) 0x\\w+ 0x(\\w+) 0x(\\w+) (R?) *(W?) *(E?) +0x(\\w+)$",
            Pattern.MULTILINE);
    List<String> expected = new ArrayList<>();
    Matcher matcher = line.matcher(text.replaceAll("(?m) {2}R {3}0x", "  R     0x"));
    while (matcher.find()) {
      int flags =
          (matcher.group(6).isEmpty() ? 0 : 4)
              + (matcher.group(7).isEmpty() ? 0 : 2)
              + (matcher.group(8).isEmpty() ? 0 : 1);
      expected.add(
          numbers(
              hex(matcher.group(2)),
              hex(matcher.group(3)),
              hex(matcher.group(4)),
              hex(matcher.group(5)),
              flags,
              hex(matcher.group(9))));
    }
    assertThat(elf.segments())
        .extracting(
            s ->
                numbers(
                    s.offset(),
                    s.address().value(),
                    s.fileSize(),
                    s.memorySize(),
                    s.flags(),
                    s.alignment()))
        .isEqualTo(expected)
        .isNotEmpty();
    if (elf.interpreter().isEmpty()) {
      assertThat(text).doesNotContain("program interpreter");
    } else {
      assertThat(text).contains("[Requesting program interpreter: " + elf.interpreter() + "]");
    }
  }

  /// `0x0010:   Name: GLIBC_2.34  Flags: WEAK  Version: 2` under `Version: 1  File: libc.so.6`, and
  /// `Rev: 1  Flags: none  Index: 2  Cnt: 1  Name: GLIBC_2.2.5`.
  @ParameterizedTest
  @MethodSource("files")
  void versionsNeededAndDefined(String name) {
    Path path = path(name);
    ElfFile elf = ElfPrograms.read(path);
    List<NeededVersion> needed = new ArrayList<>();
    List<String> defined = new ArrayList<>();
    String library = "";
    Matcher line =
        Pattern.compile(
                "  File: (\\S+)  Cnt:|Name: (\\S+)  Flags: (.+?)  Version: \\d+$"
                    + "|Flags: (?!BASE)\\S.*  Index: \\d+  Cnt: \\d+  Name: (\\S+)$",
                Pattern.MULTILINE)
            .matcher(readelf("-V", path));
    while (line.find()) {
      if (line.group(1) != null) {
        library = line.group(1);
      } else if (line.group(2) != null) {
        needed.add(new NeededVersion(library, line.group(2), line.group(3).contains("WEAK")));
      } else {
        defined.add(line.group(4));
      }
    }
    assertThat(elf.neededVersions()).isEqualTo(needed);
    assertThat(elf.definedVersions()).isEqualTo(defined);
    if (name.endsWith("libc.so.6")) {
      assertThat(needed).isNotEmpty();
      assertThat(defined).contains("GLIBC_2.2.5", "GLIBC_PRIVATE");
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void sections(String name) {
    Path path = path(name);
    ElfFile elf = ElfPrograms.read(path);
    Pattern line =
        Pattern.compile(
            "^  \\[ *(\\d+)\\] (\\S*) +([A-Z_0-9]+) +(\\w{16}) (\\w+) (\\w+) (\\w\\w) +([A-Zlxop]*)"
                + " +(\\d+) +(\\d+) +(\\d+)$",
            Pattern.MULTILINE);
    List<String> expected = new ArrayList<>();
    Matcher matcher = line.matcher(readelf("-S", path));
    while (matcher.find()) {
      String flags = matcher.group(8);
      expected.add(
          matcher.group(2)
              + numbers(
                  Long.parseLong(matcher.group(1)),
                  hex(matcher.group(4)),
                  hex(matcher.group(5)),
                  hex(matcher.group(6)),
                  hex(matcher.group(7)),
                  Long.parseLong(matcher.group(9)),
                  Long.parseLong(matcher.group(10)),
                  Long.parseLong(matcher.group(11)))
              + flags.contains("X")
              + flags.contains("A")
              + flags.contains("C")
              + matcher.group(3).equals("NOBITS"));
    }
    assertThat(elf.sections())
        .extracting(
            s ->
                s.name()
                    + numbers(
                        s.index(),
                        s.address().value(),
                        s.offset(),
                        s.size(),
                        s.entrySize(),
                        s.link(),
                        s.info(),
                        s.alignment())
                    + s.isExecutable()
                    + s.isLoaded()
                    + s.isCompressed()
                    + (s.type() == Section.NOBITS))
        .isEqualTo(expected)
        .isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("files")
  void symbols(String name) {
    Path path = path(name);
    ElfFile elf = ElfPrograms.read(path);
    List<String> expected = new ArrayList<>();
    List<String> expectedDynamic = new ArrayList<>();
    List<String> current = expected;
    for (String line : readelf("-s", path).split("\n")) {
      if (line.startsWith("Symbol table '.dynsym'")) {
        current = expectedDynamic;
      } else if (line.startsWith("Symbol table '.symtab'")) {
        current = expected;
      } else if (line.matches(" +\\d+: .*")) {
        String[] part = line.trim().split(" +", 8);
        current.add(
            part[0].replace(":", " ")
                + Long.toHexString(hex(part[1]))
                + " "
                + Long.decode(part[2])
                + " "
                + String.join(" ", part[3], part[4], part[5], part[6])
                + " "
                + (part.length == 8 ? part[7].replaceFirst(" \\(\\d+\\)$", "") : ""));
      }
    }
    assertThat(rendered(elf, elf.symbols())).isEqualTo(expected);
    assertThat(rendered(elf, elf.dynamicSymbols())).isEqualTo(expectedDynamic);
  }

  private static List<String> rendered(ElfFile elf, SymbolTable table) {
    List<String> lines = new ArrayList<>();
    for (Symbol symbol : table) {
      String section =
          switch (symbol.section()) {
            case 0 -> "UND";
            case 0xfff1 -> "ABS";
            default -> Integer.toString(symbol.section());
          };
      String shown = symbol.versionedName();
      if (symbol.type() == Symbol.SECTION && shown.isEmpty()) {
        shown = elf.sections().get(symbol.section()).name();
      }
      lines.add(
          symbol.index()
              + " "
              + Long.toHexString(symbol.address().value())
              + " "
              + symbol.size()
              + " "
              + TYPES[symbol.type()]
              + " "
              + BINDINGS[symbol.binding()]
              + " "
              + VISIBILITIES[symbol.visibility()]
              + " "
              + section
              + " "
              + shown);
    }
    return lines;
  }

  @ParameterizedTest
  @MethodSource("files")
  void neededVersionsNameTheirLibrary(String name) {
    Path path = path(name);
    Map<String, String> libraries = new HashMap<>();
    String library = "";
    for (String line : readelf("-V", path).split("\n")) {
      Matcher file = Pattern.compile("Version: 1  File: (\\S+) ").matcher(line);
      Matcher version = Pattern.compile("^  0x\\w+: {3}Name: (\\S+)  Flags").matcher(line);
      if (file.find()) {
        library = file.group(1);
      } else if (version.find()) {
        libraries.put(version.group(1), library);
      }
    }
    TreeSet<String> met = new TreeSet<>();
    for (Symbol symbol : ElfPrograms.read(path).dynamicSymbols()) {
      if (!symbol.isDefined() && symbol.version() != null) {
        assertThat(symbol.version().library()).isEqualTo(libraries.get(symbol.version().name()));
        met.add(symbol.version().name());
      }
    }
    assertThat(libraries.keySet()).containsAll(met);
  }

  @ParameterizedTest
  @MethodSource("files")
  void relocations(String name) {
    Path path = path(name);
    ElfFile elf = ElfPrograms.read(path);
    Map<String, List<String>> expected = new HashMap<>();
    List<String> current = new ArrayList<>();
    boolean packed = false;
    for (String line : readelf("-r", path).split("\n")) {
      Matcher title = Pattern.compile("^Relocation section '([^']+)'").matcher(line);
      if (title.find()) {
        current = expected.computeIfAbsent(title.group(1), key -> new ArrayList<>());
        packed = title.group(1).equals(".relr.dyn");
      } else if (packed && line.matches("[0-9a-f]{16}")) {
        current.add(Long.toHexString(hex(line)) + " R_X86_64_RELATIVE");
      } else if (line.matches("[0-9a-f]{16}  [0-9a-f]{16} .*")) {
        String[] part = line.split(" +", 4);
        String rest = part[3].replaceFirst("^[0-9a-f]{16} ", "");
        current.add(Long.toHexString(hex(part[0])) + " " + part[2] + " " + rest);
      }
    }
    List<String> plt = expected.getOrDefault(".rela.plt", List.of());
    assertThat(elf.pltRelocations()).extracting(ElfReadelfTest::rendered).isEqualTo(plt);
    List<String> rest = new ArrayList<>(expected.getOrDefault(".rela.dyn", List.of()));
    rest.addAll(expected.getOrDefault(".relr.dyn", List.of()));
    assertThat(elf.relocations())
        .extracting(ElfReadelfTest::rendered)
        .zipSatisfy(rest, (ours, theirs) -> assertThat(ours).startsWith(theirs));
    if (ElfPrograms.Build.RELR.name().equals(name)) {
      assertThat(expected.get(".relr.dyn")).isNotEmpty();
    }
  }

  private static String rendered(Relocation relocation) {
    String what = Long.toHexString(relocation.addend());
    Symbol symbol = relocation.symbol();
    if (symbol != null) {
      what =
          symbol.versionedName()
              + (relocation.addend() < 0
                  ? " - " + Long.toHexString(-relocation.addend())
                  : " + " + Long.toHexString(relocation.addend()));
    }
    return Long.toHexString(relocation.place().value()) + " " + relocation.typeName() + " " + what;
  }

  @ParameterizedTest
  @MethodSource("files")
  void dynamicSection(String name) {
    Path path = path(name);
    ElfFile elf = ElfPrograms.read(path);
    DynamicSection dynamic = elf.dynamic();
    String text = readelf("-d", path);
    List<String> needed = new ArrayList<>();
    Matcher matcher = Pattern.compile("\\(NEEDED\\) +Shared library: \\[(.*)\\]").matcher(text);
    while (matcher.find()) {
      needed.add(matcher.group(1));
    }
    assertThat(dynamic.needed()).isEqualTo(needed);
    assertThat(dynamic.isEmpty()).isEqualTo(text.contains("There is no dynamic section"));
    assertThat(dynamic.soname()).isEqualTo(first(text, "\\(SONAME\\) +Library soname: \\[(.*)\\]"));
    assertThat(dynamic.isPie()).isEqualTo(text.matches("(?s).*\\(FLAGS_1\\)[^\\n]* PIE.*"));
    assertThat(dynamic.bindsNow()).isEqualTo(text.contains("BIND_NOW") || text.contains(" NOW"));
    String got = first(text, "\\(PLTGOT\\) +(0x\\w+)");
    assertThat(dynamic.pltGot().map(LinkAddress::toString).orElse("")).isEqualTo(got);
  }

  @ParameterizedTest
  @MethodSource("files")
  void notes(String name) {
    Path path = path(name);
    String text = readelf("-n", path);
    for (ElfFile elf : List.of(ElfPrograms.read(path), ElfPrograms.withoutSections(path))) {
      assertThat(elf.buildId()).isEqualTo(first(text, "Build ID: (\\w+)"));
      String features = first(text, "x86 feature: (.*)");
      assertThat(elf.hasIndirectBranchTracking()).isEqualTo(features.contains("IBT"));
      assertThat(elf.hasShadowStack()).isEqualTo(features.contains("SHSTK"));
    }
  }

  private static String first(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    return matcher.find() ? matcher.group(1) : "";
  }

  private static long hex(String digits) {
    return Long.parseUnsignedLong(digits, 16);
  }

  private static String numbers(long... values) {
    return java.util.Arrays.toString(values);
  }
}
