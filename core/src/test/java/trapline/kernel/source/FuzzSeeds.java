package trapline.kernel.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import trapline.kernel.KernelSource;
import trapline.kernel.run.KernelSymbols;

/// Writes the seeds of Trapline's own formats; `tools/make-fuzz-seeds` runs it. Arguments: the
/// directory of `core`'s test resources below `trapline`, a small source tree, and kallsyms' text.
final class FuzzSeeds {
  private FuzzSeeds() {}

  public static void main(String[] args) throws IOException {
    Path resources = Path.of(args[0]);
    byte[] index =
        KernelIndexer.index(
                new DirectorySource(Path.of(args[1])),
                new IndexOptions("", "", true),
                KernelSource.Progress.NONE)
            .write();
    write(resources.resolve("kernel/KernelFuzzTestInputs/index/small-tree"), index);
    FunctionCollector collector = new FunctionCollector();
    byte[] text =
        "static int h(int a)\n{\n}\nint f(void)\n{\n}\nSYSCALL_DEFINE1(x, int, a)\n{\n}\n"
            .getBytes(StandardCharsets.US_ASCII);
    collector.take("a/b.c", text, text.length);
    collector.take("fs/c.c", text, text.length);
    write(
        resources.resolve("kernel/source/FunctionFuzzTestInputs/index/two-files"),
        collector.write());
    try (var in = Files.newInputStream(Path.of(args[2]))) {
      write(
          resources.resolve("kernel/run/RunFuzzTestInputs/stored/kallsyms"),
          KernelSymbols.read(in).write());
    }
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }
}
