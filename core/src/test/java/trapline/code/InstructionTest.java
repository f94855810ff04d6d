package trapline.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What an instruction says of itself besides its text, by the Intel SDM.
@Tag("unit")
class InstructionTest {
  private static final int AX = 1;
  private static final int CX = 1 << 1;
  private static final int DX = 1 << 2;
  private static final int SP = 1 << 4;
  private static final int SI = 1 << 6;
  private static final int DI = 1 << 7;

  private static Instruction decode(String hex) {
    byte[] code = HexFormat.ofDelimiter(" ").parseHex(hex);
    Instruction instruction = new Instruction();
    new X86Decoder().decode(code, 0, code.length, 0x1000, instruction);
    return instruction;
  }

  @Test
  void moveOfAConstant() {
    Instruction mov = decode("bf 02 00 00 00");
    assertThat(mov.text(SymbolLookup.NONE)).isEqualTo("mov $0x2,%edi");
    assertThat(mov.length()).isEqualTo(5);
    assertThat(mov.next()).isEqualTo(0x1005);
    assertThat(mov.flow()).isEqualTo(Flow.NEXT);
    assertThat(mov.operandCount()).isEqualTo(2);
    assertThat(mov.kind(0)).isEqualTo(OperandKind.IMMEDIATE);
    assertThat(mov.immediate(0)).isEqualTo(2);
    assertThat(mov.kind(1)).isEqualTo(OperandKind.REGISTER);
    assertThat(mov.register(1)).isEqualTo(7);
    assertThat(mov.registerClass(1)).isEqualTo(RegisterClass.GENERAL);
    assertThat(mov.size(1)).isEqualTo(4);
    assertThat(mov.writes(1)).isTrue();
    assertThat(mov.reads(1)).isFalse();
    assertThat(mov.writtenRegisters()).isEqualTo(DI);
  }

  @Test
  void signExtendedConstant() {
    Instruction mov = decode("48 c7 c0 ff ff ff ff");
    assertThat(mov.immediate(0)).isEqualTo(-1);
    assertThat(mov.text(SymbolLookup.NONE)).isEqualTo("mov $0xffffffffffffffff,%rax");
  }

  @Test
  void memoryRelativeToTheInstructionPointer() {
    Instruction lea = decode("48 8d 3d ac 0e 00 00");
    assertThat(lea.hasRipTarget()).isTrue();
    assertThat(lea.ripTarget()).isEqualTo(0x1000 + 7 + 0xeac);
    assertThat(lea.base(0)).isEqualTo(Instruction.RIP);
    assertThat(lea.displacement(0)).isEqualTo(0xeac);
    assertThat(lea.text(address -> "greeting"))
        .isEqualTo("lea 0xeac(%rip),%rdi        # 1eb3 <greeting>");
    assertThat(lea.text(SymbolLookup.NONE)).isEqualTo("lea 0xeac(%rip),%rdi        # 0x1eb3");
  }

  @Test
  void memoryWithEverything() {
    Instruction mov = decode("64 4c 8b 54 cb f8");
    assertThat(mov.text(SymbolLookup.NONE)).isEqualTo("mov %fs:-0x8(%rbx,%rcx,8),%r10");
    assertThat(mov.kind(0)).isEqualTo(OperandKind.MEMORY);
    assertThat(mov.segment(0)).isEqualTo(4);
    assertThat(mov.base(0)).isEqualTo(3);
    assertThat(mov.index(0)).isEqualTo(1);
    assertThat(mov.scale(0)).isEqualTo(8);
    assertThat(mov.displacement(0)).isEqualTo(-8);
    assertThat(mov.size(0)).isEqualTo(8);
    assertThat(mov.writes(0)).isFalse();
    assertThat(mov.register(1)).isEqualTo(10);
    assertThat(mov.hasRipTarget()).isFalse();
  }

  @Test
  void absoluteMemory() {
    Instruction mov = decode("8b 04 25 10 00 00 00");
    assertThat(mov.base(0)).isEqualTo(Instruction.NONE);
    assertThat(mov.index(0)).isEqualTo(Instruction.NONE);
    assertThat(mov.displacement(0)).isEqualTo(0x10);
  }

  @Test
  void highByte() {
    Instruction mov = decode("b4 01");
    assertThat(mov.registerClass(1)).isEqualTo(RegisterClass.GENERAL_HIGH_BYTE);
    assertThat(mov.register(1)).isZero();
    assertThat(mov.writtenRegisters()).isEqualTo(AX);
  }

