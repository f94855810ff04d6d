package trapline.unwind;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.bytes.Bytes;
import trapline.model.Architecture;
import trapline.model.LinkAddress;
import trapline.model.MalformedBinary;
import trapline.model.Registers;
import trapline.model.RemoteAddress;
import trapline.model.Unsupported;
import trapline.testing.Programs;

/// Damaged tables give rows or the promised exceptions, and stacks end; nothing else happens.
@Tag("host")
final class CallFrameInfoFuzzTest {
  private static final long BASE = 0x400000;

  @TempDir private Path folder;

  @FuzzTest
  void anyBytes(byte[] bytes) {
    all(bytes, 0);
    all(repaired(bytes), 2);
  }

  /// Makes the records of any bytes hang together: lengths end in the section, descriptions point
  /// to a common record, and that has a version that is read.
  private static byte[] repaired(byte[] bytes) {
    byte[] fixed = bytes.clone();
    ByteBuffer words = ByteBuffer.wrap(fixed).order(ByteOrder.LITTLE_ENDIAN);
    int common = -1;
    for (int at = 0; at + 12 <= fixed.length; ) {
      int room = fixed.length - at - 4;
      int length = words.getInt(at);
      if (length < 8 || length > room) {
        length = Math.min(room, 8 + (length & 0x3f));
        words.putInt(at, length);
      }
      boolean isCommon = common < 0 || words.getInt(at + 4) == 0;
      if (isCommon) {
        common = at;
        words.putInt(at + 4, 0);
        if (fixed[at + 8] != 3 && fixed[at + 8] != 4) {
          fixed[at + 8] = 1;
        }
      } else {
        words.putInt(at + 4, at + 4 - common);
      }
      at += 4 + length;
    }
    return fixed;
  }

  @Test
  void damagedTables() {
    Path program =
        Programs.compile(
            folder,
            "p",
            "#include <alloca.h>\n#include <unistd.h>\nint f(int n){char *b=alloca(n);"
                + "return read(0,b,n)+b[0];}int main(int c,char**v){return f(c)+c;}",
            "-O1");
    ObjectFile object = ObjectFile.read(program, 0);
    Bytes section = object.section(".eh_frame").bytes();
    byte[] whole = section.copy(0, section.size());
    assertThat(all(whole, 50)).isPositive();
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 150; round++) {
      byte[] damaged = whole.clone();
      for (int i = random.nextInt(1, 8); i > 0; i--) {
        damaged[random.nextInt(damaged.length)] =
            (byte) (random.nextBoolean() ? random.nextInt(256) : random.nextInt(8) - 4);
      }
      all(damaged, 50);
    }
  }

  /// Asks everything of the bytes as a table, and unwinds a stack by it.
  ///
  /// @param deepest how many frames the stack may have; 0 for no stack
  /// @return how many rows there are
  private static int all(byte[] bytes, int deepest) {
    Bytes section = Bytes.of("fuzz", bytes);
    int rows = 0;
    for (CallFrameInfo info :
        List.of(
            CallFrameInfo.ofEhFrame(section, BASE, null, 0),
            CallFrameInfo.ofEhFrame(section, BASE, section, BASE),
            CallFrameInfo.ofDebugFrame(section))) {
      try {
        for (FrameDescription description : info.descriptions()) {
          rows += info.rows(description).size();
        }
      } catch (MalformedBinary | Unsupported expected) {
        // The exceptions that are promised.
      }
      for (long pc : new long[] {0, -1, BASE, BASE + 0x10, BASE - 0x1000, BASE - 0x2e00}) {
        try {
          info.rowAt(new LinkAddress(pc));
        } catch (MalformedBinary | Unsupported expected) {
          // The exceptions that are promised.
        }
      }
      // What no table describes is unwound by its code, which takes most of the time.
      if (deepest > 2 || (deepest > 0 && rows > 0)) {
        unwind(info, bytes, deepest);
      }
    }
    return rows;
  }

  private static void unwind(CallFrameInfo info, byte[] bytes, int deepest) {
    UnwindModule module =
        new UnwindModule() {
          @Override
          public String name() {
            return "fuzz";
          }

          @Override
          public long loadBias() {
            return 0;
          }

          @Override
          public List<CallFrameInfo> tables() {
            return List.of(info);
          }

          @Override
          public long entryPoint() {
            return BASE + 8;
          }
        };
    long[] slots = new long[Architecture.X86_64.slots()];
    slots[16] = BASE - 0x1000;
    slots[19] = BASE + 16;
    slots[4] = BASE + 24;
    Stack stack =
        Unwinder.unwind(
            new Registers(Architecture.X86_64, slots),
            (address, into, offset, length) -> {
              int done = 0;
              while (done < length && bytes.length > 0) {
                int from = (int) Math.floorMod(address + done, (long) bytes.length);
                int count = Math.min(length - done, bytes.length - from);
                System.arraycopy(bytes, from, into, offset + done, count);
                done += count;
              }
              return done;
            },
            address -> address.equals(new RemoteAddress(0)) ? null : module,
            deepest);
    assertThat(stack.frames()).isNotEmpty().hasSizeLessThanOrEqualTo(deepest);
  }
}
