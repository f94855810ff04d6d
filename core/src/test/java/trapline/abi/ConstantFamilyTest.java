package trapline.abi;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import trapline.testing.Tools;

@Tag("host")
class ConstantFamilyTest {
  @TempDir Path directory;

  static Path tables(String folder) throws Exception {
    URI one = Objects.requireNonNull(ConstantFamily.class.getResource("errnos.txt")).toURI();
    return Path.of(one).resolveSibling(folder);
  }

  static List<String> families() throws Exception {
    try (Stream<Path> files = Files.list(tables("constants"))) {
      return files.map(it -> it.getFileName().toString().replace(".txt", "")).sorted().toList();
    }
  }

  /// Every constant has the value that the compiler sees in the family's headers. Constants that
  /// the installed headers are too old for are marked in the table; any other must be there.
  @ParameterizedTest
  @MethodSource("families")
  void constantsHaveTheCompilersValues(String name) throws Exception {
    Tools.require("gcc");
    ConstantFamily family = Objects.requireNonNull(ConstantFamily.of(name));
    List<String> headers = family.headers().stream().filter(Compiler::has).toList();
    if (headers.isEmpty()) {
      assertMarked(name, family.names());
      return;
    }
    Map<String, String> expressions = new HashMap<>();
    family.names().forEach(it -> expressions.put(it, it));
    Map<String, Long> values = Compiler.values(directory, headers, expressions);
    List<String> lines = Files.readAllLines(tables("constants").resolve(name + ".txt"));
    Map<String, String> wrong = new TreeMap<>();
    List<String> missing = new ArrayList<>();
    for (String constant : family.names()) {
      Long compiled = values.get(constant);
      long ours = Objects.requireNonNull(family.valueOf(constant));
      boolean masked = lines.contains(constant + "\t0x" + Long.toHexString(ours) + "\tmasked");
      if (compiled != null && masked) {
        compiled &= 0xff;
      }
      if (compiled == null) {
        missing.add(constant);
      } else if (compiled != ours && compiled.intValue() != (int) ours) {
        wrong.put(constant, "ours " + ours + ", the compiler's " + compiled);
      }
    }
    assertThat(wrong).isEmpty();
    assertMarked(name, missing);
  }

  private static void assertMarked(String name, List<String> constants) throws Exception {
    List<String> lines = Files.readAllLines(tables("constants").resolve(name + ".txt"));
    List<String> unmarked = new ArrayList<>();
    for (String constant : constants) {
      boolean marked =
          lines.stream()
              .anyMatch(
                  it ->
                      it.startsWith(constant + "\t")
                          && (it.endsWith("\tlater") || it.endsWith("\tkernel")));
      if (!marked) {
        unmarked.add(constant);
      }
    }
    assertThat(unmarked).as("constants that no installed header has").isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "open_flags,0x0,O_RDONLY",
    "open_flags,0x80001,O_WRONLY|O_CLOEXEC",
    "open_flags,0x40000002,O_RDWR|0x40000000",
    "open_flags,0x101000,O_RDONLY|O_SYNC",
    "address_family,2,AF_INET",
    "address_family,0x63,0x63 /* AF_??? */",
    "socket_type,0x80802,SOCK_DGRAM|SOCK_CLOEXEC|SOCK_NONBLOCK",
    "mmap_prot,0,PROT_NONE",
    "mmap_prot,3,PROT_READ|PROT_WRITE",
    "mmap_flags,0x22,MAP_PRIVATE|MAP_ANONYMOUS",
    "clone_flags,0x1200011,CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD",
    "msg_flags,0,0",
    "shmget_flags,0x380,IPC_CREAT|0600",
    "futex_op,0x80,FUTEX_WAIT_PRIVATE",
    "futex_op,0x189,FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME",
    "seek_whence,2,SEEK_END",
    "at_flags,0x1000,AT_EMPTY_PATH",
    "at_flags,0x80000000,0x80000000 /* AT_??? */"
  })
  void valuesBecomeNames(String family, String value, String text) {
    assertThat(Objects.requireNonNull(ConstantFamily.of(family)).decode(Long.decode(value)).text())
        .isEqualTo(text);
  }

  @Test
  void unknownFamiliesAreNull() {
    assertThat(ConstantFamily.of("no_such_family")).isNull();
  }
}
