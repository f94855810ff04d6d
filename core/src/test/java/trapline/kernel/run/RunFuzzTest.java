package trapline.kernel.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import trapline.bytes.Bytes;
import trapline.model.MalformedBinary;

/// Any bytes are read, or refused with [MalformedBinary], and nothing else.
@Tag("unit")
class RunFuzzTest {
  @FuzzTest
  void texts(byte[] text) {
    readTexts(text);
  }

  @FuzzTest
  void types(byte[] section) {
    readTypes(section);
  }

  @FuzzTest
  void stored(byte[] symbols) {
    readStored(symbols);
    readStored(repaired(symbols));
  }

  /// Makes stored symbols of any bytes: the magic number, sizes that fit the length, and the
  /// checksum; and the order of addresses and names, unless the first byte says otherwise.
  private static byte[] repaired(byte[] bytes) {
    int header = 24;
    if (bytes.length < header + 4) {
      return bytes;
    }
    byte[] fixed = bytes.clone();
    ByteBuffer words = ByteBuffer.wrap(fixed).order(ByteOrder.LITTLE_ENDIAN);
    int room = fixed.length - header - 4;
    int count = Math.floorMod(words.getInt(8), room / 13 + 1);
    int names = room - 13 * count;
    words.putLong(0, 0x3130_4d59_534b_4c54L).putInt(8, count).putInt(12, names);
    if ((bytes[0] & 3) != 0) {
      long start = 0;
      int name = 0;
      for (int i = 0; i <= count; i++) {
        int at = header + 8 * count + 4 * i;
        if (i < count) {
          start += 1 + (words.getLong(header + 8 * i) & 0xfff);
          words.putLong(header + 8 * i, start);
        }
        words.putInt(at, i == count ? names : name);
        name = Math.min(names, name + (words.getInt(at) & 15));
      }
    }
    CRC32C sum = new CRC32C();
    sum.update(fixed, header, fixed.length - header);
    words.putLong(16, sum.getValue());
    return fixed;
  }

  @FuzzTest
  void runs(byte[] points) {
    searchRun(points);
  }

