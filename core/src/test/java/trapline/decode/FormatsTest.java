package trapline.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.abi.ConstantFamily;
import trapline.abi.Errnos;
import trapline.abi.FormatChoice;
import trapline.abi.Parameter;
import trapline.abi.StructLayout;
import trapline.abi.SyscallSignature;
import trapline.abi.SyscallTable;
import trapline.model.Abi;

/// Every name in the tables leads somewhere.
@Tag("unit")
class FormatsTest {
  private static final Set<String> BUILT_IN =
      Set.of(
          "int",
          "hex",
          "ptr",
          "mode",
          "fd",
          "dirfd",
          "signal",
          "const",
          "by",
          "path",
          "str",
          "bytes",
          "struct",
          "array",
          "ref",
          "when",
          "then",
          "then_on",
          "also_on",
          "instead",
          "any",
          "sockaddr_bytes",
          "hardware_bytes",
          "unimplemented");

  private final Set<String> problems = new TreeSet<>();

  private void check(String where, ArgFormat format, Set<String> names) {
    switch (format.name()) {
      case "const", "bit_members", "result_flags", "result_name", "result_names", "commented" -> {
        if (ConstantFamily.of(format.argument(0).name()) == null) {
          problems.add(where + ": no constants " + format.argument(0));
        }
      }
      case "struct", "extensible" -> {
        if (StructLayout.of(format.argument(0).name(), Abi.X86_64) == null) {
          problems.add(where + ": no structure " + format.argument(0));
        }
        if (format.arguments().size() > 1) {
          StructLayout layout = StructLayout.of(format.argument(0).name(), Abi.X86_64);
          Set<String> all = new TreeSet<>(names);
          Objects.requireNonNull(layout).members().forEach(it -> all.add(it.name()));
          length(where, format.argument(1), all);
        }
      }
      case "by" -> {
        FormatChoice choice = FormatChoice.of(format.argument(0).name());
        if (choice == null) {
          problems.add(where + ": no choices " + format.argument(0));
          return;
        }
        if (!names.contains(format.argument(1).name())) {
          problems.add(where + ": no parameter " + format.argument(1));
        }
        choice
            .choices()
            .forEach(it -> check(where + " by " + format.argument(0), it.format(), names));
      }
      case "array" -> {
        check(where, format.argument(0), names);
        length(where, format.argument(1), names);
      }
      case "then", "instead" -> format.arguments().forEach(it -> check(where, it, names));
      case "then_on", "also_on" -> {
        if (Errnos.byName(format.argument(0).name()) == null) {
          problems.add(where + ": no error " + format.argument(0));
        }
        format
            .arguments()
            .subList(1, format.arguments().size())
            .forEach(it -> check(where, it, names));
      }
      case "when" -> {
        length(where, format.argument(0), names);
        check(where, format.argument(1), names);
      }
      case "any" -> check(where, format.argument(0), names);
      case "ref", "ref32", "ref64" -> check(where, format.argument(0), names);
      case "bytes",
          "sockaddr",
          "fdset",
          "cpuset",
          "bitmap",
          "mincore",
          "mmsghdr",
          "message",
          "option",
          "option_text",
          "option_int",
          "errno_option" ->
          length(where, format.argument(0), names);
      default -> {}
    }
    if (!BUILT_IN.contains(format.name()) && Formatters.of(format.name()) == null) {
      problems.add(where + ": unknown format " + format.name());
    }
  }

  private void length(String where, ArgFormat length, Set<String> names) {
    String name = length.name();
    if (!length.arguments().isEmpty()) {
      boolean known = Set.of("min", "fits", "before").contains(name);
      if (!known || length.arguments().size() != (name.equals("before") ? 1 : 2)) {
        problems.add(where + ": unknown length " + length);
      }
      length.arguments().forEach(it -> length(where, it, names));
      return;
    }
    if (!name.equals("ret") && !Character.isDigit(name.charAt(0)) && !names.contains(name)) {
      problems.add(where + ": unknown length " + name);
    }
  }

  @Test
  void formatsOfCallsAreKnown() {
    for (Abi abi : Abi.traced()) {
      for (SyscallSignature call : SyscallTable.of(abi).all()) {
        Set<String> names = new TreeSet<>();
        call.parameters().forEach(it -> names.add(it.name()));
        for (Parameter parameter : call.parameters()) {
          check(call.name() + " " + parameter.name(), parameter.format(), names);
        }
        check(call.name() + " result", call.result(), names);
      }
    }
    assertThat(problems).isEmpty();
  }

  @Test
  void typesOfCallsHaveASize() {
    for (SyscallSignature call : SyscallTable.of(Abi.X86_64).all()) {
      for (Parameter parameter : call.parameters()) {
        assertThat(CType.of(parameter.type(), Abi.X86_64).size())
            .as(call.name() + " " + parameter.type())
            .isPositive();
      }
    }
  }

  @Test
  void formatsOfStructuresAreKnown() {
    for (String name : StructLayout.names()) {
      StructLayout layout = Objects.requireNonNull(StructLayout.of(name, Abi.X86_64));
      Set<String> names = new TreeSet<>();
      layout.members().forEach(it -> names.add(it.name()));
      layout.members().forEach(it -> check(name + " " + it.name(), it.format(), names));
    }
    assertThat(problems).isEmpty();
  }

  /// The constants that choices are made by exist in some family.
  @Test
  void keysOfChoicesAreConstants() throws Exception {
    Path one =
        Path.of(Objects.requireNonNull(ConstantFamily.class.getResource("errnos.txt")).toURI());
    Set<String> constants = new TreeSet<>();
    try (Stream<Path> files = Files.list(one.resolveSibling("constants"))) {
      for (Path file : files.toList()) {
        constants.addAll(
            Objects.requireNonNull(
                    ConstantFamily.of(file.getFileName().toString().replace(".txt", "")))
                .names());
      }
    }
    List<String> unknown = new ArrayList<>();
    try (Stream<Path> files = Files.list(one.resolveSibling("choices"))) {
      for (Path file : files.toList()) {
        String table = file.getFileName().toString().replace(".txt", "");
        for (String key : Objects.requireNonNull(FormatChoice.of(table)).keys()) {
          if (!key.equals("*") && !key.matches("\\d+") && !constants.contains(key)) {
            unknown.add(table + ": " + key);
          }
        }
      }
    }
    assertThat(unknown).isEmpty();
  }
}
