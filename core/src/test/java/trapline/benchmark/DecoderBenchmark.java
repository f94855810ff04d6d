package trapline.benchmark;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import trapline.code.Instruction;
import trapline.code.SymbolLookup;
import trapline.code.X86Decoder;

/// Speed of the decoder beside `objdump -d` over the same `.text`, in one run.
///
/// Arguments: ELF files; without any, libcrypto and this JVM's libjvm.so. objdump is timed
/// without raw bytes and into `/dev/null`, whole process; the decoder in this JVM, best of some
/// rounds, and the first, cold round apart.
final class DecoderBenchmark {
  private static final int ROUNDS = 7;

  private DecoderBenchmark() {}

  public static void main(String[] files) throws Exception {
    long start = System.nanoTime();
    byte[] call = {(byte) 0xe8, 0, 0, 0, 0};
    Instruction first = new Instruction();
    new X86Decoder().decode(call, 0, call.length, 0, first);
    String text = first.text(SymbolLookup.NONE);
    System.out.printf(
        "first instruction of a new JVM (%s), tables loaded: %.1f ms%n",
        text, (System.nanoTime() - start) / 1e6);
    if (files.length == 0) {
      files =
          new String[] {
            "/usr/lib/x86_64-linux-gnu/libcrypto.so.3",
            System.getProperty("java.home") + "/lib/server/libjvm.so"
          };
    }
    for (String file : files) {
      measure(Path.of(file));
    }
  }

  private static void measure(Path path) throws IOException, InterruptedException {
    byte[] file = Files.readAllBytes(path);
    long[] section = text(file);
    double megabytes = section[2] / 1e6;
    double objdump = Double.MAX_VALUE;
    double decode = Double.MAX_VALUE;
    double print = Double.MAX_VALUE;
    double cold = 0;
    for (int round = 0; round < ROUNDS; round++) {
      if (round < 3) {
        objdump = Math.min(objdump, objdump(path));
      }
      double withText = run(file, section, true);
      cold = round == 0 ? withText : cold;
      print = Math.min(print, withText);
      decode = Math.min(decode, run(file, section, false));
    }
    System.out.printf(
        "%s: .text of %.1f MB: objdump %.1f MB/s; decode %.1f MB/s (%.1f times objdump);"
            + " decode and text %.1f MB/s (%.1f times); its first, cold round %.1f MB/s (%.1f times)%n",
        path.getFileName(),
        megabytes,
        megabytes / objdump,
        megabytes / decode,
        objdump / decode,
        megabytes / print,
        objdump / print,
        megabytes / cold,
        objdump / cold);
  }

  private static double objdump(Path path) throws IOException, InterruptedException {
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder("objdump", "-d", "--no-show-raw-insn", "-j", ".text", path.toString())
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD)
            .start();
    if (process.waitFor() != 0) {
      throw new IOException("objdump failed");
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private static double run(byte[] file, long[] section, boolean text) {
    X86Decoder decoder = new X86Decoder();
    Instruction instruction = new Instruction();
    StringBuilder out = new StringBuilder();
    int at = (int) section[1];
    int end = (int) (section[1] + section[2]);
    long bias = section[0] - section[1];
    long characters = 0;
    long start = System.nanoTime();
    while (at < end) {
      decoder.decode(file, at, end, at + bias, instruction);
      if (text) {
        out.setLength(0);
        instruction.appendText(out, SymbolLookup.NONE);
        characters += out.length();
      }
      at += instruction.length();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (text && characters == 0) {
      throw new IllegalStateException("nothing printed");
    }
    return seconds;
  }

  /// Address, offset and size of `.text`.
  private static long[] text(byte[] file) throws IOException {
    ByteBuffer elf = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int table = (int) elf.getLong(40);
    int names = (int) elf.getLong(table + 64 * elf.getShort(62) + 24);
    for (int i = 0; i < elf.getShort(60); i++) {
      int header = table + 64 * i;
      int name = names + elf.getInt(header);
      if (new String(file, name, 6, java.nio.charset.StandardCharsets.ISO_8859_1)
          .equals(".text\0")) {
        return new long[] {
          elf.getLong(header + 16), elf.getLong(header + 24), elf.getLong(header + 32)
        };
      }
    }
    throw new IOException("no .text");
  }
}
