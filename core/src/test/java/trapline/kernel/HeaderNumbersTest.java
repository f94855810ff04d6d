package trapline.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.model.Abi;
import trapline.testing.Command;
import trapline.testing.Tools;

/// The numbers of the embedded index against the headers that Debian makes of the kernel for
/// programs, with GCC's preprocessor to read them.
@Tag("host")
class HeaderNumbersTest {
  /// Names with the prefix of calls that are none.
  private static final Set<String> NO_CALLS =
      Set.of("syscalls", "arch_specific_syscall", "Linux", "Linux_syscalls");

  /// What point releases of 6.1 changed since that of Debian's cross packages.
  private static final Map<String, List<String>> CHANGED =
      Map.of("sh", List.of("sync_file_range2"), "parisc64", List.of("_llseek"));

  private static final Pattern DEFINED =
      Pattern.compile("#define (__(?:ARM_)?NR_([a-z_]\\w*)) .*", Pattern.DOTALL);

  @TempDir Path folder;

  /// Numbering, directory of the headers, what the compiler for it would define, package.
  @ParameterizedTest
  @CsvSource({
    "x86_64, /usr/include/x86_64-linux-gnu, __x86_64__ __LP64__, linux-libc-dev",
    "x32, /usr/include/x86_64-linux-gnu, __x86_64__ __ILP32__, linux-libc-dev",
    "i386, /usr/include/x86_64-linux-gnu, __i386__, linux-libc-dev",
    "arm64, /usr/aarch64-linux-gnu/include, __aarch64__ __LP64__, linux-libc-dev-arm64-cross",
    "riscv64, /usr/riscv64-linux-gnu/include, __riscv __LP64__ __SIZEOF_POINTER__=8,"
        + " linux-libc-dev-riscv64-cross",
    "riscv32, /usr/riscv64-linux-gnu/include, __riscv __SIZEOF_POINTER__=4,"
        + " linux-libc-dev-riscv64-cross",
    "arm, /usr/arm-linux-gnueabihf/include, __arm__ __ARM_EABI__, linux-libc-dev-armhf-cross",
    "arm_oabi, /usr/arm-linux-gnueabihf/include, __arm__, linux-libc-dev-armhf-cross",
    "s390x, /usr/s390x-linux-gnu/include, __s390x__ __s390__, linux-libc-dev-s390x-cross",
    "s390, /usr/s390x-linux-gnu/include, __s390__, linux-libc-dev-s390x-cross",
    "powerpc64, /usr/powerpc64le-linux-gnu/include, __powerpc64__ __powerpc__,"
        + " linux-libc-dev-ppc64el-cross",
    "powerpc, /usr/powerpc-linux-gnu/include, __powerpc__, linux-libc-dev-powerpc-cross",
    "mips_o32, /usr/mips-linux-gnu/include, _ABIO32=1 _ABIN32=2 _ABI64=3 _MIPS_SIM=1,"
        + " linux-libc-dev-mips-cross",
    "mips_n32, /usr/mips64-linux-gnuabin32/include, _ABIO32=1 _ABIN32=2 _ABI64=3 _MIPS_SIM=2,"
        + " linux-libc-dev-mipsn32-cross",
    "mips_n64, /usr/mips64-linux-gnuabi64/include, _ABIO32=1 _ABIN32=2 _ABI64=3 _MIPS_SIM=3,"
        + " linux-libc-dev-mips64-cross",
    "sparc64, /usr/sparc64-linux-gnu/include, __sparc__ __arch64__, linux-libc-dev-sparc64-cross",
    "sparc, /usr/sparc64-linux-gnu/include, __sparc__, linux-libc-dev-sparc64-cross",
    "alpha, /usr/alpha-linux-gnu/include, __alpha__, linux-libc-dev-alpha-cross",
    "parisc, /usr/hppa-linux-gnu/include, __hppa__, linux-libc-dev-hppa-cross",
    "parisc64, /usr/hppa-linux-gnu/include, __hppa__ __LP64__, linux-libc-dev-hppa-cross",
    "m68k, /usr/m68k-linux-gnu/include, __m68k__, linux-libc-dev-m68k-cross",
    "sh, /usr/sh4-linux-gnu/include, __sh__, linux-libc-dev-sh4-cross",
    "arc, /usr/arc-linux-gnu/include, __arc__, linux-libc-dev-arc-cross",
  })
  void numbersEqualTheHeaders(String label, Path headers, String defined, String debianPackage)
      throws IOException {
    Tools.require("gcc", "dpkg-query", headers.resolve("asm/unistd.h").toString());
    String packageVersion =
        Command.run("dpkg-query", "-W", "-f", "${Version}", debianPackage).orFail().trim();
    String series = packageVersion.split("[.-]")[0] + "." + packageVersion.split("[.-]")[1];
    Optional<KernelIndex> embedded = KernelIndexSet.embedded().series(series);
    Tools.requireHost(
        embedded.isPresent(),
        debianPackage + " of an embedded series; " + packageVersion + " is installed");
    KernelIndex index = embedded.orElseThrow();
    Abi abi = Abi.named(label).orElseThrow();

    Map<String, Long> ofHeaders = preprocess(headers, List.of(defined.split(" ")));
    Map<String, Long> ofIndex = new TreeMap<>();
    Map<Long, String> names = new TreeMap<>();
    for (SyscallRow row : index.rows(abi)) {
      long number = (long) row.number() + abi.offset();
      ofIndex.put(row.name(), number);
      names.put(number, row.name());
    }
    System.out.println(
        label
            + " of "
            + index.version().release()
            + ": "
            + ofIndex.size()
            + " numbers; "
            + debianPackage
            + " "
            + packageVersion
            + ": "
            + ofHeaders.size());

    // A header may have two names for a number; the table has one of them.
    ofHeaders.keySet().removeIf(name -> isSecondName(name, ofHeaders, names));
    Map<String, Long> onlyIndex = new TreeMap<>(ofIndex);
    onlyIndex.entrySet().removeAll(ofHeaders.entrySet());
    Map<String, Long> onlyHeaders = new TreeMap<>(ofHeaders);
    onlyHeaders.entrySet().removeAll(ofIndex.entrySet());
    if (!packageVersion.startsWith(index.version().release())) {
      CHANGED.getOrDefault(label, List.of()).forEach(onlyIndex::remove);
      CHANGED.getOrDefault(label, List.of()).forEach(onlyHeaders::remove);
    }
    assertThat(onlyIndex).as("in the index alone").isEmpty();
    assertThat(onlyHeaders).as("in the headers alone").isEmpty();
    assertThat(ofIndex).hasSizeGreaterThan(200);
  }

