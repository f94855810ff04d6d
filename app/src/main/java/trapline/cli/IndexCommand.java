package trapline.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import trapline.index.CachedIndex;
import trapline.index.IndexCache;
import trapline.index.SourceStamp;
import trapline.kernel.Gap;
import trapline.kernel.KernelIndex;
import trapline.kernel.KernelSource;
import trapline.kernel.source.IndexOptions;
import trapline.kernel.source.KernelIndexer;
import trapline.kernel.source.TarballSource;
import trapline.linux.files.FileErrors;
import trapline.linux.files.WholeFile;
import trapline.model.MalformedBinary;
import trapline.run.KernelChoice;
import trapline.run.RunException;

/// `trapline index`: reads a kernel's source and writes its index.
final class IndexCommand implements Callable<Integer> {
  private static final int MAX_GAPS = 20;

  private final TraplineCommand root;
  private final CommandSpec spec;

  IndexCommand(TraplineCommand root) {
    this.root = root;
    this.spec = CommandObjects.spec(this);
    spec.usageMessage().sortOptions(false);
    spec.addOption(
        OptionSpec.builder("-o", "--output")
            .paramLabel("FILE")
            .type(Path.class)
            .description("Write the index to this file in place of the cache.")
            .build());
    spec.addOption(
        TraplineCommand.flag("--force", "Overwrite FILE even when it is no index file."));
    spec.addOption(
        TraplineCommand.flag("--no-functions", "Leave the kernel's functions out: a small index."));
    spec.addPositional(
        PositionalParamSpec.builder()
            .arity("0..*")
            .paramLabel("TREE|TARBALL")
            .type(List.class)
            .auxiliaryTypes(Path.class)
            .description(
                "An unpacked kernel tree, a .tar.xz, .tar.gz or .tar of one, or - for a tarball"
                    + " from standard input.")
            .build());
    TraplineCommand.named(
        spec, "index", "Indexes a kernel's source, so that its facts can be looked up at once.");
  }

  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() {
    ParseResult typed = spec.commandLine().getParseResult();
    List<Path> places = typed.matchedPositionalValue(0, List.<Path>of());
    if (places.size() != 1) {
      throw new CommandFailure(
          ExitStatus.USAGE, "index takes one kernel tree or tarball, not " + places.size());
    }
    Path place = places.getFirst();
    @Nullable Path output = typed.matchedOptionValue("-o", (Path) null);
    boolean standardInput = place.toString().equals("-");
    if (!standardInput && !Files.exists(place)) {
      throw bad(place + ": no such file or directory");
    }
    boolean stream = standardInput || (!Files.isDirectory(place) && !Files.isRegularFile(place));
    if (standardInput && Terminal.isTerminal(0)) {
      throw new CommandFailure(
          ExitStatus.USAGE, "-: standard input is a terminal; pipe a tarball into it");
    }
    if (stream && output == null) {
      throw new CommandFailure(
          ExitStatus.USAGE,
          place + ": what comes through a pipe is not cached; name a file with -o");
    }
    if (output != null) {
      checkOutput(output, place, typed.hasMatchedOption("--force"));
    }
    try (Interruption interruption = new Interruption()) {
      try {
        boolean functions = !typed.hasMatchedOption("--no-functions");
        return stream
            ? fromStream(place, standardInput, output, functions, interruption)
            : run(KernelChoice.source(place), place, output, functions, interruption);
      } catch (CommandFailure | RunException | IOException | MalformedBinary e) {
        if (interruption.came()) {
          // The virtual machine ends as soon as the interruption is closed.
          root.err().println("trapline: interrupted");
          return ExitStatus.INTERRUPTED;
        }
        throw failure(place, e);
      }
    }
  }

  private static CommandFailure failure(Path place, Exception failure) {
    String name = place.toString().equals("-") ? "standard input" : place.toString();
    return switch (failure) {
      case CommandFailure known -> known;
      case MalformedBinary e -> bad(name + ": " + KernelChoice.reason(e));
      case AccessDeniedException e -> bad(name + ": no permission to read it");
      case IOException e -> bad(name + ": cannot be read: " + FileErrors.reason(e));
      default -> bad(name + ": cannot be read: " + failure.getMessage());
    };
  }

  private static CommandFailure bad(String line) {
    return new CommandFailure(ExitStatus.BAD_FILE, line);
  }

