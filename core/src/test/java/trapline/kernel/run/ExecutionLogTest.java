package trapline.kernel.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ExecutionLogTest {
  /// As QEMU 7.2 writes it.
  private static final String ENTRY =
      """
      Trace 0: 0x7f3be4000100 [0000000000000000/ffffffff81e015f0/18c0c2b0/ff020201]\s
      RAX=000000000000000a RBX=ffa00000005dbf58 RCX=0000000000000001 RDX=0000000000000002
      RSI=0000000000000031 RDI=ffa00000005dbf58 RBP=ffa00000005dbf48 RSP=ffa00000005dbc38
      R8 =0000000000000008 R9 =0000000000000009 R10=0000000000000010 R11=0000000000000011
      R12=0000000000000012 R13=0000000000000013 R14=ff110000050c4200 R15=0000000000000015
      RIP=ffffffff81e015f0 RFL=00000046 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=0
      ES =0000 0000000000000000 00000000 00000000
      CR0=80050033 CR2=0000000017db3730 CR3=0000000005006000 CR4=00751ef0
      DR0=0000000000000000 DR1=0000000000000000 DR2=0000000000000000 DR3=0000000000000000\s
      CCS=0000000000000044 CCD=0000000000000000 CCO=EFLAGS
      EFER=0000000000000d01
      """;

  private record Point(long pc, List<Long> registers, int privilege) {}

  private final List<Point> points = new ArrayList<>();

  private ExecutionLog.Summary read(InputStream in) throws IOException {
    points.clear();
    return ExecutionLog.read(
        in,
        (pc, registers, privilege) ->
            points.add(new Point(pc, Arrays.stream(registers).boxed().toList(), privilege)));
  }

  private ExecutionLog.Summary read(String text) throws IOException {
    return read(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  @Test
  void registersAreNumberedAsInMachineCode() throws IOException {
    assertThat(read(ENTRY)).isEqualTo(new ExecutionLog.Summary(1, 0, 1));
    assertThat(points)
        .containsExactly(
            new Point(
                0xffffffff81e015f0L,
                List.of(
                    0xaL,
                    1L,
                    2L,
                    0xffa00000005dbf58L,
                    0xffa00000005dbc38L,
                    0xffa00000005dbf48L,
                    0x31L,
                    0xffa00000005dbf58L,
                    8L,
                    9L,
                    0x10L,
                    0x11L,
                    0x12L,
                    0x13L,
                    0xff110000050c4200L,
                    0x15L),
                0));
  }

  /// QEMU 8 and later name the symbol behind the bracket; the program's level is 3.
  @Test
  void otherVersions() throws IOException {
    String text =
        ENTRY
            .replace("] \n", "] asm_sysvec_apic_timer_interrupt\n")
            .replace("CPL=0", "CPL=3")
            .replace("Trace 0", "Trace 12");
    assertThat(
            read(text + "cpu_io_recompile: rewound execution of TB to ffffffff8108ff06\n" + ENTRY))
        .isEqualTo(new ExecutionLog.Summary(2, 0, 2));
    assertThat(points).extracting(Point::privilege).containsExactly(3, 0);
  }

  @Test
  void whatIsCutOffIsCounted() throws IOException {
    for (int cut = 1; cut < ENTRY.indexOf("CPL=0") + 5; cut++) {
      ExecutionLog.Summary summary = read(ENTRY + ENTRY.substring(0, cut));
      assertThat(summary.points()).isEqualTo(1);
    }
    assertThat(read(ENTRY.replace("R13=", "R1x="))).isEqualTo(new ExecutionLog.Summary(0, 1, 1));
  }

  @Test
  void longLinesArePassedOver() throws IOException {
    String longLine = "R".repeat(600_000) + "\n";
    assertThat(read(longLine + ENTRY + longLine + ENTRY).points()).isEqualTo(2);
  }

  /// Reads that end anywhere in a line.
  @Test
  void anyPieces() throws IOException {
    byte[] text = ENTRY.repeat(3).getBytes(StandardCharsets.ISO_8859_1);
    for (int cut = 0; cut < text.length; cut += 7) {
      InputStream pieces =
          new SequenceInputStream(
              new ByteArrayInputStream(text, 0, cut),
              new ByteArrayInputStream(text, cut, text.length - cut));
      assertThat(read(pieces).points()).isEqualTo(3);
    }
  }
}
