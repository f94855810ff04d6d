package trapline.libc.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import trapline.libc.BuiltMark;
import trapline.libc.Libc;
import trapline.libc.LibcRegistry;
import trapline.linux.files.OutputFile;
import trapline.linux.files.PrivateFile;

/// Builds one C library: configured and made outside of its source, installed beside its prefix,
/// moved there as a whole, and registered last.
public final class LibcBuild {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]{0,63}");
  private static final long MEGABYTE = 1L << 20;

  private final BuildDirectories directories;
  private final LibcRegistry registry;
  private final Map<String, String> environment;
  private final BuildListener listener;

  /// @param environment of the user: where directories are, and CC
  public LibcBuild(
      BuildDirectories directories,
      LibcRegistry registry,
      Map<String, String> environment,
      BuildListener listener) {
    this.directories = directories;
    this.registry = registry;
    this.environment = environment;
    this.listener = listener;
  }

  /// What was built.
  ///
  /// @param name as it is registered
  /// @param source the directory of its source
  /// @param wasThere whether it was built before, and nothing was done
  public record Built(String name, Libc libc, Path source, boolean wasThere) {}

  /// How large a build is: a row of `sizes.txt`.
  private record Size(long objects, long buildMegabytes, long installedMegabytes) {}

  /// Builds.
  ///
  /// @throws LibcBuildFailure when it could not be built; nothing is registered or installed
  ///   then, and when no build has begun nothing is left
  public Built run(BuildRequest request) {
    if (!request.name().isEmpty() && !NAME.matcher(request.name()).matches()) {
      throw LibcBuildFailure.input(
          request.name() + ": a name has letters, digits, and . _ + - only");
    }
    try (Traces traces = new Traces()) {
      return run(request, traces);
    }
  }

  private Built run(BuildRequest request, Traces traces) {
    Path given = SourceFinder.path(request.source());
    if (given == null || !Files.exists(given)) {
      SourceFinder.version(request.source()).ifPresent(each -> requireWorthFetching(request, each));
    }
    SourceTree tree =
        new SourceFinder(directories, listener, traces, request.sha256())
            .find(request.source(), request.name());
    tree.requireWhole();
    BuildNeeds.check(tree.kind(), tree.version(), environment);
    String name = request.name().isEmpty() ? tree.name() : request.name();
    Prefix target = target(request, name);
    Path prefix = target.directory();
    SourceTree.requireUsable(tree.directory());
    SourceTree.requireUsable(prefix);
    BuiltMark mark =
        new BuiltMark(
            name,
            tree.kind().text(),
            tree.version(),
            tree.directory(),
            tree.origin(),
            request.cflags());
    Optional<Libc> there = target.require(mark);
    if (there.isPresent()) {
      registry.add(name, prefix);
      traces.keep();
      return new Built(name, there.get(), tree.directory(), true);
    }
    try (BuildDirectory directory = BuildDirectory.take(directories.builds(), name, traces)) {
      SourceTree.requireUsable(directory.build());
      build(directory, tree, mark, target, request.jobs());
      registry.add(name, prefix);
      directory.remove();
      return new Built(name, Libc.at(prefix), tree.directory(), false);
    } catch (IOException e) {
      throw BuildDirectories.failure(directories.builds().resolve(name), e);
    }
  }

  /// Refuses what a source would not help.
  private void requireWorthFetching(BuildRequest request, SourceFinder.Named named) {
    BuildNeeds.check(named.kind(), named.version(), environment);
    String name = request.name().isEmpty() ? named.name() : request.name();
    target(request, name).requireVersion(named.kind().text(), named.version());
  }

  private Prefix target(BuildRequest request, String name) {
    Path prefix = request.prefix() == null ? directories.prefix(name) : request.prefix();
    return new Prefix(prefix.toAbsolutePath().normalize(), registry);
  }

  private void build(
      BuildDirectory directory, SourceTree tree, BuiltMark mark, Prefix target, int jobs)
      throws IOException {
    Size size = size(tree);
    List<Remedies.Remedy> remedies =
        Remedies.of(tree.kind(), tree.version(), compilerVersion(directory));
    List<String> configure = configure(tree, target.directory(), remedies);
    String cflags = mark.cflags() + words(remedies, Remedies.Where.CFLAGS);
    Map<String, String> flags = Map.of("CFLAGS", cflags);
    List<String> variables = chosen(remedies, Remedies.Where.MAKE);
    String request =
        String.join(
            "\n", mark.text(), String.join(" ", configure), cflags, String.join(" ", variables));
    boolean resumed = directory.prepare(request);
    if (!resumed) {
      requireRoom(directory.build(), size.buildMegabytes());
    }
    requireRoom(target.directory(), size.installedMegabytes());
    directory.begin(request);
    for (Remedies.Remedy remedy : remedies) {
      listener.say("with " + remedy.what() + ": " + remedy.why());
    }
    BuildLog log = new BuildLog(directory.log());
    listener.say("log: " + log.file());
    String title = tree.title();
    if (resumed) {
      listener.say("continuing an earlier build: " + directory.objects() + " objects");
    } else {
      listener.say("configuring " + title + " with CFLAGS " + cflags);
      step(directory, log, "configuring " + title, configure, flags, 0);
      directory.noteConfigured();
    }
    listener.say("building " + title + " with " + jobs + (jobs == 1 ? " job" : " jobs"));
    List<String> make = new ArrayList<>(List.of("make", "-j" + jobs));
    make.addAll(variables);
    step(directory, log, "building " + title, make, Map.of(), size.objects());
    install(directory, log, tree, mark, target, variables);
  }

  private void install(
      BuildDirectory directory,
      BuildLog log,
      SourceTree tree,
      BuiltMark mark,
      Prefix target,
      List<String> variables)
      throws IOException {
    listener.say("installing under " + target.directory());
    Path stage = target.stage(mark.name());
    try {
      BuildDirectories.delete(stage);
      OutputFile.freshDirectory(stage, Prefix.REMEDY);
      String variable = tree.kind() == Libc.Kind.GLIBC ? "install_root=" : "DESTDIR=";
      List<String> make = new ArrayList<>(List.of("make", "install", variable + stage));
      make.addAll(variables);
      step(directory, log, "installing " + tree.title(), make, Map.of(), 0);
      Path staged = stage.resolve(target.directory().getRoot().relativize(target.directory()));
      mark.write(staged);
      PrivateFile.copy(log.file(), staged.resolve(".trapline-log"));
      Files.move(staged, target.directory(), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw BuildDirectories.failure(stage, e);
    } finally {
      BuildDirectories.delete(stage);
    }
  }

  private void step(
      BuildDirectory directory,
      BuildLog log,
      String title,
      List<String> command,
      Map<String, String> flags,
      long objects)
      throws IOException {
    log.begin(title + ": " + String.join(" ", command));
    long[] done = {objects == 0 ? 0 : directory.objects()};
    listener.at(title, done[0], objects);
    int status =
        Commands.run(
            command,
            directory.build(),
            flags,
            log.file(),
            () -> {
              done[0] += log.compiled();
              // A version may have more than the nearest one that was counted.
              listener.at(title, done[0], objects == 0 ? 0 : Math.max(objects, done[0] + 1));
            });
    if (status == 0) {
      return;
    }
    if (log.isDiskFull()) {
      throw LibcBuildFailure.build(
          BuildDirectories.full(directory.build()) + "; log: " + log.file());
    }
    throw LibcBuildFailure.build(
        title + " failed: " + log.reason() + "; the whole log: " + log.file());
  }

  private List<String> configure(SourceTree tree, Path prefix, List<Remedies.Remedy> remedies) {
    List<String> command = new ArrayList<>();
    command.add(tree.directory().resolve("configure").toString());
    command.add("--prefix=" + prefix);
    for (List<String> row : Table.rows("configure.txt")) {
      if (row.get(0).equals(tree.kind().text())
          && Versions.isBetween(tree.version(), row.get(1), row.get(2))) {
        command.add(row.get(3).replace("{prefix}", prefix.toString()));
      }
    }
    command.addAll(chosen(remedies, Remedies.Where.CONFIGURE));
    return command;
  }

  private static String words(List<Remedies.Remedy> remedies, Remedies.Where where) {
    StringBuilder words = new StringBuilder();
    chosen(remedies, where).forEach(each -> words.append(' ').append(each));
    return words.toString();
  }

  private static List<String> chosen(List<Remedies.Remedy> remedies, Remedies.Where where) {
    return remedies.stream()
        .filter(each -> each.where() == where)
        .map(Remedies.Remedy::what)
        .toList();
  }

  /// gcc's version; empty when the compiler is another.
  private String compilerVersion(BuildDirectory directory) throws IOException {
    Path quiet = directory.build().resolveSibling("");
    List<String> said = new ArrayList<>();
    for (String option : List.of("--version", "-dumpversion")) {
      List<String> command = new ArrayList<>(BuildNeeds.compiler(environment));
      command.add(option);
      String answer = Commands.answer(quiet, command, Map.of());
      said.add(answer == null ? "" : answer.strip());
    }
    return said.getFirst().contains("Free Software Foundation") ? said.getLast() : "";
  }

  private static Size size(SourceTree tree) {
    Size nearest = new Size(0, 0, 0);
    for (List<String> row : Table.rows("sizes.txt")) {
      boolean first = nearest.objects() == 0;
      if (row.get(0).equals(tree.kind().text())
          && (first || Versions.compare(row.get(1), tree.version()) <= 0)) {
        nearest =
            new Size(
                Long.parseLong(row.get(2)), Long.parseLong(row.get(3)), Long.parseLong(row.get(4)));
      }
    }
    return nearest;
  }

  private static void requireRoom(Path directory, long megabytes) throws IOException {
    long free = Files.getFileStore(BuildDirectories.nearest(directory)).getUsableSpace() / MEGABYTE;
    if (free < megabytes) {
      throw LibcBuildFailure.build(
          directory
              + ": "
              + free
              + " MB are free on this disk, and about "
              + megabytes
              + " MB are needed; make room, or set XDG_CACHE_HOME or --prefix to another");
    }
  }
}
