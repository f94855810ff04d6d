package trapline.code;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import trapline.testing.Command;
import trapline.testing.Tools;

/// Whatever the bytes are, the decoder answers, and nearly always as objdump does.
@Tag("host")
class DecoderFuzzTest {
  private static final int[] PREFIXES = {
    0x66, 0x67, 0xf2, 0xf3, 0xf0, 0x2e, 0x3e, 0x64, 0x65, 0x26, 0x36
  };

  /// What objdump prints of bytes that are too many prefixes for any instruction.
  private static final String ONLY_PREFIXES =
      "((cs|ds|es|fs|gs|ss|data16|addr32|lock|repz|repnz|rex[.A-Z]*)( |$))+";

  /// How code is made up.
  enum Shape {
    ANY_BYTES(400_000, 99.99, 99.9),
    PREFIXED(400_000, 99.95, 99.5),
    VEX_AND_EVEX(400_000, 99.9, 99.0);

    final int size;
    final double sameLength;
    final double sameText;

    Shape(int size, double sameLength, double sameText) {
      this.size = size;
      this.sameLength = sameLength;
      this.sameText = sameText;
    }
  }

  @FuzzTest
  void anyBytes(byte[] code) {
    decodeAll(code);
  }

  @Test
  void everyEndOfTheCodeIsSafe() {
    for (Shape shape : Shape.values()) {
      byte[] code = make(shape, 20_000);
      X86Decoder decoder = new X86Decoder();
      Instruction instruction = new Instruction();
      for (int at = 0; at + 16 < code.length; at++) {
        for (int left = 1; left <= 16; left++) {
          decoder.decode(code, at, at + left, at, instruction);
          check(instruction, left);
        }
      }
    }
  }

