package trapline.run;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.bytes.ByteText;
import trapline.bytes.Bytes;
import trapline.elf.ElfFile;
import trapline.elf.ElfIdentity;
import trapline.elf.Segment;
import trapline.libc.CCompiler;
import trapline.libc.Libc;
import trapline.libc.LibcFailure;
import trapline.libc.LibcFit;
import trapline.libc.LibcFlags;
import trapline.libc.LoaderRun;
import trapline.linux.files.FileErrors;
import trapline.linux.files.TemporaryDirectory;
import trapline.linux.objects.ObjectFiles;
import trapline.linux.proc.FileNames;
import trapline.model.MalformedBinary;
import trapline.model.Unsupported;

/// The program to run: found, compiled when it is C source, and known to be one that can be traced.
public final class ProgramFile implements AutoCloseable {
  private static final int FIRST_BYTES = 4096;

  /// What a compiler's exit status is when SIGHUP, SIGINT or SIGTERM has ended it.
  private static final Set<Integer> INTERRUPTED = Set.of(128 + 1, 128 + 2, 128 + 15);

  private final Path executable;

  /// Its name, for execve(2).
  private final String name;

  private final @Nullable TemporaryDirectory folder;

  /// Runs it on another C library than it was linked for; `null` when nothing has to.
  private final @Nullable LoaderRun through;

  private ProgramFile(
      Path executable,
      String name,
      @Nullable TemporaryDirectory folder,
      @Nullable LoaderRun through) {
    this.executable = executable;
    this.name = name;
    this.folder = folder;
    this.through = through;
  }

  /// The name to hand to execve(2): the program's, or that of the dynamic linker that is to run it.
  public String started() {
    return through == null ? name : through.loader().toString();
  }

  /// The file of that name.
  public Path executable() {
    return through == null ? executable : through.loader();
  }

  /// The program itself.
  public Path file() {
    return executable;
  }

  /// The `argv` to hand to execve(2).
  ///
  /// @param command what the program is to find there
  public List<String> arguments(List<String> command) {
    return through == null ? command : through.command(command);
  }

  /// Finds a program as a shell does, or compiles it.
  ///
  /// @param libc the C library that it is to run on; `null` for the one that it was linked for
  /// @param notices told the compiler's command; what the compiler says goes to standard error
  /// @throws RunException when it cannot be run, with the reason
  public static ProgramFile find(String name, @Nullable Libc libc, Notices notices) {
    try {
      if (name.endsWith(".c") && Files.isRegularFile(FileNames.path(name))) {
        return compile(name, libc, notices);
      }
      String where = name.indexOf('/') >= 0 ? name : inPath(name);
      Path found = FileNames.path(where);
      check(name, found, libc);
      return new ProgramFile(
          found,
          where,
          null,
          libc == null
              ? null
              : new LibcFit(libc, CallerEnvironment.of(System.getenv())).run(name, found));
    } catch (LibcFailure e) {
      throw notStarted(String.valueOf(e.getMessage()));
    } catch (InvalidPathException e) {
      throw notStarted(name + (ByteText.hasBytes(name) ? ": no such file" : ": not a file name"));
    }
  }

  private static String inPath(String name) {
    String refused = null;
    for (String folder : Objects.requireNonNullElse(System.getenv("PATH"), "").split(":")) {
      String candidate = (folder.isEmpty() ? "." : folder) + "/" + name;
      Path file = ByteText.hasBytes(candidate) ? existing(candidate) : Path.of(candidate);
      if (file != null && Files.isRegularFile(file)) {
        if (Files.isExecutable(file)) {
          return candidate;
        }
        refused = candidate;
      }
    }
    if (refused != null) {
      return refused;
    }
    if (name.endsWith(".c")) {
      throw notStarted(name + ": no such file to compile");
    }
    throw notStarted(
        name
            + ": no such program in PATH"
            + (!ByteText.hasBytes(name) && Files.exists(Path.of(name))
                ? "; there is a file of that name here: ./" + name
                : ""));
  }