  private static boolean isSecondName(
      String name, Map<String, Long> ofHeaders, Map<Long, String> names) {
    Long number = ofHeaders.get(name);
    String first = names.get(number);
    return first != null && !first.equals(name) && number.equals(ofHeaders.get(first));
  }

  /// Names and numbers of the calls that `asm/unistd.h` gives a program.
  private Map<String, Long> preprocess(Path headers, List<String> defined) throws IOException {
    List<String> gcc =
        new ArrayList<>(List.of("gcc", "-E", "-undef", "-nostdinc", "-I", headers.toString()));
    defined.forEach(definition -> gcc.add("-D" + definition));
    Path source = Files.writeString(folder.resolve("numbers.c"), "#include <asm/unistd.h>\n");
    List<String> listing = new ArrayList<>(gcc);
    listing.addAll(List.of("-dM", source.toString()));
    StringBuilder asked = new StringBuilder("#include <asm/unistd.h>\n");
    for (String line : Command.runIn(folder, listing).orFail().split("\n")) {
      Matcher matcher = DEFINED.matcher(line);
      if (matcher.matches() && !NO_CALLS.contains(matcher.group(2))) {
        asked.append("@ ").append(matcher.group(2)).append("@ ").append(matcher.group(1));
        asked.append('\n');
      }
    }
    Files.writeString(source, asked);
    List<String> expanding = new ArrayList<>(gcc);
    expanding.addAll(List.of("-P", source.toString()));
    Map<String, Long> numbers = new TreeMap<>();
    for (String line : Command.runIn(folder, expanding).orFail().split("\n")) {
      String[] fields = line.split("@", -1);
      if (fields.length == 3) {
        numbers.put(fields[1].trim(), sum(fields[2]));
      }
    }
    return numbers;
  }

  /// `(0x40000000 + 512)`
  private static long sum(String expression) {
    long sum = 0;
    for (String term : expression.replaceAll("[()\\s]", "").split("\\+", -1)) {
      sum += Long.decode(term);
    }
    return sum;
  }
}
