import java.nio.file.Files;
import java.nio.file.Path;
import trapline.kernel.source.DirectorySource;
import trapline.kernel.KernelIndex;
import trapline.kernel.source.KernelIndexer;
import trapline.kernel.KernelSource;
import trapline.kernel.source.TarballSource;

/// Writes the index of a kernel's source to a file: SOURCE FILE [PACKAGE-VERSION].
final class MakeKernelIndex {
  private MakeKernelIndex() {}

  public static void main(String[] args) throws Exception {
    Path path = Path.of(args[0]);
    KernelSource source =
        Files.isDirectory(path) ? new DirectorySource(path) : new TarballSource(path);
    String version = args.length > 2 ? args[2] : "";
    KernelIndex index = KernelIndexer.index(source, version, KernelSource.Progress.NONE);
    byte[] bytes = index.write();
    Files.write(Path.of(args[1]), bytes);
    System.out.println(
        args[1] + ": " + index.version().text() + ", " + bytes.length + " bytes");
  }
}
