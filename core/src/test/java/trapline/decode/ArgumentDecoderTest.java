package trapline.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.abi.SyscallSignature;
import trapline.abi.SyscallTable;
import trapline.model.Abi;
import trapline.model.Architecture;
import trapline.model.ArgValue;
import trapline.model.Argument;
import trapline.model.Outcome;
import trapline.model.Registers;
import trapline.model.RemoteMemory;
import trapline.model.SyscallId;

@Tag("unit")
class ArgumentDecoderTest {
  private static final long BASE = 0x10000;
  private static final int[] ARGUMENT_SLOTS = {14, 13, 12, 7, 9, 8};

  private final ArgumentDecoder decoder = new ArgumentDecoder();

  private static SyscallId id(String name) {
    SyscallSignature signature = SyscallTable.of(Abi.X86_64).byName(name);
    assertThat(signature).as(name).isNotNull();
    return signature.id();
  }

  private static Registers registers(long... arguments) {
    long[] slots = new long[Architecture.X86_64.slots()];
    for (int i = 0; i < arguments.length; i++) {
      slots[ARGUMENT_SLOTS[i]] = arguments[i];
    }
    return new Registers(Architecture.X86_64, slots);
  }

  private static RemoteMemory memory(byte[] bytes) {
    return (address, into, offset, length) -> {
      long at = address - BASE;
      if (at < 0 || at >= bytes.length) {
        return 0;
      }
      int part = (int) Math.min(length, bytes.length - at);
      System.arraycopy(bytes, (int) at, into, offset, part);
      return part;
    };
  }

  private static DecodeContext context(byte[] bytes) {
    return new DecodeContext(
        memory(bytes), fd -> fd == 3 ? "/etc/passwd" : fd == -100 ? "/root" : "", Limits.DEFAULT);
  }

  private static List<String> texts(List<Argument> arguments) {
    return arguments.stream().map(it -> it.value().text()).toList();
  }

  @Test
  void registersAloneTellConstants() {
    assertThat(decoder.decodeValue(id("socket"), 0, 2).text()).isEqualTo("AF_INET");
    assertThat(decoder.decodeValue(id("socket"), 1, 1 | 02000000).text())
        .isEqualTo("SOCK_STREAM|SOCK_CLOEXEC");
    assertThat(decoder.decodeValue(id("mmap"), 2, 3).text()).isEqualTo("PROT_READ|PROT_WRITE");
    assertThat(decoder.decodeValue(id("write"), 1, 0x1234).text()).isEqualTo("0x1234");
    assertThat(decoder.decodeValue(id("openat"), 0, 0xffffff9cL).text()).isEqualTo("AT_FDCWD");
    assertThat(decoder.decodeValue(id("socket"), 9, 5)).isEqualTo(new ArgValue.Raw(5));
    assertThat(decoder.decodeValue(new SyscallId(Abi.X86_64, 9999), 0, 5))
        .isEqualTo(new ArgValue.Raw(5));
  }

  @Test
  void descriptorsHaveTheirTargets() {
    byte[] path = "x\0".getBytes(StandardCharsets.US_ASCII);
    List<Argument> arguments =
        decoder.onEntry(id("openat"), registers(-100, BASE, 0), context(path));
    assertThat(texts(arguments)).containsExactly("AT_FDCWD</root>", "\"x\"", "O_RDONLY");
    arguments = decoder.onEntry(id("close"), registers(3), context(path));
    assertThat(texts(arguments)).containsExactly("3</etc/passwd>");
    assertThat(decoder.outcome(id("openat"), registers(), 3, context(path)))
        .isEqualTo(new Outcome.Returned(3, "3</etc/passwd>"));
  }

  @Test
  void modesNameTypeAndSpecialBits() {
    assertThat(FileModes.mode(041777).text()).isEqualTo("S_IFDIR|S_ISVTX|0777");
    assertThat(FileModes.mode(0100644).text()).isEqualTo("S_IFREG|0644");
    assertThat(FileModes.mode(04755).text()).isEqualTo("04755");
  }

  @Test
  void longStringsAreCut() {
    byte[] bytes = "a".repeat(100).getBytes(StandardCharsets.US_ASCII);
    List<Argument> arguments =
        decoder.onEntry(id("write"), registers(1, BASE, 100), context(bytes));
    assertThat(arguments.get(1).value())
        .isEqualTo(new ArgValue.Text("\"" + "a".repeat(32) + "\"...", true));
    DecodeContext longer =
        new DecodeContext(
            memory(bytes), DescriptorNames.NONE, Limits.DEFAULT.withStringLength(100));
    assertThat(decoder.onEntry(id("write"), registers(1, BASE, 100), longer).get(1).value())
        .isEqualTo(new ArgValue.Text("\"" + "a".repeat(100) + "\"", false));
  }

