package trapline.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import trapline.index.CachedIndex;
import trapline.index.IndexCache;
import trapline.index.SourceStamp;
import trapline.kernel.KernelFunctions;
import trapline.kernel.KernelHops;
import trapline.kernel.KernelIndex;
import trapline.kernel.KernelIndexSet;
import trapline.kernel.KernelSource;
import trapline.kernel.KernelVersion;
import trapline.kernel.RunningKernel;
import trapline.kernel.VersionMatch;
import trapline.kernel.source.DirectorySource;
import trapline.kernel.source.IndexOptions;
import trapline.kernel.source.KernelIndexer;
import trapline.kernel.source.TarballSource;
import trapline.linux.files.FileErrors;
import trapline.model.MalformedBinary;
import trapline.why.IndexedSource;

/// Decides where the kernel's facts come from: the tree, tarball or index file that the user
/// names; an unpacked tree that is the running kernel's, which takes seconds to index once; the
/// cached indexes; the indexes that come with Trapline. A tarball takes longer and is indexed
/// only when it is named.
public final class KernelChoice {
  private static final Path SOURCES = Path.of("/usr/src");
  private static final Path MODULES = Path.of("/lib/modules");
  private static final String ADVICE =
      "; name an unpacked kernel tree, or linux-VERSION.tar or .tar.xz, or an index file";

  private final IndexCache cache;
  private final Notices notices;

  /// @param notices shown progress
  public KernelChoice(IndexCache cache, Notices notices) {
    this.cache = cache;
    this.notices = notices;
  }

  /// With the user's own cache.
  public static KernelChoice of(Notices notices) {
    return new KernelChoice(IndexCache.of(System.getenv(), notices::say), notices);
  }

  /// An index that serves.
  ///
  /// @param origin where it is from, for the user
  /// @param source where the text of definitions is; `null` when it is not at hand
  public record Chosen(KernelIndex index, String origin, @Nullable KernelSource source) {}

  /// @param named what `--kernel-source` says; `null` when it was not given
  /// @param notices shown progress
  /// @throws RunException when what was named cannot be indexed
  public static KernelHops choose(@Nullable Path named, RunningKernel running, Notices notices) {
    KernelChoice choice = of(notices);
    Chosen chosen =
        named == null ? choice.running(running) : choice.at(named, "--kernel-source " + named);
    return new KernelHops(chosen.index(), chosen.origin(), chosen.source(), running);
  }

  /// What serves the running kernel best.
  public Chosen running(RunningKernel running) {
    String release = running.release();
    Path tree = treeAtHand(release);
    if (tree != null) {
      try {
        return indexed(tree);
      } catch (IOException | MalformedBinary e) {
        notices.say(tree + " is left aside: " + FileErrors.text(e));
      }
    }
    return indexedAlready(release, running.version());
  }

  /// How well what is indexed fits a kernel; nothing is read for it.
  public VersionMatch best(String release, String build) {
    return indexedAlready(release, build).index().match(release, build);
  }

  /// The source of a kernel that is observed, which need not be the running one.
  ///
  /// @param release as that kernel's `uname -r` says it
  /// @param build as its `uname -v` says it; may be empty
  /// @param named what `--kernel-source` says; `null` when it was not given
  /// @throws RunException when what was named cannot be indexed
  public IndexedSource observed(String release, String build, @Nullable Path named) {
    Chosen chosen = named == null ? indexedAlready(release, build) : withFunctions(named);
    KernelSource text = chosen.source();
    if (text == null) {
      Path tree = treeOf(SOURCES, release);
      text = tree != null && isRelease(tree, chosen.index()) ? new DirectorySource(tree) : null;
    }
    return new IndexedSource(
        chosen.index(),
        functions(chosen, release),
        chosen.origin(),
        chosen.index().match(release, build),
        text,
        notices.reading(text == null ? "" : text.origin()));
  }

  /// A named source with its functions. Those of one that the cache has without them are read once
  /// more.
  private Chosen withFunctions(Path named) {
    Chosen chosen = at(named, "--kernel-source " + named);
    KernelSource source = chosen.source();
    if (source == null || chosen.index().functions().isPresent()) {
      return chosen;
    }
    try (Notices.Reading progress = notices.reading(named.toString())) {
      SourceStamp stamp = SourceStamp.of(named);
      KernelIndex index = KernelIndexer.index(source, new IndexOptions("", "", true), progress);
      cache.keep(index, stamp);
      return new Chosen(index, chosen.origin(), source);
    } catch (IOException | MalformedBinary e) {
      notices.say("the functions of " + named + " are not known: " + FileErrors.text(e));
      return chosen;
    }
  }

