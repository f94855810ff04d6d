package trapline.linux.cause;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import trapline.abi.SyscallSignature;
import trapline.abi.SyscallTable;
import trapline.model.Abi;
import trapline.model.ArgValue;
import trapline.model.Argument;
import trapline.model.RemoteMemory;

/// What a call passed stays what it was when the program overwrites it during the call.
@Tag("unit")
class PassedMemoryTest {
  private static final long AT = 0x1000;

  private final byte[] bytes = new byte[32];
  private final RemoteMemory memory =
      (address, into, offset, length) -> {
        int from = (int) (address - AT);
        int count = from < 0 ? 0 : Math.clamp(bytes.length - from, 0, length);
        System.arraycopy(bytes, Math.max(from, 0), into, offset, count);
        return count;
      };

  private RemoteMemory passed(String call, long... registers) {
    SyscallSignature signature = Objects.requireNonNull(SyscallTable.of(Abi.X86_64).byName(call));
    List<Argument> arguments = new ArrayList<>();
    for (int i = 0; i < registers.length; i++) {
      arguments.add(
          new Argument(
              signature.parameters().get(i).name(),
              signature.parameters().get(i).type(),
              registers[i],
              new ArgValue.Pointer(registers[i])));
    }
    return PassedMemory.read(
        new trapline.model.SyscallId(Abi.X86_64, signature.number()), arguments, memory);
  }

  @Test
  void anAddressIsTheOneBeforeTheCall() {
    byte[] address = {2, 0, 0x1f, (byte) 0x90, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};
    System.arraycopy(address, 0, bytes, 0, address.length);
    RemoteMemory passed = passed("connect", 3, AT, 16);
    Arrays.fill(bytes, (byte) 'X');
    assertThat(passed.readExactly(AT, 16)).isEqualTo(address);
    assertThat(Objects.requireNonNull(SocketAddress.read(passed, AT, 16)).port()).isEqualTo(8080);
    assertThat(passed.readExactly(AT, 17)).as("not passed").isNull();
    assertThat(passed.readExactly(AT - 1, 2)).as("not passed").isNull();
  }

  @Test
  void aLockIsTheOneBeforeTheCall() {
    bytes[8] = 7;
    RemoteMemory passed = passed("fcntl", 3, 6, AT); // F_SETLK
    bytes[8] = 9;
    assertThat(Objects.requireNonNull(passed.readExactly(AT, 24))[8]).isEqualTo((byte) 7);
    assertThat(passed("fcntl", 3, 1, AT).readExactly(AT, 1)).as("no lock").isNull();
  }

  /// Lengths and addresses are the program's.
  @Test
  void hostileArgumentsCostNothing() {
    assertThat(passed("bind", 3, AT, Long.MAX_VALUE).readExactly(AT, 32)).hasSize(32);
    assertThat(passed("bind", 3, AT, -1).readExactly(AT, 1)).isNull();
    assertThat(passed("bind", 3, 0, 16).readExactly(0, 1)).isNull();
    assertThat(passed("bind", 3, -1, 16).readExactly(-1, 1)).isNull();
  }
}
