package trapline.cli;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import trapline.testing.Command;
import trapline.testing.Tools;

/// A machine of its own with the kernel of a package, in emulation, on which Trapline and a Java
/// runtime are installed: what needs a kernel that may be traced is tried there.
///
/// In the machine, `trapline` is the command, and what a script writes to `/out` comes back.
final class LiveGuest {
  private static final Pattern LIBRARY = Pattern.compile("(/\\S+) \\(0x");
  private static final Pattern NEEDED =
      Pattern.compile(
          "/(core|linux|engine|app|picocli)/target/classes/?$"
              + "|/(trapline-(core|linux|engine|picocli)|picocli|jackson-core|progressbar|jline|xz)-[^/]*$");
  private static final long MINUTES = 30;

  private final Path folder;
  private final Path root;
  private final Path kernel;

  /// @param folder where everything is laid
  /// @param deb the kernel's package
  LiveGuest(Path folder, Path deb) throws IOException {
    Tools.require("cpio");
    this.folder = folder;
    root = Files.createDirectory(folder.resolve("root"));
    Command unpacked =
        Command.runIn(
            folder,
            List.of(
                "bash",
                "-c",
                "set -o pipefail; dpkg-deb --fsys-tarfile \"$1\" | tar -x --wildcards"
                    + " '*/vmlinuz*' && mv $(find boot usr -name 'vmlinuz*' -type f) vmlinuz",
                "bash",
                deb.toString()));
    Tools.requireHost(unpacked.status() == 0, "dpkg-deb, for " + deb);
    kernel = folder.resolve("vmlinuz");
    addTools();
    addJava();
    addTrapline();
  }

  private void addTools() throws IOException {
    for (String name : List.of("bin", "out", "proc", "sys", "dev", "tmp", "root")) {
      Files.createDirectory(root.resolve(name));
    }
    Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
  }

  private void addJava() throws IOException {
    Path home = Path.of(System.getProperty("java.home"));
    Path java = root.resolve("jdk");
    Command linked =
        Command.runIn(
            folder,
            List.of(
                home.resolve("bin/jlink").toString(),
                "--add-modules=java.base,java.logging,java.management,jdk.unsupported,jdk.zipfs",
                "--strip-debug",
                "--no-man-pages",
                "--no-header-files",
                "--generate-cds-archive",
                "--output=" + java));
    Tools.requireHost(linked.status() == 0, "a JDK whose jlink can make a runtime");
    for (String each :
        List.of("bin/java", "lib/libjli.so", "lib/libnio.so", "lib/server/libjvm.so")) {
      addLibraries(java.resolve(each));
    }
  }

  private void addTrapline() throws IOException {
    Path classes = Files.createDirectory(root.resolve("classes"));
    List<String> path = new ArrayList<>();
    for (String each : classPath()) {
      Path from = Path.of(each);
      if (each.endsWith(".jar")) {
        Files.copy(from, classes.resolve(from.getFileName()));
        path.add("/classes/" + from.getFileName());
      } else if (Files.isDirectory(from)) {
        String name = Integer.toString(path.size());
        copy(from, classes.resolve(name));
        path.add("/classes/" + name);
      }
    }
    script(
        "bin/trapline",
        "exec /jdk/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData"
            + " --enable-native-access=ALL-UNNAMED -cp "
            + String.join(":", path)
            + " trapline.cli.Main \"$@\"");
  }

  /// What the program needs of the tests' class path.
  private static List<String> classPath() {
    String path = System.getProperty("surefire.test.class.path");
    if (path == null) {
      path = Objects.requireNonNull(System.getProperty("java.class.path"));
    }
    List<String> needed = new ArrayList<>();
    for (String each : path.split(":")) {
      if (NEEDED.matcher(each).find()) {
        needed.add(each);
      }
    }
    return needed;
  }

  /// Adds a program under `/bin`, with the libraries that it is linked with, and its source file
  /// where the program says that it is.
  void addProgram(Path program) throws IOException {
    Files.copy(program, root.resolve("bin").resolve(program.getFileName()));
    addLibraries(program);
    add(program.resolveSibling(program.getFileName() + ".c"));
  }

  private void add(Path file) throws IOException {
    Path to = root.resolve(Path.of("/").relativize(file));
    if (!Files.exists(to)) {
      Files.createDirectories(Objects.requireNonNull(to.getParent()));
      Files.copy(file, to);
    }
  }

  private void addLibraries(Path program) throws IOException {
    Matcher library = LIBRARY.matcher(Command.run("ldd", program.toString()).out());
    while (library.find()) {
      Path from = Path.of(library.group(1));
      if (!from.startsWith(root)) { // the runtime's own are there
        add(from);
      }
    }
  }

  /// Boots the machine, and runs a script as root to its end.
  ///
  /// @return the directory that holds what the script left in `/out`
  Path run(String script) throws IOException {
    script("script", script);
    script(
        "init",
        """
        /bin/busybox mkdir -p /sbin /usr/bin /usr/sbin
        /bin/busybox --install -s
        export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/root LC_ALL=C.UTF-8
        mount -t proc proc /proc
        mount -t sysfs sysfs /sys
        mount -t devtmpfs devtmpfs /dev
        mount -t tracefs tracefs /sys/kernel/tracing
        ip link set lo up
        cd /root
        /script >/out/script.log 2>&1
        stty -F /dev/ttyS1 raw
        tar -c -C /out . >/dev/ttyS1
        poweroff -f
        """);
    Path initrd = folder.resolve("initrd");
    Command packed =
        Command.runIn(
            root,
            List.of(
                "bash",
                "-c",
                "set -o pipefail; find . | cpio -o -H newc --quiet >\"$1\"",
                "bash",
                initrd.toString()));
    if (packed.status() != 0) {
      throw new IOException("cpio: " + packed.err());
    }
    Path tar = folder.resolve("out.tar");
    Path console = folder.resolve("console");
    boot(initrd, console, tar);
    Path out = Files.createDirectory(folder.resolve("out"));
    if (Command.run("tar", "-x", "-f", tar.toString(), "-C", out.toString()).status() != 0) {
      throw new IOException("the guest did not come to its end:\n" + Files.readString(console));
    }
    return out;
  }

  private void boot(Path initrd, Path console, Path out) throws IOException {
    Process machine =
        new ProcessBuilder(
                "qemu-system-x86_64",
                "-accel",
                "tcg",
                "-m",
                "2000",
                "-smp",
                "1",
                "-kernel",
                kernel.toString(),
                "-initrd",
                initrd.toString(),
                "-append",
                "console=ttyS0 quiet panic=-1 mitigations=off",
                "-display",
                "none",
                "-no-reboot",
                "-nodefaults",
                "-serial",
                "file:" + console,
                "-serial",
                "file:" + out)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("qemu.log").toFile())
            .start();
    try {
      if (!machine.waitFor(MINUTES, TimeUnit.MINUTES)) {
        throw new IOException("the guest hangs:\n" + Files.readString(console));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      machine.destroyForcibly();
    }
  }

  private void script(String name, String text) throws IOException {
    Path file = Files.writeString(root.resolve(name), "#!/bin/busybox sh\n" + text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(to.resolve(from.relativize(folder)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
