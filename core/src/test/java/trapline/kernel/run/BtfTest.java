package trapline.kernel.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import trapline.bytes.Bytes;
import trapline.model.MalformedBinary;
import trapline.testing.Command;
import trapline.testing.Tools;

/// Compares with bpftool, for all functions of the running kernel.
@Tag("host")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BtfTest {
  private static final Path KERNEL = Path.of("/sys/kernel/btf/vmlinux");
  private static final String BPFTOOL = "/usr/sbin/bpftool";
  private static final Pattern LINE = Pattern.compile("\\[(\\d+)] (\\w+) '([^']*)'(.*)");
  private static final Pattern TYPE = Pattern.compile(" (?:ret_)?type_id=(\\d+)");
  private static final Pattern SIZE = Pattern.compile(" size=(\\d+)");

  private record Type(String kind, String name, String rest) {
    int target() {
      Matcher matcher = TYPE.matcher(rest);
      return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    int size() {
      Matcher matcher = SIZE.matcher(rest);
      return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }
  }

  private final Map<Integer, Type> types = new HashMap<>();
  private final Map<String, Set<Integer>> functions = new HashMap<>();
  private Btf btf;

  @BeforeAll
  void readBoth() {
    Tools.requireHost(Files.exists(KERNEL), "a kernel with BTF type information");
    Tools.require(BPFTOOL);
    String dump = Command.run(BPFTOOL, "btf", "dump", "file", KERNEL.toString()).orFail();
    dump.lines()
        .forEach(
            line -> {
              Matcher matcher = LINE.matcher(line);
              if (matcher.matches()) {
                types.put(
                    Integer.parseInt(matcher.group(1)),
                    new Type(matcher.group(2), matcher.group(3), matcher.group(4)));
              }
            });
    for (Type type : types.values()) {
      if (type.kind().equals("FUNC")) {
        functions
            .computeIfAbsent(type.name(), name -> new HashSet<>())
            .add(types.get(type.target()).target());
      }
    }
    try {
      btf = Btf.of(Bytes.of(KERNEL.toString(), Files.readAllBytes(KERNEL)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void everyFunction() {
    assertThat(functions).hasSizeGreaterThan(10_000);
    for (Map.Entry<String, Set<Integer>> function : functions.entrySet()) {
      ReturnType found = btf.of(function.getKey());
      if (function.getValue().size() > 1) {
        assertThat(found).as(function.getKey()).isNull();
        continue;
      }
      int type = function.getValue().iterator().next();
      assertThat(found).as(function.getKey()).isNotNull();
      assertThat(found.kind()).as(function.getKey()).isEqualTo(kind(type));
      String text = text(type);
      if (text != null) {
        assertThat(found.text()).as(function.getKey()).isEqualTo(text);
      }
    }
  }

  @Test
  void functionsThatAreNotThere() {
    assertThat(btf.of("no_such_function")).isNull();
    assertThat(btf.of("")).isNull();
  }

  @Test
  void wellKnownFunctions() {
    assertThat(btf.of("do_filp_open"))
        .isEqualTo(new ReturnType("struct file *", ReturnType.Kind.POINTER));
    assertThat(btf.of("vfs_read")).isEqualTo(new ReturnType("ssize_t", ReturnType.Kind.LONG));
    assertThat(btf.of("schedule")).isEqualTo(new ReturnType("void", ReturnType.Kind.VOID));
  }

  private ReturnType.Kind kind(int start) {
    int id = start;
    while (true) {
      Type type = id == 0 ? new Type("VOID", "", "") : types.get(id);
      switch (type.kind()) {
        case "TYPEDEF", "CONST", "VOLATILE", "RESTRICT", "TYPE_TAG" -> id = type.target();
        case "VOID" -> {
          return ReturnType.Kind.VOID;
        }
        case "PTR" -> {
          return ReturnType.Kind.POINTER;
        }
        case "ENUM" -> {
          return ReturnType.Kind.INT;
        }
        case "INT" -> {
          if (type.rest().contains("encoding=BOOL")) {
            return ReturnType.Kind.BOOL;
          }
          boolean signed = type.rest().contains("encoding=SIGNED");
          return type.size() > 8
              ? ReturnType.Kind.OTHER
              : type.size() > 4
                  ? signed ? ReturnType.Kind.LONG : ReturnType.Kind.UNSIGNED_LONG
                  : signed ? ReturnType.Kind.INT : ReturnType.Kind.UNSIGNED;
        }
        default -> {
          return ReturnType.Kind.OTHER;
        }
      }
    }
  }

  /// The text of a type without qualifiers of pointers, arrays and functions; `null` for others.
  private String text(int start) {
    StringBuilder stars = new StringBuilder();
    int id = start;
    while (id != 0 && types.get(id).kind().equals("PTR")) {
      stars.append('*');
      id = types.get(id).target();
    }
    String qualifier = "";
    if (id != 0 && types.get(id).kind().equals("CONST")) {
      qualifier = "const ";
      id = types.get(id).target();
    }
    Type type = id == 0 ? new Type("VOID", "void", "") : types.get(id);
    String base =
        switch (type.kind()) {
          case "STRUCT", "UNION", "ENUM" ->
              type.name().equals("(anon)")
                  ? null
                  : type.kind().toLowerCase(java.util.Locale.ROOT) + " " + type.name();
          case "FWD" ->
              (type.rest().contains("fwd_kind=union") ? "union " : "struct ") + type.name();
          case "INT", "TYPEDEF", "VOID", "FLOAT" -> type.name();
          default -> null;
        };
    return base == null ? null : qualifier + base + (stars.isEmpty() ? "" : " " + stars);
  }

  @Test
  void whatIsNoTypeInformationIsRefused() {
    for (byte[] bytes : new byte[][] {{}, {1, 2, 3}, new byte[24], {(byte) 0x9f, (byte) 0xeb, 2}}) {
      assertThatThrownBy(() -> Btf.of(Bytes.of("btf", bytes))).isInstanceOf(MalformedBinary.class);
    }
  }
}