  @Test
  void buffersAreReadWhenTheCallReturns() {
    Registers entry = registers(0, BASE, 10);
    List<Argument> before = decoder.onEntry(id("read"), entry, context(new byte[10]));
    assertThat(texts(before)).containsExactly("0", "0x10000", "10");
    byte[] filled = "hello\0\0\0\0\0".getBytes(StandardCharsets.US_ASCII);
    assertThat(texts(decoder.onExit(id("read"), before, entry, 5, context(filled))))
        .containsExactly("0", "\"hello\"", "10");
    assertThat(texts(decoder.onExit(id("read"), before, entry, -9, context(filled))))
        .containsExactly("0", "0x10000", "10");
  }

  @Test
  void unreadableMemoryStaysAnAddress() {
    List<Argument> arguments =
        decoder.onEntry(
            id("bind"),
            registers(3, 0x666, 16),
            new DecodeContext((a, i, o, l) -> 0, DescriptorNames.NONE, Limits.DEFAULT));
    assertThat(texts(arguments)).containsExactly("3", "0x666", "16");
  }

  /// An x32 call that x86-64 has, too, is the same kernel function: whole addresses, and the
  /// structures of 64-bit programs. Those of x32's own have addresses of 32 bits in memory only.
  @Test
  void addressesInRegistersAreWholeInX32() {
    long high = 0x7fff_1234_5678L;
    byte[] memory = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).array();
    ByteBuffer.wrap(memory).order(ByteOrder.LITTLE_ENDIAN).put("/a/b\0".getBytes()).putLong(16, 7);
    DecodeContext context = contextAt(high, memory);

