package trapline.benchmark;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import trapline.bytes.Bytes;
import trapline.dwarf.DebugInfo;
import trapline.dwarf.SupplementaryFiles;
import trapline.elf.ElfFile;
import trapline.elf.Section;
import trapline.model.LinkAddress;

/// Functions, inlined calls and lines of addresses by chance in libc's debug file, ours against
/// addr2line's in the same run.
///
/// Arguments: how many addresses (default 5000), the debug file (default the one of this machine's
/// libc).
public final class LineLookupBenchmark {
  private LineLookupBenchmark() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5000;
    Path file = arguments.length > 1 ? Path.of(arguments[1]) : libcDebugFile();
    Section text = Objects.requireNonNull(open(file).section(".text"));
    List<LinkAddress> addresses = new ArrayList<>();
    StringBuilder input = new StringBuilder();
    Random random = new Random(1);
    for (int i = 0; i < count; i++) {
      long address = text.address().value() + random.nextLong(text.size());
      addresses.add(new LinkAddress(address));
      input.append("0x").append(Long.toHexString(address)).append('\n');
    }
    Path list = Files.createTempFile("addresses", null);
    Files.writeString(list, input);

    long found = 0;
    double cold = 0;
    double opening = Double.MAX_VALUE;
    double warm = Double.MAX_VALUE;
    double tool = Double.MAX_VALUE;
    for (int round = 0; round < 10; round++) {
      tool = Math.min(tool, addr2line(file, list));
      long start = System.nanoTime();
      ElfFile elf = open(file);
      DebugInfo info =
          DebugInfo.of(
              name ->
                  Objects.requireNonNullElseGet(elf.debugSection(name), () -> Bytes.empty(name)),
              SupplementaryFiles.NONE);
      found += ask(info, addresses);
      double first = milliseconds(start);
      cold = round == 0 ? first : cold;
      opening = Math.min(opening, first);
      start = System.nanoTime();
      found += ask(info, addresses);
      warm = Math.min(warm, milliseconds(start));
    }
    double one = addr2lineOne(file, addresses.getFirst());
    Files.delete(list);
    System.out.printf(
        "%d addresses of %s, %d levels; addr2line -f -i: %.0f ms (one address: %.0f ms)%n",
        count, file.getFileName(), found / 20, tool, one);
    System.out.printf(
        "ours, first in a new JVM, with opening: %.0f ms, %.2f of addr2line%n", cold, cold / tool);
    System.out.printf(
        "ours, with opening the file: %.0f ms, %.2f of addr2line%n", opening, opening / tool);
    System.out.printf("ours, file open: %.1f ms, %.3f of addr2line%n", warm, warm / tool);
  }

  private static long ask(DebugInfo info, List<LinkAddress> addresses) {
    long found = 0;
    for (LinkAddress address : addresses) {
      found += info.framesAt(address).size();
    }
    return found;
  }

  private static double addr2line(Path file, Path list) throws IOException, InterruptedException {
    long start = System.nanoTime();
    new ProcessBuilder("addr2line", "-f", "-i", "-e", file.toString())
        .redirectInput(list.toFile())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
    return milliseconds(start);
  }

  private static double addr2lineOne(Path file, LinkAddress address)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    new ProcessBuilder("addr2line", "-f", "-i", "-e", file.toString(), address.toString())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
    return milliseconds(start);
  }

  private static double milliseconds(long start) {
    return (System.nanoTime() - start) / 1e6;
  }

  private static ElfFile open(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return ElfFile.of(
          Bytes.of(file.toString(), channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())));
    }
  }

  private static Path libcDebugFile() throws IOException {
    String id = open(Path.of("/lib/x86_64-linux-gnu/libc.so.6")).buildId();
    return Path.of("/usr/lib/debug/.build-id", id.substring(0, 2), id.substring(2) + ".debug");
  }
}