  private static void readTexts(byte[] text) {
    try {
      KernelSymbols symbols = KernelSymbols.read(new ByteArrayInputStream(text));
      symbols.at(-1);
      ExecutionLog.read(new ByteArrayInputStream(text), (pc, registers, privilege) -> {});
      FunctionGraph.read(
          new InputStreamReader(new ByteArrayInputStream(text), StandardCharsets.UTF_8),
          call -> {});
      ReturnProbes.read(
          new InputStreamReader(new ByteArrayInputStream(text), StandardCharsets.UTF_8),
          call -> {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void readTypes(byte[] section) {
    try {
      Btf btf = Btf.of(Bytes.of("btf", section));
      for (String name : List.of("a", "f", "", "vfs_read")) {
        btf.of(name);
      }
    } catch (MalformedBinary expected) {
      // The one exception that is promised.
    }
  }

  private static void readStored(byte[] stored) {
    try {
      KernelSymbols symbols = KernelSymbols.load(Bytes.of("stored", stored));
      for (int i = 0; i < symbols.size(); i++) {
        symbols.name(i);
        symbols.isCold(i);
        symbols.at(symbols.start(i) + i);
        symbols.end(i);
        symbols.isWeak(i);
        symbols.isColdPartOf(i, 0);
        symbols.named(symbols.symbol(i));
      }
      assertThat(symbols.write()).isEqualTo(stored);
    } catch (MalformedBinary expected) {
      // The one exception that is promised.
    }
  }

  /// Points out of four bytes each: a function or one of its instructions, a step of the stack
  /// pointer, a register, its value. The code is what the bytes are.
  private static void searchRun(byte[] bytes) {
    PretendKernel kernel =
        new PretendKernel(
            "do_syscall_64",
            "__x64_sys_read",
            "b",
            "b.cold",
            "asm_exc_page_fault",
            "asm_common_interrupt",
            "__switch_to_asm",
            "fixup_exception",
            "_copy_from_user",
            "__x86_indirect_thunk_rax",
            "__seccomp_filter",
            "sys_ni_syscall");
    for (int i = 0; i + 4 <= bytes.length; i += 4) {
      kernel.rsp += bytes[i + 1] == 127 ? 0x10000 : bytes[i + 1] == -128 ? -0x10000 : bytes[i + 1];
      kernel.set((bytes[i + 2] & 15) == 4 ? 0 : bytes[i + 2] & 15, bytes[i + 3]);
      int place = (bytes[i] & 0xff) % 48;
      kernel.run(
          PretendKernel.BASE + (place >> 2) * 0x100L + (place & 3) * 3L, bytes[i] == 99 ? 3 : 0);
    }
    KernelCode code =
        (address, into) -> {
          for (int i = 0; i < into.length; i++) {
            into[i] = bytes.length == 0 ? 0 : bytes[(int) ((address + i) & 0xffff) % bytes.length];
          }
          return into.length;
        };
    try {
      CallTree tree = kernel.builder().finish();
      Folding.rows(tree.toModel(ReturnTypes.NONE, name -> List.of()), 5, false);
      for (int errno : new int[] {1, 4, 14, 38, 98, 512}) {
        for (KernelCode each : List.of(code, KernelCode.NONE)) {
          new ErrorSearch(ReturnTypes.NONE, kernel.symbols(), each, name -> List.of())
              .search(tree, errno);
        }
      }
    } catch (MalformedBinary expected) {
      // The one exception that is promised.
    }
  }

  @Test
  void randomRuns() {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 3000; round++) {
      byte[] bytes = new byte[random.nextInt(400)];
      random.nextBytes(bytes);
      for (int i = 3; i < bytes.length; i += 4) {
        // Errors, and steps as calls and returns make them.
        bytes[i] = (byte) List.of(-1, -4, -14, -38, -98, 98, 0).get(random.nextInt(7)).intValue();
        bytes[i - 2] = (byte) List.of(-8, 8, 0, -48, 48, 127).get(random.nextInt(6)).intValue();
      }
      searchRun(bytes);
    }
  }

  @Test
  void damagedTexts() throws IOException {
    SplittableRandom random = new SplittableRandom(8);
    for (String name :
        List.of("function-graph-6.12.txt.gz", "return-probes-6.1.txt.gz", "bind-taken.log.xz")) {
      byte[] whole;
      try (var in =
          name.endsWith(".gz") ? new GZIPInputStream(Recorded.open(name)) : Recorded.open(name)) {
        whole = in.readNBytes(30_000);
      }
      for (int round = 0; round < 100; round++) {
        byte[] damaged = Arrays.copyOf(whole, random.nextInt(whole.length));
        for (int i = 0; i < 50 && damaged.length > 0; i++) {
          damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        readTexts(damaged);
      }
    }
  }

  /// Type information with a function for each kind of type that it may return.
  @Test
  void damagedTypes() {
    SplittableRandom random = new SplittableRandom(9);
    byte[] names = "\0a\0f\0vfs_read\0".getBytes(StandardCharsets.US_ASCII);
    for (int round = 0; round < 20_000; round++) {
      int types = 4 + random.nextInt(12);
      ByteBuffer out = ByteBuffer.allocate(24 + types * 24 + names.length);
      out.order(ByteOrder.LITTLE_ENDIAN);
      out.putShort((short) 0xeb9f).put((byte) 1).put((byte) 0).putInt(24);
      out.putInt(0).putInt(types * 24).putInt(types * 24).putInt(names.length);
      for (int i = 0; i < types; i++) {
        out.putInt(random.nextInt(names.length));
        out.putInt(random.nextInt(21) << 24 | random.nextInt(2) << 31 | random.nextInt(3));
        for (int word = 0; word < 4; word++) {
          out.putInt(random.nextInt(types + 2));
        }
      }
      readTypes(out.put(names).array());
    }
  }

  @Test
  void changedStores() {
    byte[] whole = Recorded.symbols().write();
    SplittableRandom random = new SplittableRandom(10);
    for (int round = 0; round < 200; round++) {
      byte[] changed =
          Arrays.copyOf(whole, round % 2 == 0 ? whole.length : random.nextInt(whole.length));
      changed[random.nextInt(Math.max(1, changed.length))] ^= 0x10;
      readStored(changed);
    }
  }
}
