package trapline.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import trapline.libc.LibcFailure;
import trapline.libc.LibcRegistry;
import trapline.libc.build.BuildDirectories;
import trapline.libc.build.BuildListener;
import trapline.libc.build.BuildRequest;
import trapline.libc.build.LibcBuild;
import trapline.libc.build.LibcBuildFailure;

/// `trapline libc build`: builds a C library with debug information, its source kept beside it.
final class LibcBuildCommand implements Callable<Integer> {
  private static final int MOST_JOBS = 4096;

  private final TraplineCommand root;
  private final CommandSpec spec;

  LibcBuildCommand(TraplineCommand root) {
    this.root = root;
    this.spec = CommandObjects.spec(this);
    spec.usageMessage().sortOptions(false);
    spec.addOption(
        OptionSpec.builder("--prefix")
            .paramLabel("DIR")
            .type(Path.class)
            .description(
                "Install it under this directory, which must be empty or not exist; without, under"
                    + " $XDG_DATA_HOME/trapline/libc-prefixes or ~/.local/share/trapline/….")
            .build());
    spec.addOption(
        OptionSpec.builder("--sha256")
            .paramLabel("HEX")
            .type(String.class)
            .description(
                "Build only from a tarball with this SHA-256; with a version, from the project's"
                    + " own release. Needed for releases whose hash Trapline does not know.")
            .build());
    spec.addOption(
        OptionSpec.builder("--name")
            .paramLabel("NAME")
            .type(String.class)
            .description("Register it by this name; without, such as glibc-2.36.")
            .build());
    spec.addOption(
        OptionSpec.builder("--cflags")
            .paramLabel("FLAGS")
            .type(String.class)
            .description("Compile with these flags; without, " + BuildRequest.DEFAULT_CFLAGS + ".")
            .build());
    spec.addOption(
        OptionSpec.builder("--jobs")
            .paramLabel("N")
            .type(Integer.class)
            .description("Run so many commands at a time; without, one for each processor.")
            .build());
    spec.addPositional(
        PositionalParamSpec.builder()
            .arity("1")
            .paramLabel("SOURCE")
            .type(String.class)
            .description(
                "The source of glibc or musl: a directory, a .tar.xz, .tar.gz or .tar.bz2, or a"
                    + " version such as glibc-2.36 or musl-1.2.3, which comes from the"
                    + " distribution's source package or else from the project's site.")
            .build());
    TraplineCommand.named(
        spec, "build", "Builds a C library whose debug information and source are at hand.");
  }

  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() {
    ParseResult typed = spec.commandLine().getParseResult();
    int jobs = typed.matchedOptionValue("--jobs", Runtime.getRuntime().availableProcessors());
    if (jobs < 1 || jobs > MOST_JOBS) {
      throw new CommandFailure(
          ExitStatus.USAGE, "--jobs " + jobs + ": from 1 to " + MOST_JOBS + " commands at a time");
    }
    String cflags = typed.matchedOptionValue("--cflags", BuildRequest.DEFAULT_CFLAGS).strip();
    if (cflags.lines().count() > 1) {
      throw new CommandFailure(ExitStatus.USAGE, "--cflags: takes one line");
    }
    String sha256 = typed.matchedOptionValue("--sha256", "").toLowerCase(Locale.ROOT);
    if (!sha256.matches("([0-9a-f]{64})?")) {
      throw new CommandFailure(ExitStatus.USAGE, "--sha256: takes 64 hexadecimal digits");
    }
    @Nullable Path prefix = typed.matchedOptionValue("--prefix", (Path) null);
    BuildRequest request =
        new BuildRequest(
            typed.matchedPositionalValue(0, ""),
            sha256,
            prefix,
            typed.matchedOptionValue("--name", ""),
            cflags,
            jobs);
    try (Interruption interruption = new Interruption()) {
      try {
        return run(request);
      } catch (LibcFailure | LibcBuildFailure e) {
        boolean isEnd =
            e instanceof LibcBuildFailure build
                && build.kind() == LibcBuildFailure.Kind.INTERRUPTED;
        // Ctrl-C reaches the compiler, too, whose end may be noticed first.
        if (isEnd || interruption.comes()) {
          // The virtual machine ends as soon as the interruption is closed.
          root.err()
              .println(
                  "trapline: interrupted; nothing was registered; the same command continues it");
          root.err().flush();
          return ExitStatus.INTERRUPTED;
        }
        throw LibcCommand.failure(e);
      }
    }
  }

  private int run(BuildRequest request) {
    long begun = System.nanoTime();
    LibcRegistry registry = LibcRegistry.of(System.getenv());
    LibcBuild.Built built;
    try (WorkProgress progress = WorkProgress.ofObjects(root.err());
        WorkProgress bytes = WorkProgress.ofBytes(root.err())) {
      BuildListener listener =
          new BuildListener() {
            @Override
            public void say(String line) {
              progress.clear();
              bytes.clear();
              root.err().println("trapline: " + line);
            }

            @Override
            public void at(String what, long done, long total) {
              bytes.clear();
              progress.at(what, done, total);
            }

            @Override
            public void bytes(String what, long done, long total) {
              progress.clear();
              bytes.at(what, done, total);
            }
          };
      built =
          new LibcBuild(BuildDirectories.of(System.getenv()), registry, System.getenv(), listener)
              .run(request);
    }
    long seconds = (System.nanoTime() - begun) / 1_000_000_000;
    for (String line : lines(built, seconds)) {
      root.out().println(line);
    }
    root.out().deliver();
    return ExitStatus.DONE;
  }

  private static List<String> lines(LibcBuild.Built built, long seconds) {
    return List.of(
        built.name()
            + (built.wasThere() ? " was built before" : " built in " + duration(seconds))
            + ": "
            + built.libc().title(),
        "  library  " + built.libc().library(),
        "  loader   " + built.libc().loader(),
        "  source   " + built.source());
  }

  private static String duration(long seconds) {
    return seconds < 120 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
  }
}