  /// Whether a tree is of just the release that an index is of.
  private static boolean isRelease(Path tree, KernelIndex index) {
    String[] parts = index.version().release().split("\\.", -1);
    try {
      return parts.length == 3 && says(tree.resolve("Makefile"), "SUBLEVEL = " + parts[2]);
    } catch (IOException e) {
      return false;
    }
  }

  private Chosen indexedAlready(String release, String build) {
    KernelIndex best = KernelIndexSet.embedded().nearest(release);
    String origin = "embedded index";
    for (IndexCache.Entry entry : cache.entries()) {
      // One of another release of the series is no better than an embedded one of the series.
      boolean other = best.match(release, build).level() == VersionMatch.Level.OTHER;
      boolean better =
          other ? series(entry.release()).equals(series(release)) : isOf(release, entry.release());
      if (better) {
        Optional<CachedIndex> opened = cache.open(entry);
        if (opened.isPresent()) {
          KernelIndex index = opened.get().set().index(0);
          VersionMatch match = index.match(release, build);
          if (match.level().compareTo(best.match(release, build).level()) < 0) {
            best = index;
            origin = "cached index";
          }
        }
      }
    }
    return new Chosen(best, origin, null);
  }

  /// Where kernel functions are, by the chosen index if it holds them; by cached ones of the same
  /// release; by what comes with Trapline, which has the kernel's core; by the other cached ones,
  /// those of the same series first. A cached one is opened when those before it do not know a
  /// function.
  public KernelFunctions functions(Chosen chosen, String release) {
    List<KernelFunctions.Source> same = new ArrayList<>();
    List<KernelFunctions.Source> near = new ArrayList<>();
    List<KernelFunctions.Source> far = new ArrayList<>();
    for (IndexCache.Entry entry : cache.entries()) {
      KernelFunctions.Source source =
          new KernelFunctions.Source(
              "cached index", () -> cache.open(entry).map(cached -> cached.set().index(0)));
      boolean series = series(entry.release()).equals(series(release));
      (isOf(release, entry.release()) ? same : series ? near : far).add(source);
    }
    KernelIndex core = KernelIndexSet.embeddedFunctions().nearest(release);
    boolean ownSeries = series(core.version().release()).equals(series(release));
    List<KernelFunctions.Source> sources = new ArrayList<>();
    sources.add(KernelFunctions.Source.of(chosen.index(), chosen.origin()));
    sources.addAll(same);
    sources.addAll(ownSeries ? List.of() : near);
    sources.add(KernelFunctions.Source.of(core, "embedded functions"));
    sources.addAll(ownSeries ? near : List.of());
    sources.addAll(far);
    return new KernelFunctions(sources);
  }

  /// A tree, tarball or index file that the user names.
  ///
  /// @param option how it was named, for messages
  /// @throws RunException when it cannot be indexed
  public Chosen at(Path place, String option) {
    if (!Files.exists(place)) {
      throw new RunException(RunException.Problem.BAD_FILE, option + ": no such file or directory");
    }
    if (!Files.isDirectory(place) && !Files.isRegularFile(place)) {
      throw new RunException(
          RunException.Problem.BAD_FILE, option + ": not a directory or regular file" + ADVICE);
    }
    try {
      if (Files.isRegularFile(place) && CachedIndex.isIndex(place)) {
        return new Chosen(CachedIndex.open(place).set().index(0), place.toString(), null);
      }
      return indexed(place);
    } catch (MalformedBinary e) {
      throw new RunException(RunException.Problem.BAD_FILE, option + ": " + reason(e) + ADVICE);
    } catch (IOException e) {
      throw new RunException(
          RunException.Problem.BAD_FILE, option + ": cannot be read: " + FileErrors.reason(e));
    }
  }