  /// What is decoded before must not matter.
  @Test
  void aUsedDecoderAnswersAsANewOne() {
    byte[] code = make(Shape.VEX_AND_EVEX, 100_000);
    X86Decoder decoder = new X86Decoder();
    Instruction used = new Instruction();
    for (int at = 0; at < code.length; at++) {
      decoder.decode(code, at, code.length, at, used);
      if (at % 7 == 0) {
        Instruction fresh = new Instruction();
        new X86Decoder().decode(code, at, code.length, at, fresh);
        assertThat(used.text(SymbolLookup.NONE)).isEqualTo(fresh.text(SymbolLookup.NONE));
        assertThat(used.length()).isEqualTo(fresh.length());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void randomCodeAgreesWithObjdump(Shape shape, @TempDir Path folder) throws Exception {
    Tools.require("objdump");
    byte[] code = make(shape, shape.size);
    decodeAll(code);
    Path file = folder.resolve("code.bin");
    Files.write(file, code);
    ObjdumpComparison result = ObjdumpComparison.ofCode(file);
    System.out.println("decoder: random code, " + shape + ": " + result);
    assertThat(result.bytes).isEqualTo(code.length);
    assertThat(result.sameLength()).isGreaterThanOrEqualTo(shape.sameLength);
    assertThat(result.sameText()).isGreaterThanOrEqualTo(shape.sameText);
  }

  /// Prefixes up to the longest instruction and beyond it, before every way to choose an opcode
  // map.
  @Test
  void manyPrefixesAgreeWithObjdump(@TempDir Path folder) throws Exception {
    Tools.require("objdump");
    int[][] starts = {
      {},
      {0x0f},
      {0x0f, 0x38},
      {0x0f, 0x3a},
      {0x0f, 0x0f},
      {0xc4},
      {0xc5},
      {0x62},
      {0x8f},
      {0xd9},
      {0x48},
      {0x9b}
    };
    SplittableRandom random = new SplittableRandom(15);
    int unit = 48;
    byte[] code = new byte[unit * 6000];
    java.util.Arrays.fill(code, (byte) 0x90);
    for (int i = 0; i < code.length / unit; i++) {
      int at = i * unit;
      for (int n = random.nextInt(6, 17); n > 0; n--) {
        code[at++] = (byte) PREFIXES[random.nextInt(PREFIXES.length)];
      }
      for (int each : starts[i % starts.length]) {
        code[at++] = (byte) each;
      }
      for (int n = 0; n < 8; n++) {
        code[at++] = (byte) random.nextInt(256);
      }
    }
    Path file = folder.resolve("code.bin");
    Files.write(file, code);
    Map<Long, String> lines = new HashMap<>();
    List<String> command =
        List.of("objdump", "-D", "-b", "binary", "-m", "i386:x86-64", "-z", "-w", file.toString());
    for (String line : Command.runIn(folder, command).orFail().lines().toList()) {
      String[] columns = line.split("\t");
      if (columns.length == 3) {
        lines.put(Long.parseLong(columns[0].strip().replace(":", ""), 16), line);
      }
    }
    X86Decoder decoder = new X86Decoder();
    Instruction instruction = new Instruction();
    int good = 0;
    int tooLong = 0;
    int onlyHere = 0;
    for (int at = 0; at < code.length; at += unit) {
      String line = lines.get((long) at);
      assertThat(line).isNotNull();
      String[] columns = line.split("\t");
      int theirs = columns[1].strip().length() / 3 + 1;
      boolean isGood = decoder.decode(code, at, code.length, at, instruction);
      check(instruction, code.length - at);
      boolean onlyPrefixes = columns[2].matches(ONLY_PREFIXES); // 14 are too many for objdump
      if (isGood && !onlyPrefixes) {
        assertThat(instruction.length()).as(line).isEqualTo(theirs);
        good++;
      } else {
        onlyHere += onlyPrefixes || columns[2].contains("(bad)") ? 0 : 1;
        tooLong += theirs >= X86Decoder.MAX_LENGTH ? 1 : 0;
      }
    }
    // Which prefixes an instruction may not have is not in every detail as in objdump.
    assertThat(onlyHere).isLessThan(30);
    assertThat(good).isGreaterThan(500);
    assertThat(tooLong).isGreaterThan(500);
  }

  private static void decodeAll(byte[] code) {
    X86Decoder decoder = new X86Decoder();
    Instruction instruction = new Instruction();
    for (int at = 0; at < code.length; at++) {
      boolean good = decoder.decode(code, at, code.length, at, instruction);
      assertThat(good).isEqualTo(instruction.flow() != Flow.BAD);
      check(instruction, code.length - at);
    }
  }

  private static void check(Instruction instruction, int left) {
    int length = instruction.length();
    if (length < 1 || length > Math.min(left, X86Decoder.MAX_LENGTH)) {
      throw new AssertionError("length " + length + " of " + left);
    }
    if (instruction.text(SymbolLookup.NONE).isEmpty()) {
      throw new AssertionError("no text");
    }
    for (int i = 0; i < Instruction.MAX_OPERANDS; i++) {
      instruction.kind(i);
      instruction.register(i);
      instruction.displacement(i);
    }
    if ((instruction.writtenRegisters() & ~0xffff) != 0) {
      throw new AssertionError("registers " + instruction.writtenRegisters());
    }
  }

  private static byte[] make(Shape shape, int size) {
    SplittableRandom random = new SplittableRandom(shape.ordinal() + 7);
    byte[] code = new byte[size];
    if (shape == Shape.ANY_BYTES) {
      random.nextBytes(code);
      return code;
    }
    int at = 0;
    while (at + 40 < size) {
      for (int n = random.nextInt(3) * random.nextInt(2); n > 0; n--) {
        code[at++] = (byte) PREFIXES[random.nextInt(PREFIXES.length)];
      }
      if (shape == Shape.PREFIXED) {
        if (random.nextInt(5) < 2) {
          code[at++] = (byte) (0x40 + random.nextInt(16));
        }
        switch (random.nextInt(8)) {
          case 0, 1, 2 -> code[at++] = (byte) random.nextInt(256);
          case 3, 4 -> code[at++] = 0x0f;
          case 5 -> {
            code[at++] = 0x0f;
            code[at++] = 0x38;
          }
          case 6 -> {
            code[at++] = 0x0f;
            code[at++] = 0x3a;
          }
          default -> code[at++] = (byte) (0xd8 + random.nextInt(8));
        }
      } else if (random.nextBoolean()) {
        code[at++] = (byte) 0xc4;
        code[at++] = (byte) (0xe0 | 1 + random.nextInt(3));
        code[at++] = (byte) (random.nextBoolean() ? random.nextInt(256) : 0x78 | random.nextInt(8));
      } else {
        code[at++] = 0x62;
        code[at++] = (byte) (random.nextInt(16) << 4 | 1 + random.nextInt(3));
        code[at++] = (byte) (random.nextInt(32) << 3 | 4 | random.nextInt(4));
        code[at++] = (byte) (8 | random.nextInt(3) << 5 | random.nextInt(8));
      }
      for (int i = 0; i < 8; i++) {
        code[at++] = (byte) random.nextInt(256);
      }
      // Room for objdump and the decoder to meet again after a difference.
      for (int i = 0; i < 14; i++) {
        code[at++] = (byte) 0x90;
      }
    }
    java.util.Arrays.fill(code, at, size, (byte) 0x90);
    return code;
  }
}
