package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.bytes.Bytes;
import trapline.elf.ElfFile;
import trapline.elf.Section;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// Debug information that is there is read, and where it is not, the output says why.
@Tag("host")
class UnreadDebugInfoTest {
  private static final String SOURCE =
      """
      #include <unistd.h>
      static __attribute__((noinline)) int ask(void) {
        int id = getppid();
        return id;
      }
      int main(void) { return ask() == 0; }
      """;

  @TempDir Path folder;

  @Test
  void zstandardSectionsAreRead() {
    Path program = program("-g");
    change("objcopy --compress-debug-sections=zstd $p");
    JsonNode line = sourceLine(program);
    assertThat(line.get("text").asText()).isEqualTo("  int id = getppid();");
    assertThat(notes(program)).isEmpty();
  }

  /// A file's bytes are changed at an offset from where one of its sections starts.
  @ParameterizedTest
  @CsvSource({
    "-g -gz=zlib, .debug_info, 0, 4, 9, compression type 9",
    "-g -gz=zlib, .debug_info, 26, 4, -1, .debug_info is not a zlib stream",
    "-g, .debug_info, 4, 2, 9, DWARF version 9",
    "-g -gdwarf-4, .debug_line, 4, 2, 6, line table of version 6",
  })
  void aLineThatIsNotReadHasItsReason(
      String options, String section, int at, int size, String value, String why)
      throws IOException {
    Path program = program(options.split(" "));
    patch(program, section, at, size, Long.decode(value));
    JsonNode line = sourceLine(program);
    assertThat(line.get("textMissing").asText())
        .startsWith("the debug information of program is not read: ")
        .contains(why);
  }

  /// Only once: by the hop, not by a note as well.
  @Test
  void aReasonIsGivenOnce() throws IOException {
    Path program = program("-g");
    patch(program, ".debug_info", 4, 2, 9);
    assertThat(sourceLine(program).get("textMissing").asText()).contains("DWARF version 9");
    assertThat(notes(program)).noneMatch(each -> each.contains("DWARF version 9"));
  }

  /// The stack is still read, from the code.
  @Test
  void damagedUnwindTablesAreToldOf() throws IOException {
    Path program = program("-g", "-O2", "-fomit-frame-pointer");
    patch(program, ".eh_frame", 8, 1, 77);
    assertThat(notes(program))
        .anyMatch(each -> each.contains("its call frame information cannot be read: "))
        .anyMatch(each -> each.contains("version 77"));
    assertThat(sourceLine(program).get("line").asInt()).isPositive();
  }

  @Test
  void aMissingSplitFileIsNamed() {
    Path program = program("-g", "-gsplit-dwarf");
    change("rm -f *.dwo");
    assertThat(notes(program)).anyMatch(each -> each.contains("in a file that was not found"));
  }

  @Test
  void aSplitFileThatIsNoneIsNamed() {
    Path program = program("-g", "-gsplit-dwarf");
    change("for f in *.dwo; do echo none >$f; done");
    assertThat(notes(program)).anyMatch(each -> each.contains(".dwo") && each.contains("ELF"));
  }

  @Test
  void aDebugFileOfAnotherBuildIsNamed() {
    Path program = program("-g", "-Wl,--build-id");
    change(
        """
        objcopy --only-keep-debug $p $p.debug; strip $p
        objcopy --add-gnu-debuglink=$p.debug $p
        sed s/ask/query/g program.c >other.c; gcc -g -O1 -Wl,--build-id other.c -o other
        objcopy --only-keep-debug other $p.debug
        """);
    assertThat(sourceLine(program).get("textMissing").asText())
        .startsWith("no debug information for program");
    assertThat(notes(program)).anyMatch(each -> each.contains("its build-id is"));
  }

  @Test
  void damagedMiniDebugInformationIsNamed() throws IOException {
    Path program = program();
    change("strip $p; echo junk >junk; objcopy --add-section .gnu_debugdata=junk $p $p");
    assertThat(notes(program))
        .anyMatch(each -> each.contains("its mini debug information is not used"));
  }

  private Path program(String... options) {
    Tools.require("objcopy", "strip");
    return Programs.compile(folder, "program", SOURCE, options);
  }

  private void change(String script) {
    Command.runIn(folder, List.of("sh", "-ec", "p=program\n" + script)).orFail();
  }

  private JsonNode sourceLine(Path program) {
    return Follow.hop(journey(program), "source-line");
  }

  private List<String> notes(Path program) {
    List<String> notes = new java.util.ArrayList<>();
    for (JsonNode each : journey(program).get("diagnostics")) {
      notes.add(each.toString());
    }
    return notes;
  }

  private JsonNode journey(Path program) {
    return Follow.json(List.of("--call", "getppid"), List.of(program.toString()))
        .orFail()
        .first("getppid");
  }

  private static void patch(Path program, String name, int at, int size, long value)
      throws IOException {
    byte[] file = Files.readAllBytes(program);
    Section section = ElfFile.of(Bytes.of("program", file)).section(name);
    assertThat(section).isNotNull();
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int start = Math.toIntExact(section.offset()) + at;
    for (int i = 0; i < size; i++) {
      bytes.put(start + i, (byte) (value >> Math.min(63, 8 * i)));
    }
    Files.write(program, file);
  }
}