  /// The index of a release or series, embedded or cached; when there is none, of the nearest lower
  /// one.
  public Chosen version(String version) {
    KernelIndexSet embedded = KernelIndexSet.embedded();
    List<KernelIndex> all = new ArrayList<>();
    for (IndexCache.Entry entry : cache.entries()) {
      boolean near = series(entry.release()).equals(series(version));
      if (near || embedded.series(series(version)).isEmpty()) {
        cache.open(entry).ifPresent(cached -> all.add(cached.set().index(0)));
      }
    }
    int cached = all.size();
    for (int i = 0; i < embedded.versions().size(); i++) {
      all.add(embedded.index(i));
    }
    KernelIndexSet set = KernelIndexSet.of(all);
    KernelIndex found = set.series(version).orElseGet(() -> set.nearest(version));
    boolean fromCache = all.subList(0, cached).contains(found);
    return new Chosen(found, fromCache ? "cached index" : "embedded index", null);
  }

  /// Every release at hand.
  public List<String> releases() {
    List<String> releases = new ArrayList<>();
    for (KernelVersion version : KernelIndexSet.embedded().versions()) {
      releases.add(version.release());
    }
    for (IndexCache.Entry entry : cache.entries()) {
      if (!releases.contains(entry.release())) {
        releases.add(entry.release());
      }
    }
    return releases;
  }

  /// Whether a text names a place and no version.
  public static boolean isPlace(String text) {
    return text.indexOf('/') >= 0
        || (!text.matches("v?[0-9]{1,3}\\.[0-9]{1,3}([.+-].{0,60})?")
            && Files.exists(Path.of(text)));
  }

  public static String reason(MalformedBinary e) {
    return e.offset() == 0 ? e.what() : "at byte " + e.offset() + ": " + e.what();
  }

  /// The source at a place.
  public static KernelSource source(Path place) {
    return Files.isDirectory(place) ? new DirectorySource(place) : new TarballSource(place);
  }

  private Chosen indexed(Path place) throws IOException {
    KernelSource source = source(place);
    Optional<KernelIndex> known = cache.find(place);
    if (known.isPresent()) {
      return new Chosen(known.get(), place.toString(), source);
    }
    SourceStamp stamp = SourceStamp.of(place);
    try (Notices.Reading progress = notices.reading(place.toString())) {
      KernelIndex index = KernelIndexer.index(source, IndexOptions.NONE, progress);
      cache.keep(index, stamp);
      return new Chosen(index, place.toString(), source);
    }
  }

  private static @Nullable Path treeAtHand(String release) {
    if (!release.isEmpty() && release.indexOf('/') < 0) {
      for (String name : List.of("source", "build")) {
        Path tree = MODULES.resolve(release).resolve(name);
        if (Files.isRegularFile(tree.resolve("kernel/sys_ni.c"))) {
          return tree;
        }
      }
    }
    return treeOf(SOURCES, release);
  }

  /// An unpacked tree of the running kernel's series; others say less than the index that comes
  /// with Trapline, and reading one takes seconds.
  static @Nullable Path treeOf(Path sources, String release) {
    String[] parts = series(release).split("\\.", -1);
    if (parts.length != 2 || !Files.isDirectory(sources)) {
      return null;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(sources, "linux*")) {
      for (Path entry : entries) {
        if (Files.isRegularFile(entry.resolve("kernel/sys_ni.c"))
            && says(entry.resolve("Makefile"), "VERSION = " + parts[0])
            && says(entry.resolve("Makefile"), "PATCHLEVEL = " + parts[1])) {
          return entry;
        }
      }
    } catch (IOException e) {
      return null;
    }
    return null;
  }

  /// Whether a running release (`6.12.117+deb13-amd64`) is one of an upstream release (`6.12.117`).
  private static boolean isOf(String running, String release) {
    int end = release.length();
    return running.startsWith(release)
        && (running.length() == end
            || !(Character.isDigit(running.charAt(end)) || running.charAt(end) == '.'));
  }

  /// `6.12` of `6.12.48+deb13`.
  private static String series(String release) {
    int dot = release.indexOf('.');
    int end = dot + 1;
    while (dot > 0 && end < release.length() && Character.isDigit(release.charAt(end))) {
      end++;
    }
    return dot < 1 ? release : release.substring(0, end);
  }

  private static boolean says(Path makefile, String line) throws IOException {
    if (!Files.isRegularFile(makefile)) {
      return false;
    }
    try (Stream<String> lines = Files.lines(makefile, StandardCharsets.ISO_8859_1)) {
      return lines.limit(20).anyMatch(line::equals);
    }
  }
}