    SyscallId open = new SyscallId(Abi.X32, 2);
    assertThat(texts(decoder.onEntry(open, registers(high, 0), context)))
        .containsExactly("\"/a/b\"", "O_RDONLY");
    SyscallId munmap = new SyscallId(Abi.X32, 11);
    assertThat(texts(decoder.onEntry(munmap, registers(high, 1L << 33), context)))
        .containsExactly("0x7fff12345678", "8589934592");
    SyscallId nanosleep = new SyscallId(Abi.X32, 35);
    assertThat(texts(decoder.onEntry(nanosleep, registers(high + 16, 0), context)))
        .containsExactly("{tv_sec=7, tv_nsec=0}", "NULL");
    SyscallId mmap = new SyscallId(Abi.X32, 9);
    assertThat(decoder.outcome(mmap, registers(), high, context))
        .isEqualTo(new Outcome.Returned(high, "0x7fff12345678"));
    assertThat(decoder.decodeValue(munmap, 0, high).text()).isEqualTo("0x7fff12345678");
  }

  @Test
  void structuresOfX32sOwnCallsAreThoseOf32BitPrograms() {
    long base = 0x5678_0000L;
    ByteBuffer memory = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    memory.putInt((int) base + 32).putInt(3).putInt((int) base + 48).putInt(2);
    memory.put(32, "abcdef".getBytes(StandardCharsets.US_ASCII));
    memory.put(48, "xyz".getBytes(StandardCharsets.US_ASCII));
    DecodeContext context = contextAt(base, memory.array());

    SyscallId writev = new SyscallId(Abi.X32, 516);
    String vectors = "[{iov_base=\"abc\", iov_len=3}, {iov_base=\"xy\", iov_len=2}]";
    assertThat(texts(decoder.onEntry(writev, registers(1, base, 2), context)))
        .containsExactly("1", vectors, "2");
    SyscallId pwritev2 = new SyscallId(Abi.X32, 547);
    assertThat(texts(decoder.onEntry(pwritev2, registers(1, base, 2, 1L << 40, 8), context)))
        .containsExactly("1", vectors, "2", "1099511627776", "RWF_NOWAIT");
    SyscallId ioctl = new SyscallId(Abi.X32, 514);
    assertThat(decoder.decodeValue(ioctl, 2, 0x7fff_0000_0001L).text()).isEqualTo("0x1");
  }

  @Test
  void addressesOf32BitProgramsAreCut() {
    long[] slots = new long[Architecture.X86_64.slots()];
    slots[5] = 0xffff_8888_1234_5678L;
    slots[11] = 4096;
    SyscallId munmap = SyscallTable.of(Abi.I386).byName("munmap").id();
    assertThat(
            texts(
                decoder.onEntry(
                    munmap, new Registers(Architecture.X86_64, slots), DecodeContext.NOTHING)))
        .containsExactly("0x12345678", "4096");
  }

  private static DecodeContext contextAt(long base, byte[] bytes) {
    RemoteMemory memory = memory(bytes);
    return new DecodeContext(
        (address, into, offset, length) -> memory.read(address - base + BASE, into, offset, length),
        DescriptorNames.NONE,
        Limits.DEFAULT);
  }

  @Test
  void namesOfX32CallsWithoutARowHaveTheirBit() {
    assertThat(SyscallTable.of(Abi.X32).nameOf(0xfff)).isEqualTo("syscall_0x40000fff");
  }

  @Test
  void unknownCallsShowTheirRegisters() {
    SyscallId unknown = new SyscallId(Abi.X86_64, 0x1ff);
    List<Argument> arguments =
        decoder.onEntry(unknown, registers(1, 2, 3, 4, 5, 6), DecodeContext.NOTHING);
    assertThat(arguments).extracting(Argument::name).startsWith("arg0").hasSize(6);
    assertThat(decoder.outcome(unknown, -38)).isInstanceOf(Outcome.Failed.class);
  }

  @ParameterizedTest
  @CsvSource({
    "-2,-1 ENOENT",
    "-512,? ERESTARTSYS",
    "-516,? ERESTART_RESTARTBLOCK",
    "5,5",
    "-4096,-4096"
  })
  void outcomesFollowTheResult(long rax, String expected) {
    String text =
        switch (decoder.outcome(id("write"), rax)) {
          case Outcome.Returned it -> it.text();
          case Outcome.Failed it -> "-1 " + it.errno().name();
          case Outcome.Restarted it -> "? " + it.code();
          default -> "other";
        };
    assertThat(text).isEqualTo(expected);
  }

  @Test
  void resultsFollowTheirFormat() {
    assertThat(decoder.outcome(id("mmap"), 0x7f00_0000_0000L))
        .isEqualTo(new Outcome.Returned(0x7f00_0000_0000L, "0x7f0000000000"));
    assertThat(decoder.outcome(id("umask"), 022)).isEqualTo(new Outcome.Returned(18, "022"));
    assertThat(decoder.outcome(id("fcntl"), registers(3, 3, 0), 0x8002, DecodeContext.NOTHING))
        .isEqualTo(new Outcome.Returned(0x8002, "0x8002 (flags O_RDWR|O_LARGEFILE)"));
  }

  @Test
  void i386ProgramsHaveTheirOwnRegistersAndLayouts() {
    SyscallSignature write = SyscallTable.of(Abi.I386).byName("write");
    assertThat(write).isNotNull();
    assertThat(write.number()).isEqualTo(4);
    long[] slots = new long[Architecture.X86_64.slots()];
    slots[5] = 1;
    slots[11] = 0xffff_ffff_0001_0000L;
    slots[12] = 2;
    List<Argument> arguments =
        decoder.onEntry(
            write.id(),
            new Registers(Architecture.X86_64, slots),
            context("hi".getBytes(StandardCharsets.US_ASCII)));
    assertThat(texts(arguments)).containsExactly("1", "\"hi\"", "2");
    assertThat(decoder.outcome(write.id(), 0xffff_fff7L)).isInstanceOf(Outcome.Failed.class);
    ByteBuffer vector = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    vector.putInt((int) BASE + 16).putInt(2).putInt((int) BASE + 18).putInt(1);
    vector.position(16);
    vector.put("abc".getBytes(StandardCharsets.US_ASCII));
    slots[12] = 2;
    SyscallSignature writev = SyscallTable.of(Abi.I386).byName("writev");
    assertThat(writev).isNotNull();
    assertThat(
            texts(
                decoder.onEntry(
                    writev.id(),
                    new Registers(Architecture.X86_64, slots),
                    context(vector.array()))))
        .containsExactly("1", "[{iov_base=\"ab\", iov_len=2}, {iov_base=\"c\", iov_len=1}]", "2");
  }

  /// Whatever registers and memory hold, a call decodes to a bounded text and nothing is thrown.
  @Test
  void hostileRegistersAndMemoryAreDecoded() {
    Random random = new Random(42);
    byte[] bytes = new byte[8192];
    long[] interesting = {
      0, 1, -1, BASE, BASE + 8191, Long.MIN_VALUE, Long.MAX_VALUE, 0x7fff_ffffL, 0xffff_ffffL, 2
    };
    for (Abi abi : Abi.traced()) {
      for (SyscallSignature call : SyscallTable.of(abi).all()) {
        for (int round = 0; round < 20; round++) {
          random.nextBytes(bytes);
          if (round % 3 == 0) {
            ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < 1024; i++) {
              words.putLong(i * 8, interesting[random.nextInt(interesting.length)]);
            }
          }
          long[] slots = new long[Architecture.X86_64.slots()];
          for (int i = 0; i < slots.length; i++) {
            slots[i] =
                random.nextBoolean()
                    ? interesting[random.nextInt(interesting.length)]
                    : BASE + random.nextInt(8192);
          }
          Registers registers = new Registers(Architecture.X86_64, slots);
          DecodeContext context =
              new DecodeContext(
                  memory(bytes), DescriptorNames.NONE, new Limits(32, 32, round % 2 == 0));
          List<Argument> entry = decoder.onEntry(call.id(), registers, context);
          long result = interesting[random.nextInt(interesting.length)];
          List<Argument> exit = decoder.onExit(call.id(), entry, registers, result, context);
          decoder.outcome(call.id(), registers, result, context);
          for (Argument argument : exit) {
            assertThat(argument.value().text().length()).isLessThan(2_000_000);
          }
          for (int i = 0; i < call.parameters().size(); i++) {
            decoder.decodeValue(call.id(), i, slots[i], context);
          }
        }
      }
    }
  }
}
