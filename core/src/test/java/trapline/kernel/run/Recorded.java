package trapline.kernel.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.tukaani.xz.XZInputStream;

/// Real runs of calls in a guest with Debian's kernel 6.12.117 (cloud-amd64), recorded by QEMU 7.2
/// instruction by instruction from the first one of `do_syscall_64` to its return.
///
/// `NAME.points.xz` has a line for each instruction: its address, then the registers that changed,
/// as `NUMBER=VALUE`, all hexadecimal. `kallsyms.xz` are the symbols of the functions that were
/// met, with their neighbours; `code.xz` is the code of the instructions that ran, out of the
/// kernel's image; `returns.txt` what the functions return, as bpftool has it.
final class Recorded {
  private static final KernelSymbols SYMBOLS = readSymbols();
  private static final TreeMap<Long, byte[]> CODE = readCode();
  private static final Map<String, ReturnType> RETURNS = readReturns();

  private Recorded() {}

  static InputStream open(String name) {
    try {
      InputStream in = Recorded.class.getResourceAsStream(name);
      if (in == null) {
        throw new IllegalStateException(name + " is missing");
      }
      return name.endsWith(".xz") ? new XZInputStream(in) : in;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BufferedReader reader(String name) {
    return new BufferedReader(new InputStreamReader(open(name), StandardCharsets.US_ASCII));
  }

  static KernelSymbols symbols() {
    return SYMBOLS;
  }

  static ReturnTypes returns() {
    return RETURNS::get;
  }

  static KernelCode code() {
    return (address, into) -> {
      Map.Entry<Long, byte[]> part = CODE.floorEntry(address);
      if (part == null) {
        return 0;
      }
      long offset = address - part.getKey();
      int length = (int) Math.clamp(part.getValue().length - offset, 0, into.length);
      if (length > 0) {
        System.arraycopy(part.getValue(), (int) offset, into, 0, length);
      }
      return length;
    };
  }

  static CallTree tree(String name) {
    CallTreeBuilder builder = new CallTreeBuilder(SYMBOLS);
    long[] registers = new long[16];
    try (BufferedReader in = reader(name + ".points.xz")) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] parts = line.split(" ");
        for (int i = 1; i < parts.length; i++) {
          registers[Character.digit(parts[i].charAt(0), 16)] =
              Long.parseUnsignedLong(parts[i].substring(2), 16);
        }
        builder.point(Long.parseUnsignedLong(parts[0], 16), registers, 0);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return builder.finish();
  }

  private static KernelSymbols readSymbols() {
    try (InputStream in = open("kallsyms.xz")) {
      return KernelSymbols.read(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TreeMap<Long, byte[]> readCode() {
    TreeMap<Long, byte[]> code = new TreeMap<>();
    reader("code.xz")
        .lines()
        .forEach(
            line -> {
              int space = line.indexOf(' ');
              code.put(
                  Long.parseUnsignedLong(line, 0, space, 16),
                  HexFormat.of().parseHex(line, space + 1, line.length()));
            });
    return code;
  }

  private static Map<String, ReturnType> readReturns() {
    Map<String, ReturnType> returns = new HashMap<>();
    reader("returns.txt")
        .lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(
            line -> {
              String[] parts = line.split("\t");
              returns.put(parts[0], new ReturnType(parts[1], ReturnType.Kind.valueOf(parts[1])));
            });
    return returns;
  }
}
