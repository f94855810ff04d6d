package trapline.linux.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Command;
import trapline.testing.Tools;

/// What is found by reading is what the dynamic linker says when it is run.
@Tag("host")
class LibrarySearchTest {
  private static final Path GLIBC = Path.of("/lib64/ld-linux-x86-64.so.2");
  private static final Path MUSL = Path.of("/lib/ld-musl-x86_64.so.1");

  @TempDir private static Path folder;

  @BeforeAll
  static void tools() {
    Tools.require("gcc");
    assumeTrue(Files.exists(GLIBC), "missing on this host: a glibc for x86-64");
  }

  /// As the dynamic linker lists them, without itself and the vDSO: those that are found, and
  /// those that are not, with nothing behind their names.
  private static Map<String, String> listed(
      Path loader, Path program, Map<String, String> environment) {
    return listed(List.of(), loader, program, environment);
  }

  /// @param within the words of a command that runs another one
  private static Map<String, String> listed(
      List<String> within, Path loader, Path program, Map<String, String> environment) {
    List<String> command = new ArrayList<>(within);
    command.addAll(List.of("env", "-i", "LC_ALL=C", "LD_TRACE_LOADED_OBJECTS=1"));
    environment.forEach((name, value) -> command.add(name + "=" + value));
    command.add(loader.toString());
    if (loader.equals(MUSL)) {
      command.add("--list");
    }
    command.add(program.toString());
    Command answer = Command.runIn(folder, command);
    Map<String, String> all = new TreeMap<>();
    for (String line : (answer.out() + answer.err()).lines().toList()) {
      String text = line.strip();
      int arrow = text.indexOf(" => ");
      int end = text.lastIndexOf(" (0x");
      String musl = "Error loading shared library ";
      if (text.startsWith(musl)) {
        all.put(text.substring(musl.length(), text.indexOf(": No such")), "");
      } else if (arrow > 0 && text.contains("not found")) {
        all.put(text.substring(0, arrow), "");
      } else if (end > 0 && text.contains("/")) {
        String path = text.substring(arrow < 0 ? 0 : arrow + 4, end);
        String name = arrow < 0 ? path : text.substring(0, arrow);
        all.put(name.substring(name.lastIndexOf('/') + 1), path);
      }
    }
    all.keySet().removeIf(each -> each.startsWith("ld-linux") || each.startsWith("ld-musl"));
    return all;
  }

  private static Map<String, String> found(
      Path loader, Path program, Map<String, String> environment) throws IOException {
    return found(new LibrarySearch(loader, environment), program);
  }

  private static Map<String, String> found(LibrarySearch search, Path program) throws IOException {
    LibrarySearch.Found found = search.of(program);
    Map<String, String> all = new TreeMap<>();
    found.files().forEach((name, path) -> all.put(name, path.toString()));
    found.absent().keySet().forEach(name -> all.put(name, ""));
    all.keySet().removeIf(each -> each.startsWith("ld-linux") || each.startsWith("ld-musl"));
    return all;
  }

  private static void agree(Path loader, Path program, Map<String, String> environment)
      throws IOException {
    assertThat(found(loader, program, environment))
        .as(program + " " + environment)
        .isEqualTo(listed(loader, program, environment));
  }

  private static Path build(String name, String source, String... options) throws IOException {
    return buildWith("gcc", name, source, options);
  }

