package trapline.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import trapline.code.Instruction;
import trapline.code.X86Decoder;
import trapline.model.Architecture;
import trapline.model.Registers;
import trapline.model.RemoteMemory;

/// Memory is seen as it was before each of the instructions that changed it.
@Tag("unit")
class WriteLogTest {
  private static final long BASE = 0x1000;
  private static final int RBX = 3;
  private static final int RSP = 7;

  private final byte[] memory = HexFormat.of().parseHex("00112233445566778899aabbccddeeff");
  private final RemoteMemory now =
      (address, into, offset, length) -> {
        int from = (int) (address - BASE);
        int count = from < 0 || from >= memory.length ? 0 : Math.min(length, memory.length - from);
        if (count > 0) {
          System.arraycopy(memory, from, into, offset, count);
        }
        return count;
      };
  private final WriteLog log = new WriteLog();

  /// Runs one instruction that writes `value` everywhere in a range.
  private void run(int state, String code, int from, int length, int value) {
    Registers registers =
        new Registers(Architecture.X86_64, new long[Architecture.X86_64.slots()])
            .withDwarf(RBX, BASE)
            .withDwarf(RSP, BASE + 16);
    Instruction instruction = new Instruction();
    byte[] bytes = HexFormat.of().parseHex(code);
    assertThat(new X86Decoder().decode(bytes, 0, bytes.length, 0x400000, instruction)).isTrue();
    log.before(state, instruction, registers, now);
    java.util.Arrays.fill(memory, from, from + length, (byte) value);
  }

  private String at(int state) {
    byte[] bytes = log.at(state, now).readExactly(BASE, memory.length);
    return bytes == null ? "unreadable" : HexFormat.of().formatHex(bytes);
  }

  @Test
  void eachStateHasItsOwn() {
    run(3, "8903", 0, 4, 0xaa); // mov %eax,(%rbx)
    run(4, "884302", 2, 1, 0xbb); // mov %al,2(%rbx)
    run(5, "55", 8, 8, 0xcc); // push %rbp
    run(6, "8b03", 0, 0, 0); // mov (%rbx),%eax
    assertThat(at(7)).isEqualTo("aaaabbaa44556677cccccccccccccccc");
    assertThat(at(6)).isEqualTo(at(7));
    assertThat(at(5)).isEqualTo("aaaabbaa445566778899aabbccddeeff");
    assertThat(at(4)).isEqualTo("aaaaaaaa445566778899aabbccddeeff");
    assertThat(at(3)).isEqualTo("00112233445566778899aabbccddeeff");
    assertThat(at(0)).isEqualTo(at(3));
  }

  @Test
  void aPieceIsUndoneAsFarAsItReaches() {
    run(0, "488903", 0, 8, 0xaa); // mov %rax,(%rbx)
    byte[] bytes = log.at(0, now).readExactly(BASE + 6, 4);
    assertThat(bytes).isEqualTo(HexFormat.of().parseHex("66778899"));
  }

  @Test
  void whatIsNotKnownIsUnreadable() {
    run(1, "f3aa", 0, 16, 0xaa); // rep stos %al,(%rdi)
    run(2, "8903", 0, 4, 0xbb);
    assertThat(at(1)).isEqualTo("unreadable");
    assertThat(at(2)).isEqualTo("aa".repeat(16));
  }
}
