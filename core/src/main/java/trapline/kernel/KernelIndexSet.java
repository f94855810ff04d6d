package trapline.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import trapline.bytes.Bytes;

/// Indexes of several versions of the kernel, oldest first. Immutable.
public final class KernelIndexSet {
  private static final String EMBEDDED = "kernel-index.bin";
  private static final String FUNCTIONS = "kernel-functions.bin";

  private final List<KernelIndex> indexes;

  private KernelIndexSet(List<KernelIndex> indexes) {
    this.indexes = List.copyOf(indexes);
  }

  private static final class Embedded {
    private static final KernelIndexSet SET = load(EMBEDDED, "embedded kernel index");
  }

  private static final class EmbeddedFunctions {
    private static final KernelIndexSet SET = load(FUNCTIONS, "embedded kernel functions");
  }

  private static KernelIndexSet load(String resource, String name) {
    try (InputStream in = KernelIndexSet.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + resource + " is missing");
      }
      return read(Bytes.of(name, in.readAllBytes()));
    } catch (IOException e) {
      throw new IllegalStateException("the resource " + resource + " cannot be read", e);
    }
  }

  /// The indexes that come with Trapline. Read on first use.
  public static KernelIndexSet embedded() {
    return Embedded.SET;
  }

  /// The functions of the kernel's core that come with Trapline: indexes that hold nothing but
  /// [KernelIndex#functions], of fewer versions than [#embedded]. Read on first use.
  public static KernelIndexSet embeddedFunctions() {
    return EmbeddedFunctions.SET;
  }

  /// @param indexes at least one, in any order
  public static KernelIndexSet of(List<KernelIndex> indexes) {
    List<KernelIndex> sorted = new ArrayList<>(indexes);
    sorted.sort(Comparator.comparingLong(index -> KernelVersion.order(index.version().release())));
    return new KernelIndexSet(sorted);
  }

  /// Reads an index file.
  ///
  /// @throws trapline.model.MalformedBinary when it is something else, is damaged or was made by
  ///     another version of Trapline
  public static KernelIndexSet read(Bytes bytes) {
    IndexFile file = IndexFile.read(bytes);
    file.check();
    return of(file);
  }

  /// The versions in a file whose checksum is left aside.
  static KernelIndexSet of(IndexFile file) {
    List<KernelIndex> indexes = new ArrayList<>();
    for (int i = 0; i < file.versions(); i++) {
      indexes.add(new KernelIndex(file, i));
    }
    return new KernelIndexSet(indexes);
  }

  /// An index file of several sources.
  ///
  /// @param contents at least one and at most 16, in any order
  public static byte[] write(List<IndexContent> contents) {
    List<IndexContent> sorted = new ArrayList<>(contents);
    sorted.sort(
        Comparator.comparingLong(content -> KernelVersion.order(content.version().release())));
    return IndexWriter.write(sorted);
  }

  public List<KernelVersion> versions() {
    return indexes.stream().map(KernelIndex::version).toList();
  }

  /// @param i as in [#versions]
  public KernelIndex index(int i) {
    return indexes.get(i);
  }

  /// The index that fits a release best: of the same release, else of the same series, else of the
  /// nearest lower version, else the oldest.
  public KernelIndex nearest(String release) {
    KernelIndex best = indexes.getFirst();
    for (KernelIndex index : indexes) {
      if (KernelVersion.order(index.version().release()) <= KernelVersion.order(release)) {
        best = index;
      }
    }
    KernelIndex lower = best;
    return series(release).or(() -> series(seriesOf(release))).orElse(lower);
  }

  /// The index of a release (`6.12.117`) or of a series (`6.12`), the newest of several.
  public Optional<KernelIndex> series(String text) {
    Optional<KernelIndex> found = Optional.empty();
    for (KernelIndex index : indexes) {
      String release = index.version().release();
      if (release.equals(text) || seriesOf(release).equals(text)) {
        found = Optional.of(index);
      }
    }
    return found;
  }

  private static String seriesOf(String release) {
    String[] parts = release.split("[.+-]", -1);
    return parts.length < 2 ? release : parts[0] + "." + parts[1];
  }
}