  private static Path buildWith(String compiler, String name, String source, String... options)
      throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Path text = folder.resolve(name.replace('/', '_') + ".c");
    Files.writeString(text, source);
    List<String> command = new ArrayList<>(List.of(compiler, "-o", file.toString()));
    command.add(text.toString());
    command.addAll(List.of(options));
    Command.runIn(folder, command).orFail();
    return file;
  }

  private static Path library(String name, String source, String... options) throws IOException {
    List<String> all =
        new ArrayList<>(List.of("-shared", "-fPIC", "-Wl,-soname," + Path.of(name).getFileName()));
    all.addAll(List.of(options));
    return build(name, source, all.toArray(String[]::new));
  }

  /// All programs of this machine that are linked dynamically; 60 of them.
  @Test
  void programsOfThisMachine() throws IOException {
    List<Path> programs;
    try (Stream<Path> all = Files.list(Path.of("/usr/bin"))) {
      programs = all.filter(Files::isRegularFile).filter(Files::isReadable).sorted().toList();
    }
    programs = programs.stream().filter(each -> !Files.isSymbolicLink(each)).toList();
    int step = Math.max(1, programs.size() / 60);
    int compared = 0;
    for (int i = 0; i < programs.size(); i += step) {
      String interpreter;
      try {
        interpreter = LoaderFile.elf(programs.get(i)).interpreter();
      } catch (trapline.model.MalformedBinary | trapline.model.Unsupported e) {
        continue;
      }
      if (interpreter.equals(GLIBC.toString())) {
        agree(GLIBC, programs.get(i), Map.of());
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(10);
  }

  /// Paths in the program and its libraries, of both kinds, and the caller's.
  @Test
  void foldersOfProgramsLibrariesAndCallers() throws IOException {
    Path deep = library("deep/libdeep.so", "int deep(void){return 1;}");
    Path other = library("other/libdeep.so", "int deep(void){return 2;}");
    String middle = "int deep(void);int middle(void){return deep();}";
    String main = "int middle(void);int main(void){return middle();}";
    Path plain = library("plain/libmiddle.so", middle, deep.toString());
    Path own =
        library(
            "own/libmiddle.so",
            middle,
            deep.toString(),
            "-Wl,--enable-new-dtags,-rpath,$ORIGIN/../deep");
    Path old =
        library(
            "old/libmiddle.so",
            middle,
            deep.toString(),
            "-Wl,--disable-new-dtags,-rpath,${ORIGIN}/../deep");
    String origins = "$ORIGIN/none:$ORIGIN/plain:$ORIGIN/deep";
    List<Path> programs = new ArrayList<>();
    for (Path each : List.of(plain, own, old)) {
      String kind = each.getParent().getFileName().toString();
      String paths = "$ORIGIN/" + kind + ":$ORIGIN/other";
      String link = each.toString();
      String more = "-Wl,--allow-shlib-undefined";
      programs.add(build("none-" + kind, main, link, more));
      programs.add(
          build("rpath-" + kind, main, link, more, "-Wl,--disable-new-dtags,-rpath," + paths));
      programs.add(
          build("runpath-" + kind, main, link, more, "-Wl,--enable-new-dtags,-rpath," + paths));
    }
    programs.add(
        build(
            "tokens",
            main,
            plain.toString(),
            "-Wl,--allow-shlib-undefined",
            "-Wl,-rpath,$ORIGIN/$LIB:/${LIB}/none:$ORIGIN/$PLATFORM:$NOTHING/x:" + origins));
    programs.add(
        build(
            "nodefault",
            main,
            plain.toString(),
            "-Wl,--allow-shlib-undefined",
            "-Wl,-z,nodefaultlib,-rpath," + origins));
    Path byPath = library("path/libpath.so", "int middle(void){return 3;}", "-Wl,-soname,");
    programs.add(build("bypath", main, byPath.toString()));
    for (String kind : List.of("lib/x86_64-linux-gnu", "lib64", "haswell", "x86_64")) {
      Path copy = folder.resolve(kind).resolve("libmiddle.so");
      Files.createDirectories(copy.getParent());
      Files.copy(own, copy);
    }
    Files.copy(other, folder.resolve("lib64/libdeep.so"));
    for (Path program : programs) {
      agree(GLIBC, program, Map.of());
      agree(GLIBC, program, Map.of("LD_LIBRARY_PATH", folder + "/other:" + folder + "/own"));
      agree(GLIBC, program, Map.of("LD_LIBRARY_PATH", folder + "/plain;" + folder + "/deep"));
      agree(GLIBC, program, Map.of("LD_PRELOAD", other + " libm.so.6"));
    }
  }

  /// Folders for processors, and files in the way that are no libraries of this machine.
  @Test
  void subfoldersForProcessors() throws IOException {
    Path library = library("hw/libhw.so", "int hw(void){return 1;}");
    for (String level : List.of("x86-64-v2", "x86-64-v3", "x86-64-v4", "x86-64-v9")) {
      Path copy = folder.resolve("hw/glibc-hwcaps/" + level + "/libhw.so");
      Files.createDirectories(copy.getParent());
      Files.copy(library, copy);
    }
    Path thirtyTwo = folder.resolve("hw/32");
    Files.createDirectories(thirtyTwo);
    byte[] other = Files.readAllBytes(library);
    other[4] = 1; // ELFCLASS32
    Files.write(thirtyTwo.resolve("libhw.so"), other);
    Path program = build("hwuser", "int hw(void);int main(void){return hw();}", library.toString());
    String hw = folder + "/hw";
    for (String path : List.of(hw, hw + "/32:" + hw, hw + "/32")) {
      agree(GLIBC, program, Map.of("LD_LIBRARY_PATH", path));
    }
  }

  /// The directories that glibc had before 2.37, each choice of names in its turn.
  @Test
  void subdirectoriesOfOlderVersions() throws IOException {
    Path library = library("old-hw/libold.so", "int old(void){return 1;}");
    String main = "int old(void);int main(void){return old();}";
    Path program = build("olduser", main, library.toString());
    List<Path> copies = new ArrayList<>();
    List<String> names = List.of("tls", "haswell", "avx512_1", "x86_64", "sse2", "xeon_phi");
    for (int choice = 1; choice < 1 << names.size(); choice++) {
      Path copy = folder.resolve("old-hw");
      for (int i = 0; i < names.size(); i++) {
        copy = (choice >> i & 1) == 0 ? copy : copy.resolve(names.get(i));
      }
      Files.createDirectories(copy);
      copies.add(Files.copy(library, copy.resolve("libold.so")));
    }
    Map<String, String> environment = Map.of("LD_LIBRARY_PATH", folder + "/old-hw");
    for (Path best = null; !library.equals(best); Files.delete(best)) {
      agree(GLIBC, program, environment);
      best = Path.of(found(GLIBC, program, environment).get("libold.so"));
      copies.remove(best);
    }
    assertThat(copies).allMatch(each -> each.toString().matches(".*/(sse2|xeon_phi)/.*"));
  }

  /// Which of the names a processor has, and what an older and a newer version make of them.
  @Test
  void namesOfProcessors() {
    Set<String> haswell = Set.of("avx2", "bmi1", "bmi2", "abm", "fma", "movbe", "popcnt");
    Set<String> skylake = new HashSet<>(haswell);
    skylake.addAll(List.of("avx512cd", "avx512bw", "avx512dq", "avx512vl"));
    Set<String> phi = Set.of("avx512cd", "avx512er", "avx512pf");
    assertThat(new Processor(haswell, true).platform()).isEqualTo("haswell");
    assertThat(new Processor(haswell, false).platform()).isEmpty();
    assertThat(new Processor(phi, true).platform()).isEqualTo("xeon_phi");
    assertThat(new Processor(skylake, true).hasFirstAvx512()).isTrue();
    assertThat(new Processor(skylake, false).hasFirstAvx512()).isFalse();
    assertThat(new Processor(phi, true).hasFirstAvx512()).isFalse();
    assertThat(new LegacyCapabilities("haswell", false, true).subdirectories())
        .containsExactly(
            "tls/haswell/x86_64",
            "tls/haswell",
            "tls/x86_64",
            "tls",
            "haswell/x86_64",
            "haswell",
            "x86_64");
    assertThat(LegacyCapabilities.NONE.subdirectories()).isEmpty();
    assertThat(LegacyCapabilities.NONE.meets(2)).isFalse();
  }

  /// A library that stands for another: what it stands for is loaded next, and asked first.
  @Test
  void filters() throws IOException {
    library("f1/libdeep.so", "int deep(void){return 1;}");
    library("f2/libdeep.so", "int deep(void){return 2;}");
    String uses = "int deep(void);int f(void){return deep();}";
    String runpath = "-Wl,--enable-new-dtags,--allow-shlib-undefined,-rpath,";
    String link = "-Wl,--no-as-needed," + folder + "/f1/libdeep.so";
    library("f/libfiltee.so", uses, link, runpath + "$ORIGIN/../f1");
    library("f/libother.so", uses.replace("f(", "g("), link, runpath + "$ORIGIN/../f2");
    String all = runpath + "$ORIGIN/f:$ORIGIN";
    int number = 0;
    for (String filter : List.of("-F,libfiltee.so", "-f,libfiltee.so", "-f,libnone.so")) {
      for (boolean first : new boolean[] {true, false}) {
        String name = "libfilter" + number++ + ".so";
        Path library = library("f/" + name, "int h(void){return 3;}", "-Wl," + filter, all);
        List<String> options = new ArrayList<>(List.of("-Wl,--no-as-needed"));
        options.add(folder + "/f/libother.so");
        options.add(first ? 1 : options.size(), library.toString());
        options.add(all);
        Path user = build("user" + number, "int main(void){}", options.toArray(String[]::new));
        Map<String, String> listed = listed(GLIBC, user, Map.of());
        listed.remove("libnone.so"); // a list has it, a run does without
        assertThat(found(GLIBC, user, Map.of())).as(filter + first).isEqualTo(listed);
      }
    }
    Path origin =
        library("f/libtokens.so", "int h(void){return 3;}", "-Wl,-F,$ORIGIN/../f2/libdeep.so");
    String[] options = {"-Wl,--no-as-needed", origin.toString(), folder + "/f/libfiltee.so", all};
    agree(GLIBC, build("tokenuser", "int main(void){}", options), Map.of());
  }

  /// What `/etc` has for every program: libraries to load before all others, and a cache with
  /// directories for processors.
  @Test
  void filesBelowEtc() throws IOException {
    Tools.require("unshare", "ldconfig");
    Tools.requireHost(
        Command.run("unshare", "-rm", "true").status() == 0,
        "leave to mount in a namespace of one's own (unshare -rm)");
    Path etc = Files.createDirectories(folder.resolve("etc"));
    Path first = library("pre/libfirst.so", "int first(void){return 1;}");
    Path second = library("pre/libsecond.so", "int second(void){return 1;}");
    Path cached = library("cached/libcached.so", "int cached(void){return 1;}");
    String main = "int cached(void);int main(void){return cached();}";
    Path program = build("etcuser", main, cached.toString());
    for (String each : List.of("tls", "haswell", "x86_64", "glibc-hwcaps/x86-64-v2", "xeon_phi")) {
      Path copy = folder.resolve("cached").resolve(each).resolve("libcached.so");
      Files.createDirectories(copy.getParent());
      Files.copy(cached, copy);
    }
    Path conf = Files.writeString(folder.resolve("ld.conf"), cached.getParent() + "\n");
    String mount = "mount --bind " + etc + " /etc && exec \"$@\"";
    List<String> within = List.of("unshare", "-rm", "sh", "-c", mount, "sh");
    String preloads = first + " # " + second + "\n\t" + second + ":/none\nlibm.so.6";
    for (String gone : List.of("none", "glibc-hwcaps/x86-64-v2", "tls", "haswell", "x86_64")) {
      Files.writeString(etc.resolve("ld.so.preload"), gone.equals("tls") ? preloads : "#" + first);
      Files.deleteIfExists(folder.resolve("cached").resolve(gone).resolve("libcached.so"));
      Command.run("ldconfig", "-X", "-C", etc + "/ld.so.cache", "-f", conf.toString()).orFail();
      assertThat(found(new LibrarySearch(GLIBC, Map.of(), etc), program))
          .as("without " + gone)
          .isEqualTo(listed(within, GLIBC, program, Map.of()));
    }
  }

  @Test
  void programsForMusl() throws IOException {
    Tools.require("musl-gcc");
    assumeTrue(Files.exists(MUSL), "missing on this host: musl's dynamic linker");
    Path deep = folder.resolve("mdeep/libmdeep.so");
    buildWith("musl-gcc", "mdeep/libmdeep.so", "int d(void){return 1;}", "-shared", "-fPIC");
    Path middle =
        buildWith(
            "musl-gcc",
            "mmiddle/libmmiddle.so",
            "int d(void);int m(void){return d();}",
            "-shared",
            "-fPIC",
            "-L" + deep.getParent(),
            "-lmdeep",
            "-Wl,-rpath,$ORIGIN/../mdeep");
    String main = "#include <stdio.h>\nint m(void);int main(void){return printf(\"%d\",m());}";
    List<Path> programs = new ArrayList<>();
    for (String path : List.of("$ORIGIN/mmiddle", "${ORIGIN}/mmiddle:/none", "$LIB:/none")) {
      programs.add(
          buildWith(
              "musl-gcc",
              "musl" + programs.size(),
              main,
              "-L" + middle.getParent(),
              "-lmmiddle",
              "-Wl,--allow-shlib-undefined",
              "-Wl,-rpath," + path));
    }
    for (Path program : programs) {
      agree(MUSL, program, Map.of());
      agree(MUSL, program, Map.of("LD_LIBRARY_PATH", middle.getParent() + ":/none"));
    }
    assertThat(found(MUSL, programs.getFirst(), Map.of()))
        .containsEntry("libc.so", MUSL.toString());
  }

  /// A dynamic linker of the program's own is read and not run, whatever it is.
  @Test
  void theInterpreterIsNotRun() throws IOException {
    Path mark = folder.resolve("mark");
    Path evil =
        build(
            "evil",
            "#include <fcntl.h>\nint main(void){return open(\""
                + mark
                + "\",O_CREAT|O_RDWR,0600);}",
            "-static");
    Path script = folder.resolve("evil.sh");
    Files.writeString(script, "#!/bin/sh\n: > " + mark + "\n");
    Files.setPosixFilePermissions(
        script, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    for (Path interpreter : List.of(evil, script, folder.resolve("none"))) {
      Path program =
          build("victim", "int main(void){return 0;}", "-Wl,--dynamic-linker=" + interpreter);
      assertThat(LoaderFile.elf(program).interpreter()).isEqualTo(interpreter.toString());
      assertThat(found(interpreter, program, Map.of())).containsKey("libc.so.6");
    }
    assertThat(mark).doesNotExist();
    Command.run(evil.toString(), "--list");
    assertThat(mark).exists();
  }

  @Test
  void theCacheIsWhatLdconfigSays() throws IOException {
    Tools.require("ldconfig");
    LibraryCache cache = LibraryCache.read(Path.of("/etc/ld.so.cache"));
    int compared = 0;
    for (String line : Command.run("ldconfig", "-p").orFail().lines().toList()) {
      int arrow = line.indexOf(" => ");
      if (arrow > 0 && line.endsWith(line.substring(arrow)) && line.contains("(libc6,x86-64)")) {
        String name = line.strip().substring(0, line.strip().indexOf(" ("));
        assertThat(cache.find(name, List.of(), LegacyCapabilities.NONE)).as(name).isNotNull();
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(10);
  }
}
