package trapline.libc.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import trapline.linux.files.WholeFile;

/// The source packages of the Debian release that this machine has: fetched and checked by apt,
/// with
/// the distribution's patches applied by dpkg-source. apt works in a directory of its own, with
/// lines `deb-src` for the sources that the machine has as `deb`; nothing of the machine's is
/// changed, and
/// no privilege is needed.
final class DebianSource {
  private static final List<String> TOOLS =
      List.of("apt-get", "apt-cache", "dpkg-source", "dpkg-query");
  private static final Pattern LAST_DASH = Pattern.compile("-[^-]*$");
  private static final Set<String> DISTRIBUTIONS = Set.of("Debian", "Ubuntu", "Debian-Security");

  private final Path root;
  private final Path log;
  private final BuildListener listener;

  /// @param root a directory for apt's files
  DebianSource(Path root, BuildListener listener) {
    this.root = root;
    this.log = root.resolve("log");
    this.listener = listener;
  }

  /// A version that can be fetched.
  ///
  /// @param version the package's whole version, such as `2.36-9+deb12u14`
  record SourcePackage(String name, String version) {}

  static boolean isAvailable() {
    return TOOLS.stream().allMatch(each -> Commands.find(each) != null);
  }

  /// The package of an upstream version.
  ///
  /// @return `null` when the release has another version, or its lists cannot be had; [#why] says
  /// it
  @Nullable SourcePackage find(String name, String upstream) throws IOException {
    List<String> sources = sources();
    if (sources.isEmpty()) {
      why = "apt has no source of packages (/etc/apt/sources.list)";
      return null;
    }
    prepare(sources);
    listener.at("reading the distribution's list of sources", 0, 0);
    // Otherwise lists that could not be fetched are no error.
    int status = apt("apt-get", "-q", "-o", "APT::Update::Error-Mode=any", "update");
    String shown = Commands.answer(root, command("apt-cache", "showsrc", name), Map.of());
    List<String> versions = new ArrayList<>();
    boolean fits = false;
    for (String line : shown == null ? List.<String>of() : shown.lines().toList()) {
      if (line.startsWith("Package: ")) {
        fits = line.substring(9).strip().equals(name);
      } else if (fits && line.startsWith("Version: ")) {
        versions.add(line.substring(9).strip());
      }
    }
    if (versions.isEmpty()) {
      why =
          "apt knows no source package "
              + name
              + (status == 0 ? "" : ": " + firstError("the lists cannot be fetched"));
      return null;
    }
    String installed = installed(name);
    SourcePackage best = null;
    for (String version : versions) {
      boolean better =
          best == null
              || version.equals(installed)
              || (!best.version().equals(installed)
                  && Versions.compare(version, best.version()) > 0);
      if (upstream(version).equals(upstream) && better) {
        best = new SourcePackage(name, version);
      }
    }
    if (best == null) {
      Set<String> others = new LinkedHashSet<>();
      versions.forEach(each -> others.add(upstream(each)));
      why = "the distribution's source package is " + name + " " + String.join(", ", others);
    }
    return best;
  }

  private String why = "";

  /// Why [#find] has found nothing.
  String why() {
    return why;
  }

  /// Fetches a package and unpacks it, patches applied.
  ///
  /// @param into an empty directory
  /// @return the source's directory in it
  Path fetch(SourcePackage wanted, Path into) throws IOException {
    listener.say("fetching Debian's source package " + wanted.name() + " " + wanted.version());
    listener.at("fetching " + wanted.name(), 0, 0);
    List<String> words =
        command("apt-get", "-q", "source", "--only-source", wanted.name() + "=" + wanted.version());
    // Members of groups may not write what others unpack.
    int status = Commands.run(words, into, Map.of(), log, () -> {});
    if (status != 0) {
      throw LibcBuildFailure.build(
          "Debian's source package "
              + wanted.name()
              + " "
              + wanted.version()
              + " cannot be had: "
              + firstError("apt-get source failed"));
    }
    try (Stream<Path> entries = Files.list(into)) {
      return entries
          .filter(Files::isDirectory)
          .findFirst()
          .orElseThrow(() -> new IOException("apt-get source unpacked nothing"));
    }
  }

  /// `2.36` of `1:2.36-9+deb12u14`.
  static String upstream(String version) {
    String plain = version.substring(version.indexOf(':') + 1);
    return LAST_DASH.matcher(plain).replaceFirst("");
  }

  /// The version of the installed library that was built from a source package; empty when there
  /// is none.
  private String installed(String name) throws IOException {
    String binary = name.equals("glibc") ? "libc6" : name;
    String version =
        Commands.answer(
            root,
            List.of("dpkg-query", "-W", "-f", "${source:Version}\\n", binary + ":amd64"),
            Map.of());
    return version == null ? "" : version.strip();
  }

  private void prepare(List<String> sources) throws IOException {
    for (String directory : List.of("state/lists/partial", "cache/archives/partial", "parts")) {
      BuildDirectories.made(root.resolve(directory));
    }
    Files.deleteIfExists(log);
    WholeFile.write(
        root.resolve("sources.list"),
        (String.join("\n", sources) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /// Lines for the machine's own sources of binary packages (apt-get(8), `indextargets`).
  private List<String> sources() throws IOException {
    String format = "$(ORIGIN)\t$(REPO_URI)\t$(RELEASE)\t$(COMPONENT)\t$(SOURCESENTRY)";
    Set<String> others = new LinkedHashSet<>();
    Set<String> lines = new LinkedHashSet<>();
    for (List<String> options : List.of(List.<String>of(), List.of("--no-release-info"))) {
      List<String> words = new ArrayList<>(List.of("apt-get", "indextargets"));
      words.addAll(options);
      words.addAll(List.of("--format", format, "Created-By: Packages"));
      String answer = Commands.answer(root, words, Map.of());
      for (String line : answer == null ? List.<String>of() : answer.lines().toList()) {
        String[] fields = line.split("\t", -1);
        if (fields.length == 5 && fields[1].contains(":/")) {
          (DISTRIBUTIONS.contains(fields[0]) ? lines : others).add(line(fields));
        }
      }
      if (!lines.isEmpty()) {
        break;
      }
    }
    return List.copyOf(lines.isEmpty() ? others : lines);
  }

  private static String line(String[] fields) {
    String options = AptEntry.options(fields[4], fields[1]);
    return "deb-src " + options + fields[1] + " " + fields[2] + " " + fields[3];
  }

  private int apt(String... words) throws IOException {
    return Commands.run(command(words), root, Map.of(), log, () -> {});
  }

  private List<String> command(String... words) {
    List<String> command = new ArrayList<>(List.of(words));
    command.addAll(
        1,
        List.of(
            "-o",
            "Dir::State=" + root.resolve("state"),
            "-o",
            "Dir::Cache=" + root.resolve("cache"),
            "-o",
            "Dir::Etc::sourcelist=" + root.resolve("sources.list"),
            "-o",
            "Dir::Etc::sourceparts=" + root.resolve("parts"),
            "-o",
            "APT::Sandbox::User=root",
            "-o",
            "Acquire::Retries=2",
            "-o",
            "Acquire::http::Timeout=30",
            "-o",
            "Acquire::https::Timeout=30"));
    return command;
  }

  private String firstError(String otherwise) {
    try {
      return Files.readString(log, StandardCharsets.ISO_8859_1)
          .lines()
          .filter(each -> each.startsWith("E:") || each.contains("error:"))
          .findFirst()
          .orElse(otherwise);
    } catch (IOException e) {
      return otherwise;
    }
  }
}
