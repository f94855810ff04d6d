import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;
import trapline.kernel.FunctionIndex;
import trapline.kernel.Gap;
import trapline.kernel.IndexContent;
import trapline.kernel.KernelIndexSet;
import trapline.kernel.KernelSource;
import trapline.kernel.source.CoreFunctions;
import trapline.kernel.source.IndexOptions;
import trapline.kernel.source.KernelIndexer;
import trapline.kernel.source.TarballSource;

/// Writes one index of several sources, and one of the functions of some: FILE FUNCTIONS-FILE, then
/// RELEASE
/// TARBALL PACKAGE-VERSION SHA256 FUNCTIONS for each. PACKAGE-VERSION is empty for a pristine
/// source;
/// FUNCTIONS is `functions` or `-`. The caller has compared the SHA-256.
final class MakeKernelIndex {
  private MakeKernelIndex() {}

  public static void main(String[] args) throws Exception {
    List<IndexContent> contents = new ArrayList<>();
    List<IndexContent> functions = new ArrayList<>();
    for (int i = 2; i + 4 < args.length; i += 5) {
      boolean withFunctions = args[i + 4].equals("functions");
      IndexOptions options = new IndexOptions(args[i + 2], args[i + 3], withFunctions);
      IndexContent content =
          KernelIndexer.read(
              new TarballSource(Path.of(args[i + 1])), options, KernelSource.Progress.NONE);
      if (!content.version().release().equals(args[i])) {
        System.err.println(
            args[i + 1] + ": holds " + content.version().release() + ", not " + args[i]);
        System.exit(1);
      }
      System.out.printf(
          "%s: %d tables, %d definitions, %d declarations%n",
          content.version().text(),
          content.tables().size(),
          content.definitions().size(),
          content.declarations().size());
      for (Gap gap : content.gaps()) {
        System.out.println("  not indexed: " + gap.place() + ": " + gap.reason());
      }
      if (withFunctions) {
        IndexContent core = CoreFunctions.of(content);
        functions.add(core);
        System.out.printf("  %d functions of its core%n", FunctionIndex.read(core.functions()).size());
      }
      contents.add(content.withoutFunctions());
    }
    write(Path.of(args[0]), KernelIndexSet.write(contents));
    write(Path.of(args[1]), KernelIndexSet.write(functions));
  }

  private static void write(Path to, byte[] bytes) throws IOException {
    Path file = to.toAbsolutePath();
    Path written = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.write(written, bytes);
      Files.move(written, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(written);
    }
    System.out.printf("%s: %d bytes, %d in a jar%n", file, bytes.length, deflated(bytes));
  }

  private static int deflated(byte[] bytes) {
    try (Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true)) {
      deflater.setInput(bytes);
      deflater.finish();
      byte[] out = new byte[bytes.length + 1024];
      int length = 0;
      while (!deflater.finished()) {
        length += deflater.deflate(out);
      }
      return length;
    }
  }
}
