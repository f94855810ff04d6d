package trapline.abi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import trapline.model.Abi;

/// docs/SYSCALL-COVERAGE.md says what the table says. `-Dtrapline.regenerate=true` rewrites it.
@Tag("unit")
class CoverageDocumentTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "SYSCALL-COVERAGE.md");

  @Test
  void documentIsCurrent() throws Exception {
    String current = document();
    if (Boolean.getBoolean("trapline.regenerate")) {
      Files.writeString(DOCUMENT, current);
    }
    assertThat(DOCUMENT).hasContent(current);
  }

  static String document() {
    int whole = 0;
    int addresses = 0;
    int without = 0;
    StringBuilder rows = new StringBuilder();
    for (SyscallSignature call : SyscallTable.of(Abi.X86_64).all()) {
      List<String> shown = new ArrayList<>();
      for (Parameter parameter : call.parameters()) {
        boolean pointer = CType.of(parameter.type(), Abi.X86_64).isPointer();
        if (pointer && parameter.format().name().equals("ptr")) {
          shown.add("`" + parameter.name() + "`");
        }
      }
      String state;
      if (call.result().name().equals("unimplemented")) {
        without++;
        state = "number and name; the kernel has no such call";
      } else if (shown.isEmpty()) {
        whole++;
        state = "yes";
      } else {
        addresses++;
        state = "address only: " + String.join(", ", shown);
      }
      rows.append("| ").append(call.number()).append(" | ").append(call.name());
      rows.append(" | ").append(call.since().isEmpty() ? "" : call.since());
      rows.append(" | ").append(state).append(" |\n");
    }
    return "# Which system calls are decoded\n\n"
        + "Generated from `syscalls-x86_64.txt`; regenerate with\n"
        + "`mvn -pl core test -Dtest=CoverageDocumentTest -Dtrapline.regenerate=true`.\n\n"
        + "Of the x86-64 calls, "
        + whole
        + " have a format for every parameter, "
        + addresses
        + " show some memory as its address only, and "
        + without
        + " are numbers that the\n"
        + "kernel reserves. A format that depends on another parameter (`ioctl`, `prctl`, `ptrace`,"
        + " `bpf`, …)\n"
        + "covers the requests listed in `choices/`; others show a number or an address. i386 calls"
        + " have names\n"
        + "and numbers, and formats where they share an x86-64 signature; structures of the calls"
        + " that x32 has of its own\n"
        + "stay addresses.\n\n"
        + "| number | call | since | decoded |\n"
        + "|---|---|---|---|\n"
        + rows;
  }
}
