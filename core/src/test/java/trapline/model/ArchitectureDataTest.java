package trapline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The tables of architectures and ABIs against the C library's headers and binutils.
@Tag("host")
class ArchitectureDataTest {
  private static final Architecture X86_64 = Architecture.X86_64;
  private static final Path USER = Path.of("/usr/include/x86_64-linux-gnu/sys/user.h");

  @TempDir Path directory;

  @Test
  void theSlotsAreThoseOfTheHeader() throws IOException {
    assumeTrue(Files.exists(USER), () -> "no " + USER + ": install libc6-dev");
    String header = Files.readString(USER);
    int start = header.indexOf("struct user_regs_struct");
    Matcher members =
        Pattern.compile("unsigned long long int (\\w+);|long (\\w+);")
            .matcher(header.substring(start, header.indexOf("};", start)));
    List<String> names = new ArrayList<>();
    while (members.find()) {
      names.add(members.group(1) == null ? members.group(2) : members.group(1));
    }
    List<String> own = new ArrayList<>();
    for (int slot = 0; slot < X86_64.slots(); slot++) {
      own.add(X86_64.slotName(slot));
      assertThat(X86_64.slot(X86_64.slotName(slot))).isEqualTo(slot);
    }
    assertThat(own).isEqualTo(names);
  }

  @Test
  void readelfNamesTheDwarfRegistersAlike() throws Exception {
    StringBuilder source = new StringBuilder(".cfi_startproc\n");
    for (int number = 0; number < X86_64.dwarfCount(); number++) {
      source.append("nop\n.cfi_offset ").append(number).append(", -16\n");
    }
    Path assembly = Files.writeString(directory.resolve("a.s"), source + ".cfi_endproc\n");
    Path object = directory.resolve("a.o");
    run("as", "-o", object.toString(), assembly.toString());
    String frames = run("readelf", "--debug-dump=frames", object.toString());
    Matcher offsets =
        Pattern.compile("DW_CFA_offset: r(\\d+) \\((\\w+)\\) at cfa-16").matcher(frames);
    int seen = 0;
    while (offsets.find()) {
      int number = Integer.parseInt(offsets.group(1));
      assertThat(X86_64.dwarfNumber(offsets.group(2))).isEqualTo(number);
      seen++;
    }
    assertThat(seen).isGreaterThanOrEqualTo(X86_64.dwarfCount());
  }

  @Test
  void theTrapsAreWhatAsMakesOfThem() throws Exception {
    Path assembly =
        Files.writeString(directory.resolve("t.s"), "syscall\nsysenter\nint $0x80\nint3\nnop\n");
    Path object = directory.resolve("t.o");
    run("as", "-o", object.toString(), assembly.toString());
    Path code = directory.resolve("t.bin");
    run("objcopy", "-O", "binary", "-j", ".text", object.toString(), code.toString());
    byte[] bytes = Files.readAllBytes(code);
    assertThat(X86_64.trapAt(bytes, 0)).isEqualTo("syscall");
    assertThat(X86_64.trapAt(bytes, 2)).isEqualTo("sysenter");
    assertThat(X86_64.trapAt(bytes, 4)).isEqualTo("int $0x80");
    assertThat(X86_64.trapAt(bytes, 6)).isEmpty();
    assertThat(X86_64.trapAt(bytes, 1)).isEmpty();
    assertThat(X86_64.trapAt(bytes, bytes.length - 1)).isEmpty();
    assertThat(X86_64.trapAt(bytes, -1)).isEmpty();
    assertThat(X86_64.breakpoint()).containsExactly(bytes[6]);
    assertThat(X86_64.breakpointAdvance()).isEqualTo(1);
  }

  @Test
  void theAuditNumbersAreThoseOfTheHeader() throws Exception {
    Path source =
        Files.writeString(
            directory.resolve("a.c"),
            "#include <linux/audit.h>\n"
                + "unsigned x86_64 = AUDIT_ARCH_X86_64, i386 = AUDIT_ARCH_I386;\n"
                + "#include <stdio.h>\n"
                + "int main(void) { printf(\"%x %x\", x86_64, i386); }\n");
    Path program = directory.resolve("a");
    run("gcc", "-o", program.toString(), source.toString());
    assertThat(run(program.toString()))
        .isEqualTo(
            Integer.toHexString(Abi.X86_64.auditArch())
                + " "
                + Integer.toHexString(Abi.I386.auditArch()));
    assertThat(Abi.X32.auditArch()).isEqualTo(Abi.X86_64.auditArch());
  }

  @Test
  void registersAreReadByTheirRoles() {
    long[] slots = new long[X86_64.slots()];
    for (int slot = 0; slot < slots.length; slot++) {
      slots[slot] = 0xffff_0000_0000_0000L + slot;
    }
    Registers registers = new Registers(X86_64, slots);
    String[] wide = {"rdi", "rsi", "rdx", "r10", "r8", "r9"};
    String[] narrow = {"rbx", "rcx", "rdx", "rsi", "rdi", "rbp"};
    for (int i = 0; i < 6; i++) {
      assertThat(registers.argument(Abi.X86_64, i)).isEqualTo(slots[X86_64.slot(wide[i])]);
      assertThat(registers.argument(Abi.X32, i)).isEqualTo(slots[X86_64.slot(wide[i])]);
      assertThat(registers.argument(Abi.I386, i)).isEqualTo(X86_64.slot(narrow[i]));
    }
    assertThat(registers.result()).isEqualTo(slots[X86_64.slot("rax")]);
    assertThat(registers.number()).isEqualTo(slots[X86_64.slot("orig_rax")]);
    assertThat(registers.instructionPointer()).isEqualTo(slots[X86_64.slot("rip")]);
    assertThat(registers.stackPointer()).isEqualTo(slots[X86_64.slot("rsp")]);
    assertThat(registers.withResult(-4).result()).isEqualTo(-4);
    assertThat(Abi.I386.result(0xffff_fffcL)).isEqualTo(-4);
    assertThat(Abi.X86_64.result(0xffff_fffcL)).isEqualTo(0xffff_fffcL);
  }

  @Test
  void onlyTracedAbisHaveAMachine() {
    assertThat(Abi.traced()).containsExactly(Abi.X86_64, Abi.X32, Abi.I386);
    for (Abi abi : Abi.all()) {
      assertThat(Abi.all().get(abi.index())).isSameAs(abi);
      assertThat(Abi.named(abi.label())).containsSame(abi);
      if (!abi.isTraced()) {
        assertThatThrownBy(abi::machine).hasMessageContaining(abi.label());
      }
    }
    assertThatThrownBy(() -> X86_64.slot("x0")).hasMessageContaining("x0");
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      assumeTrue(false, () -> "no " + command[0] + ": install binutils and gcc");
      throw e;
    }
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }
}
