package trapline.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import trapline.elf.ElfFile;
import trapline.linux.files.FileErrors;
import trapline.linux.files.TemporaryDirectory;
import trapline.linux.loader.LibrarySearch;
import trapline.linux.objects.DebugFile;
import trapline.linux.objects.DebugPackages;
import trapline.linux.objects.ObjectFile;
import trapline.linux.objects.ObjectFiles;
import trapline.linux.proc.HostFacts;
import trapline.linux.proc.Maps;
import trapline.linux.proc.ProcessFacts;
import trapline.model.MalformedBinary;
import trapline.model.Unsupported;

/// `--install-debuginfo`: before a run, installs the Debian packages with the debug information
/// that a program and its libraries lack here. What cannot be installed is told, and the run goes
/// on.
final class DebugInstall {
  private static final String OPTION = "--install-debuginfo";
  private static final long LONGEST = 1 << 20;

  private final ObjectFiles objects;
  private final PrintStream err;

  private DebugInstall(List<Path> debugDirectories, PrintStream err) {
    this.objects = new ObjectFiles(debugDirectories);
    this.err = err;
  }

  static OptionSpec spec() {
    return TraplineCommand.flag(
        OPTION, "As root: first install the packages with debug information that is missing.");
  }

  /// For a program that is to be started, when the option was given.
  static void before(ParseResult typed, Path program, PrintStream err) {
    if (RenamedOptions.has(typed, OPTION)) {
      DebugInstall install = new DebugInstall(directories(typed), err);
      install.run(install.files(program));
    }
  }

  /// For a process that runs already, when the option was given.
  static void before(ParseResult typed, int process, PrintStream err) {
    if (RenamedOptions.has(typed, OPTION)) {
      Set<Path> files = new LinkedHashSet<>();
      for (Maps.Mapping each : Maps.of(ProcessFacts.livingThread(process)).mappings()) {
        if (each.isFile() && each.isExecutable()) {
          files.add(Path.of(each.path()));
        }
      }
      new DebugInstall(directories(typed), err).run(files);
    }
  }

  private static List<Path> directories(ParseResult typed) {
    return typed.matchedOptionValue("--debug-dir", List.<Path>of());
  }

  /// The program and what its dynamic linker loads for it.
  private Set<Path> files(Path program) {
    Set<Path> files = new LinkedHashSet<>();
    try {
      ElfFile elf = objects.open(program).elf();
      files.add(program.toAbsolutePath());
      Path loader = Path.of(elf.interpreter());
      if (!elf.interpreter().isEmpty()) {
        files.addAll(new LibrarySearch(loader, Map.of()).of(program).files().values());
      }
    } catch (IOException | MalformedBinary | Unsupported e) {
      err.println("trapline: " + OPTION + ": " + program + " is not an ELF file; name the program");
    }
    return files;
  }

  private void run(Set<Path> files) {
    Set<String> wanted = new LinkedHashSet<>();
    StringJoiner without = new StringJoiner(", ");
    for (Path file : files) {
      try {
        ObjectFile object = objects.open(file);
        String name =
            objects.debugFile(object) instanceof DebugFile.Missing
                ? DebugPackages.nameFor(object)
                : null;
        if (name != null && (wanted.contains(name) || isKnown(name))) {
          wanted.add(name);
        } else if (name != null) {
          without.add(name);
        }
      } catch (IOException | MalformedBinary | Unsupported e) {
        // The run says what is wrong with it, when it matters.
      }
    }
    if (without.length() > 0) {
      err.println(
          "trapline: "
              + OPTION
              + ": the machine's package sources have no "
              + without
              + "; those of Debian are in the archive debian-debug");
    }
    if (!wanted.isEmpty()) {
      install(List.copyOf(wanted));
    }
  }

  private static boolean isKnown(String name) {
    return Answer.of(List.of("apt-cache", "show", "--no-all-versions", name)).status() == 0;
  }

  private void install(List<String> names) {
    String list = String.join(" ", names);
    if (HostFacts.look().userId() != 0) {
      err.println("trapline: " + OPTION + " needs root; by hand: apt-get install " + list);
      return;
    }
    List<String> command =
        new ArrayList<>(List.of("apt-get", "-q", "install", "-y", "--no-install-recommends"));
    command.addAll(names);
    Answer answer;
    try (WorkProgress progress = WorkProgress.ofBytes(err)) {
      progress.at("installing " + list, 0, 0);
      answer = Answer.of(command);
    }
    err.println(
        answer.status() == 0
            ? "trapline: installed " + list
            : "trapline: " + OPTION + ": " + list + " cannot be installed: " + answer.reason());
  }

  /// What a package tool answered.
  private record Answer(int status, String text) {
    static Answer of(List<String> command) {
      try {
        try (TemporaryDirectory temporary = TemporaryDirectory.make()) {
          Path said = temporary.directory().empty("said");
          ProcessBuilder builder =
              new ProcessBuilder(command)
                  .redirectInput(Path.of("/dev/null").toFile())
                  .redirectErrorStream(true)
                  .redirectOutput(said.toFile());
          builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
          builder.environment().put("LC_ALL", "C");
          Process process = builder.start();
          try (var in = Files.newInputStream(said)) {
            int status = process.waitFor();
            byte[] text = in.readNBytes((int) LONGEST);
            return new Answer(status, new String(text, StandardCharsets.ISO_8859_1));
          } finally {
            process.destroy();
          }
        }
      } catch (IOException e) {
        return new Answer(1, "E: " + FileErrors.line(e));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CommandFailure(ExitStatus.INTERRUPTED, "interrupted");
      }
    }

    String reason() {
      return text.lines()
          .filter(line -> line.startsWith("E:"))
          .findFirst()
          .map(line -> line.substring(2).strip())
          .orElse("exit status " + status);
    }
  }
}