  @Test
  void flows() {
    assertThat(decode("e8 36 fe ff ff").flow()).isEqualTo(Flow.CALL);
    assertThat(decode("e8 36 fe ff ff").target()).isEqualTo(0xe3b);
    assertThat(decode("e8 36 fe ff ff").text(address -> "socket@plt"))
        .isEqualTo("call e3b <socket@plt>");
    assertThat(decode("ff 25 00 00 00 00").flow()).isEqualTo(Flow.INDIRECT_JUMP);
    assertThat(decode("ff d0").flow()).isEqualTo(Flow.INDIRECT_CALL);
    assertThat(decode("41 ff d3").register(0)).isEqualTo(11);
    assertThat(decode("eb fe").flow()).isEqualTo(Flow.JUMP);
    assertThat(decode("eb fe").target()).isEqualTo(0x1000);
    assertThat(decode("0f 83 00 00 00 00").flow()).isEqualTo(Flow.CONDITIONAL_JUMP);
    assertThat(decode("e3 00").flow()).isEqualTo(Flow.CONDITIONAL_JUMP);
    assertThat(decode("f3 c3").flow()).isEqualTo(Flow.RETURN);
    assertThat(decode("cd 80").flow()).isEqualTo(Flow.INTERRUPT);
    assertThat(decode("cd 80").immediate(0)).isEqualTo(0x80);
    assertThat(decode("0f 34").flow()).isEqualTo(Flow.SYSCALL);
    assertThat(decode("f4").flow()).isEqualTo(Flow.HALT);
    assertThat(decode("0f 0b").flow()).isEqualTo(Flow.HALT);
    assertThat(decode("06").flow()).isEqualTo(Flow.BAD);
    assertThat(decode("48").flow()).isEqualTo(Flow.BAD);
    assertThat(decode("e8 00").length()).isEqualTo(1);
    assertThat(decode("90").target()).isZero();
  }

  @Test
  void impliedRegisters() {
    assertThat(decode("0f 05").flow()).isEqualTo(Flow.SYSCALL);
    assertThat(decode("0f 05").writtenRegisters()).isEqualTo(CX | 1 << 11);
    assertThat(decode("48 f7 e1").writtenRegisters()).isEqualTo(AX | DX);
    assertThat(decode("0f a2").writtenRegisters()).isEqualTo(AX | CX | DX | 1 << 3);
    assertThat(decode("55").writtenRegisters()).isEqualTo(SP);
    assertThat(decode("5f").writtenRegisters()).isEqualTo(SP | DI);
    assertThat(decode("48 98").writtenRegisters()).isEqualTo(AX);
    assertThat(decode("a5").writtenRegisters()).isEqualTo(SI | DI);
    assertThat(decode("39 c8").writtenRegisters()).isZero();
    assertThat(decode("85 c0").writtenRegisters()).isZero();
    assertThat(decode("87 d1").writtenRegisters()).isEqualTo(CX | DX);
    assertThat(decode("89 07").writtenRegisters()).isZero();
    assertThat(decode("89 07").writes(1)).isTrue();
    assertThat(decode("f3 a4").writtenRegisters()).isEqualTo(SI | DI | CX);
  }

  @Test
  void vectorOperands() {
    Instruction add = decode("62 f1 6c 5f 58 58 01");
    assertThat(add.text(SymbolLookup.NONE)).isEqualTo("vaddps 0x4(%rax){1to16},%zmm2,%zmm3{%k7}");
    assertThat(add.size(0)).isEqualTo(4);
    assertThat(add.displacement(0)).isEqualTo(4);
    assertThat(add.registerClass(2)).isEqualTo(RegisterClass.VECTOR);
    assertThat(add.size(2)).isEqualTo(64);
    assertThat(add.writtenRegisters()).isZero();
  }

  @Test
  void stringOperands() {
    Instruction movs = decode("a4");
    assertThat(movs.text(SymbolLookup.NONE)).isEqualTo("movsb %ds:(%rsi),%es:(%rdi)");
    assertThat(movs.base(0)).isEqualTo(6);
    assertThat(movs.base(1)).isEqualTo(7);
    assertThat(movs.writes(1)).isTrue();
  }

  @Test
  void offsetsOutsideTheArrayAreRefused() {
    byte[] code = new byte[4];
    Instruction into = new Instruction();
    X86Decoder decoder = new X86Decoder();
    for (int[] range : new int[][] {{-1, 4}, {4, 4}, {0, 5}, {3, 2}}) {
      assertThatThrownBy(() -> decoder.decode(code, range[0], range[1], 0, into))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }
}
