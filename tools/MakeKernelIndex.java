import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import trapline.kernel.IndexContent;
import trapline.kernel.KernelIndexSet;
import trapline.kernel.KernelSource;
import trapline.kernel.source.DirectorySource;
import trapline.kernel.source.IndexOptions;
import trapline.kernel.source.KernelIndexer;
import trapline.kernel.source.TarballSource;

/// Writes one index of several sources: FILE, then SOURCE PACKAGE-VERSION SHA256 for each; the last
/// two may be empty.
final class MakeKernelIndex {
  private MakeKernelIndex() {}

  public static void main(String[] args) throws Exception {
    List<IndexContent> contents = new ArrayList<>();
    for (int i = 1; i + 2 < args.length; i += 3) {
      Path path = Path.of(args[i]);
      KernelSource source =
          Files.isDirectory(path) ? new DirectorySource(path) : new TarballSource(path);
      IndexOptions options = new IndexOptions(args[i + 1], args[i + 2], false);
      IndexContent content = KernelIndexer.read(source, options, KernelSource.Progress.NONE);
      System.out.println(path + ": " + content.version().text());
      contents.add(content);
    }
    byte[] bytes = KernelIndexSet.write(contents);
    Path file = Path.of(args[0]);
    Path written = Files.write(file.resolveSibling(file.getFileName() + ".new"), bytes);
    Files.move(written, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    System.out.println(file + ": " + bytes.length + " bytes");
  }
}