  private static @Nullable Path existing(String name) {
    try {
      return FileNames.path(name);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static void check(String name, Path file, @Nullable Libc libc) {
    if (!Files.exists(file)) {
      throw notStarted(name + ": no such file" + (name.endsWith(".c") ? " to compile" : ""));
    }
    if (Files.isDirectory(file)) {
      throw notStarted(name + ": a directory, not a program");
    }
    if (!Files.isRegularFile(file)) {
      throw notStarted(name + ": not a regular file");
    }
    if (!Files.isExecutable(file)) {
      throw notStarted(name + ": not executable; chmod +x " + name);
    }
    byte[] start;
    try (InputStream in = Files.newInputStream(file)) {
      start = in.readNBytes(FIRST_BYTES);
    } catch (IOException e) {
      throw notStarted(name + ": cannot be read: " + reason(e));
    }
    ElfIdentity identity = ElfIdentity.of(Bytes.of(name, start));
    switch (identity.kind()) {
      case READABLE -> checkSegments(name, file, libc);
      case SCRIPT -> checkInterpreter(name, start);
      case OTHER_ELF ->
          throw notStarted(
              name
                  + ": "
                  + identity.description()
                  + "; Trapline follows 64-bit programs for x86-64");
      case TRUNCATED_ELF -> throw notStarted(name + ": truncated: " + identity.description());
      case OTHER ->
          throw notStarted(
              start.length == 0
                  ? name + ": an empty file, not a program"
                  : name
                      + ": "
                      + identity.description()
                      + ", and not a script: a script names its interpreter in the first line"
                      + " (#!/bin/sh)");
    }
  }

  /// A damaged program is named as such before the kernel says no more than ENOEXEC.
  private static void checkSegments(String name, Path file, @Nullable Libc libc) {
    try {
      ElfFile elf = new ObjectFiles().open(file).elf();
      long size = elf.bytes().size();
      if (elf.type() == ElfFile.Type.RELOCATABLE || elf.type() == ElfFile.Type.CORE) {
        throw notStarted(
            name
                + ": an ELF file, but not a program: "
                + elf.type().name().toLowerCase(java.util.Locale.ROOT));
      }
      boolean loads = false;
      for (Segment segment : elf.segments()) {
        if (segment.isLoad()) {
          loads = true;
          if (segment.offset() < 0 || segment.offset() + segment.fileSize() > size) {
            throw new MalformedBinary(
                name, segment.offset(), "truncated: a segment ends beyond the file's end");
          }
        }
      }
      if (elf.entry().value() == 0) {
        throw notStarted(name + ": a shared library, not a program: it has no entry point");
      }
      if (!loads) {
        throw notStarted(name + ": an ELF file that loads nothing: not a program");
      }
      String interpreter = elf.interpreter();
      if (libc == null && !interpreter.isEmpty() && !Files.exists(Path.of(interpreter))) {
        throw notStarted(
            name
                + ": needs the dynamic linker "
                + interpreter
                + ", which is not installed; --libc runs it on another C library");
      }
    } catch (MalformedBinary e) {
      throw notStarted("damaged ELF file: " + e.getMessage());
    } catch (Unsupported e) {
      throw notStarted(name + ": " + e.getMessage());
    } catch (IOException e) {
      throw notStarted(name + ": cannot be read: " + reason(e));
    }
  }

  private static void checkInterpreter(String name, byte[] start) {
    String text = new String(start, StandardCharsets.UTF_8);
    int end = text.indexOf('\n');
    String line = text.substring(2, end < 0 ? text.length() : end).strip();
    int space = line.indexOf(' ');
    String interpreter = space < 0 ? line : line.substring(0, space);
    if (interpreter.isEmpty() || !Files.exists(Path.of(interpreter))) {
      throw notStarted(name + ": its interpreter " + interpreter + " does not exist");
    }
  }

  private static ProgramFile compile(String source, @Nullable Libc libc, Notices notices) {
    TemporaryDirectory folder = null;
    try {
      List<String> flags =
          libc == null ? List.of() : LibcFlags.of(libc, new CCompiler(List.of("cc")));
      folder = temporary(source);
      String base = source.substring(source.lastIndexOf('/') + 1, source.length() - 2);
      Path program = folder.directory().file(base.replaceAll("[\\uDC80-\\uDCFF]", "_"));
      List<String> command = new ArrayList<>(List.of("cc", "-g"));
      command.addAll(flags);
      command.addAll(List.of("-o", program.toString(), source));
      notices.command(String.join(" ", command));
      if (ByteText.hasBytes(source)) { // Java would hand it on in other bytes
        folder.directory().write("options", quoted(source));
        Path options = folder.directory().file("options");
        command.set(command.size() - 1, "@" + options);
      }
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectInput(new File("/dev/null"))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.INHERIT);
      builder.environment().put("TMPDIR", folder.path().toString());
      Process compiler = builder.start();
      int status;
      try {
        status = compiler.waitFor();
      } finally {
        compiler.destroyForcibly();
      }
      if (status != 0) {
        folder.close();
        if (INTERRUPTED.contains(status)) {
          throw interrupted(source);
        }
        throw notStarted(source + ": cc failed with exit status " + status);
      }
      return new ProgramFile(program, program.toString(), folder, null);
    } catch (IOException e) {
      if (folder != null) {
        folder.close();
      }
      throw notStarted(
          source + ": cannot be compiled: " + reason(e) + "; a C compiler: apt-get install gcc");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      if (folder != null) {
        folder.close();
      }
      throw interrupted(source);
    }
  }

  /// A name in a file of options of a compiler: its bytes, with what ends a word escaped.
  private static byte[] quoted(String name) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte each : ByteText.encode(name)) {
      if (each >= 0 && !Character.isLetterOrDigit(each)) {
        out.write('\\');
      }
      out.write(each);
    }
    return out.toByteArray();
  }

  private static TemporaryDirectory temporary(String source) {
    try {
      return TemporaryDirectory.make();
    } catch (IOException e) {
      throw notStarted(source + ": there is no place to compile it in: " + FileErrors.line(e));
    }
  }

  private static RunException interrupted(String source) {
    return new RunException(
        RunException.Problem.INTERRUPTED, "interrupted while compiling " + source);
  }

  private static String reason(IOException e) {
    return FileErrors.reason(e);
  }

  private static RunException notStarted(String message) {
    return new RunException(RunException.Problem.NOT_STARTED, message);
  }

  /// Removes what was compiled.
  @Override
  public void close() {
    if (folder != null) {
      folder.close();
    }
  }
}