  private static void checkOutput(Path output, Path source, boolean force) {
    String name = "-o " + output;
    Path directory = output.toAbsolutePath().getParent();
    if (Files.isDirectory(output)) {
      throw bad(name + ": a directory; name a file in it");
    }
    if (directory == null || !Files.isDirectory(directory)) {
      throw bad(name + ": there is no directory " + directory);
    }
    if (!Files.isWritable(directory)) {
      throw bad(name + ": no permission to write in " + directory);
    }
    if (Files.exists(output)) {
      try {
        if (Files.exists(source) && Files.isSameFile(output, source)) {
          throw bad(name + ": that is the source itself");
        }
        if (!Files.isRegularFile(output)) {
          throw bad(name + ": not a regular file");
        }
        if (!force && Files.size(output) > 0 && !CachedIndex.isIndex(output)) {
          throw bad(name + ": exists and is not an index file; --force overwrites it");
        }
      } catch (IOException e) {
        throw bad(name + ": cannot be looked at: " + FileErrors.reason(e));
      }
    }
  }

  private int fromStream(
      Path place,
      boolean standardInput,
      @Nullable Path output,
      boolean functions,
      Interruption interruption)
      throws IOException {
    try (FileInputStream in =
            standardInput
                ? new FileInputStream(FileDescriptor.in)
                : new FileInputStream(place.toFile());
        FileChannel channel = in.getChannel()) {
      String name = standardInput ? "standard input" : place.toString();
      return run(new TarballSource(name, channel), place, output, functions, interruption);
    }
  }

  private int run(
      KernelSource source,
      Path place,
      @Nullable Path output,
      boolean functions,
      Interruption interruption)
      throws IOException {
    PrintStream err = root.err();
    long begun = System.nanoTime();
    boolean lasting = output == null;
    SourceStamp stamp = lasting ? SourceStamp.of(place) : null;
    KernelIndex index;
    try (IndexProgress progress = new IndexProgress(source.origin(), err)) {
      index = KernelIndexer.index(source, new IndexOptions("", "", functions), progress);
    } catch (MalformedBinary e) {
      List<Gap> unread = source.gaps();
      if (unread.isEmpty()) {
        throw e;
      }
      throw new MalformedBinary(
          e.file(), e.offset(), e.what() + "; not read was " + line(unread.getFirst()));
    }
    if (stamp != null && stamp.readAt() == 0 && !stamp.isCurrent()) {
      throw bad(place + ": changed while it was read; index it again");
    }
    if (interruption.came()) {
      throw new CommandFailure(ExitStatus.INTERRUPTED, "interrupted");
    }
    byte[] bytes = index.write();
    String written;
    if (output != null) {
      write(output, bytes);
      written = output.toString();
    } else if (stamp != null) {
      written = kept(index, stamp);
    } else {
      throw new IllegalStateException("neither a file nor a cache to write to");
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    List<Gap> gaps = gaps(index, source);
    root.out()
        .print(
            new IndexSummary(index, source.origin(), source.sha256())
                .text(written, bytes.length, seconds, gaps.size()));
    root.out().deliver();
    tell(gaps, err);
    return ExitStatus.DONE;
  }

  private String kept(KernelIndex index, SourceStamp stamp) {
    try {
      return IndexCache.of(System.getenv(), new TerminalNotices(root.err())::say)
          .write(index, stamp)
          .toString();
    } catch (IOException e) {
      throw bad("the index was not kept (-o names a file for it): " + FileErrors.line(e));
    }
  }

  private static void write(Path output, byte[] bytes) {
    try {
      WholeFile.writeNamed(output, bytes);
    } catch (IOException e) {
      throw bad(
          String.format(Locale.ROOT, "-o %s: cannot be written: %s", output, FileErrors.reason(e)));
    }
  }

  private static List<Gap> gaps(KernelIndex index, KernelSource source) {
    List<Gap> gaps = new ArrayList<>(index.gaps());
    for (Gap gap : source.gaps()) {
      if (!gaps.contains(gap)) {
        gaps.add(gap);
      }
    }
    return gaps;
  }

  private static String line(Gap gap) {
    return gap.place() + ": " + gap.reason();
  }

  private static void tell(List<Gap> gaps, PrintStream err) {
    for (Gap gap : gaps.subList(0, Math.min(MAX_GAPS, gaps.size()))) {
      err.println("trapline: could not be indexed: " + line(gap));
    }
    if (gaps.size() > MAX_GAPS) {
      err.println("trapline: and " + (gaps.size() - MAX_GAPS) + " more");
    }
  }
}
